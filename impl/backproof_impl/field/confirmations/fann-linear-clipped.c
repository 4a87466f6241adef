/* FANN 2.2.0: sums are clipped to 150 / steepness, those of linear units too; its manual does not say so.
   cc -o confirm fann-linear-clipped.c -lfann && ./confirm */
#include <fann.h>
#include <stdio.h>

int main(void) {
    struct fann *ann = fann_create_standard(2, 1, 1);
    fann_type x[] = {710};
    fann_set_activation_function_output(ann, FANN_LINEAR);
    fann_set_activation_steepness_output(ann, 1);
    fann_set_weight(ann, 0, 2, 1);
    fann_set_weight(ann, 1, 2, 0);
    fann_type y = *fann_run(ann, x);
    printf("a linear unit gives %g for 710, should be 710\n", y);
    return y == 150 ? 0 : 1;
}
