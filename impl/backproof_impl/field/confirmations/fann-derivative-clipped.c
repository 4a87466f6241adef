/* FANN 2.2.0: before a derivative, values are clipped to 0.01 and 0.99 (sigmoid), or -0.98 and 0.98 (symmetric); its manual does not
   say so. cc -o confirm fann-derivative-clipped.c -lfann -lm && ./confirm */
#include <fann.h>
#include <math.h>
#include <stdio.h>

int main(void) {
    struct fann *ann = fann_create_standard(3, 1, 1, 1);
    struct fann_connection all[] = {{0, 2, 4}, {1, 2, 0}, {2, 4, 1}, {3, 4, 0}}; /* 0: x, 1: bias, 2: hidden, 3: bias, 4: y */
    fann_type x[] = {1}, t[] = {0};
    fann_set_activation_function_hidden(ann, FANN_SIGMOID_SYMMETRIC);
    fann_set_activation_function_output(ann, FANN_LINEAR);
    fann_set_activation_steepness_hidden(ann, 1);
    fann_set_activation_steepness_output(ann, 1);
    fann_set_train_error_function(ann, FANN_ERRORFUNC_LINEAR);
    fann_set_learning_rate(ann, 1);
    fann_set_learning_momentum(ann, 0);
    fann_set_weight_array(ann, all, 4);
    fann_train(ann, x, t); /* y = tanh(4): the slope of (y - t)**2 / 2 along the first weight is y * (1 - y**2) */
    fann_get_connection_array(ann, all);
    double slope = 4 - all[0].weight, y = tanh(4);
    printf("the slope at z = 4 is %.6g, should be %.6g\n", slope, y * (1 - y * y));
    return fabs(slope - y * (1 - 0.98 * 0.98)) < 1e-5 ? 0 : 1;
}
