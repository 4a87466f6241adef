/* FANN 2.2.0: new random weights do not forget the momentum of the training before; a second training from the same weights differs.
   cc -o confirm fann-momentum-kept.c -lfann -lm && ./confirm */
#include <fann.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static fann_type trained(struct fann *ann) {
    fann_type x[] = {1}, t[] = {1};
    srand(5);
    fann_randomize_weights(ann, -0.1f, 0.1f);
    fann_train(ann, x, t);
    return *fann_run(ann, x);
}

int main(void) {
    struct fann *ann = fann_create_standard(2, 1, 1);
    fann_set_train_error_function(ann, FANN_ERRORFUNC_LINEAR);
    fann_set_learning_momentum(ann, 0.5f);
    fann_type once = trained(ann), again = trained(ann);
    printf("trained from the same weights: %.6g, and then %.6g, should be the same\n", once, again);
    return fabs(once - again) > 1e-3 ? 0 : 1;
}
