/* FANN behind the wire: batch training; with the argument `incremental` one sample a step, which has momentum. */
#include <fann.h>
#include "backproof.h"
#include "claims.h"

static struct fann *ann, *kept;
static char *kept_as; /* the network of the kept one */
static enum fann_train_enum algorithm = FANN_TRAIN_BATCH;

static struct fann *made(bp_call *c) {
    struct fann *one = fann_create_standard_array((unsigned)c->depth + 1, (unsigned *)c->sizes);
    for (int l = 1; l <= c->depth; l++) {
        const char *a = bp_item(bp_get(c->net, "activations"), l - 1);
        int sigmoid = bp_is(a, "name", "sigmoid"), tanh = bp_is(a, "name", "tanh");
        fann_set_activation_function_layer(one, sigmoid ? FANN_SIGMOID : tanh ? FANN_SIGMOID_SYMMETRIC : FANN_LINEAR, l);
        fann_set_activation_steepness_layer(one, (fann_type)(bp_number(a, "slope", 1) / (sigmoid ? 2 : 1)), l);
    }
    fann_set_train_error_function(one, FANN_ERRORFUNC_LINEAR);
    fann_set_training_algorithm(one, algorithm);
    return one;
}

/* Weights lie unit after unit of the next layer, the bias last. */
static void weights(bp_call *c, int set) {
    unsigned count = fann_get_total_connections(ann), k = 0;
    struct fann_connection *all = malloc(count * sizeof *all);
    fann_get_connection_array(ann, all);
    for (int l = 0; l < c->depth; l++)
        for (int j = 0, in = c->sizes[l], out = c->sizes[l + 1]; j < out; j++)
            for (int i = 0; i <= in; i++, k++) {
                double *one = i < in ? &c->W[l][i * out + j] : &c->b[l][j];
                if (set) all[k].weight = (fann_type)*one;
                else *one = all[k].weight;
            }
    if (set) fann_set_weight_array(ann, all, count);
    free(all);
}

static void load(bp_call *c) {
    size_t size = (size_t)(bp_skip(c->net) - c->net);
    if (!c->fresh && !c->kept) return;
    if (ann && ann != kept) fann_destroy(ann);
    if (c->kept && !(kept_as && strlen(kept_as) == size && strncmp(kept_as, c->net, size) == 0)) {
        kept = made(c);
        kept_as = strndup(c->net, size);
    }
    ann = c->kept ? kept : made(c);
    if (c->x) weights(c, 1);
}

static struct fann_train_data *data(bp_call *c) {
    struct fann_train_data *rows = fann_create_train((unsigned)c->n, (unsigned)c->sizes[0], (unsigned)c->sizes[c->depth]);
    for (int k = 0; k < c->n * c->sizes[0]; k++) rows->input[0][k] = (fann_type)c->x[k];
    for (int k = 0; k < c->n * c->sizes[c->depth]; k++) rows->output[0][k] = (fann_type)c->t[k];
    return rows;
}
