/* FANN 2.2.0: the derivatives of sines, cosines and Gaussians count the steepness once more, or once less, than it stands in them.
   cc -o confirm fann-steepness.c -lfann -lm && ./confirm */
#include <fann.h>
#include <math.h>
#include <stdio.h>

/* The derivative of a unit at z = 1, as one step of it shows: the change of its bias, divided by its error. */
static double told(enum fann_activationfunc_enum function, double steepness, double *value) {
    struct fann *ann = fann_create_standard(2, 1, 1);
    fann_type x[] = {1}, t[1];
    fann_set_activation_function_output(ann, function);
    fann_set_activation_steepness_output(ann, (fann_type)steepness);
    fann_set_train_error_function(ann, FANN_ERRORFUNC_LINEAR);
    fann_set_learning_rate(ann, 1);
    fann_set_learning_momentum(ann, 0);
    fann_set_weight(ann, 0, 2, 1);
    fann_set_weight(ann, 1, 2, 0);
    *value = *fann_run(ann, x);
    t[0] = (fann_type)(*value + 1);
    fann_train(ann, x, t);
    struct fann_connection all[2];
    fann_get_connection_array(ann, all);
    return all[1].weight;
}

int main(void) {
    double s = 0.5, y, sine = told(FANN_SIN, s, &y), bell = told(FANN_GAUSSIAN, s, &y);
    printf("of sin(z / 2) / 2 + 1 / 2 at 1: %.6g, should be %.6g\n", sine, s * cos(s) / 2);
    printf("of exp(-(z / 2)**2) at 1: %.6g, should be %.6g\n", bell, -2 * s * s * exp(-s * s));
    return fabs(sine - s * cos(s * s) / 2) < 1e-5 && fabs(bell + 2 * s * s * s * exp(-s * s)) < 1e-5 ? 0 : 1;
}
