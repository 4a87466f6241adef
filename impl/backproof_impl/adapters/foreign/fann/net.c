/* FANN behind the wire: batch training; with the argument `tables` of sigmoids that are read from a table, and with `incremental` one
   sample a step, which has momentum. */
#include <fann.h>
#include "backproof.h"
#include "claims.h"

static int one_by_one, tables;
static const enum fann_activationfunc_enum FUNCTIONS[2][3] = {
    {FANN_LINEAR, FANN_SIGMOID, FANN_SIGMOID_SYMMETRIC}, {FANN_LINEAR, FANN_SIGMOID_STEPWISE, FANN_SIGMOID_SYMMETRIC_STEPWISE}};

static void *make(bp_call *c) {
    struct fann *ann = fann_create_standard_array((unsigned)c->depth + 1, (unsigned *)c->sizes);
    for (int l = 1; l <= c->depth; l++) {
        const char *a = bp_item(bp_get(c->net, "activations"), l - 1);
        int sigmoid = bp_is(a, "name", "sigmoid"), tanh = bp_is(a, "name", "tanh");
        fann_set_activation_function_layer(ann, FUNCTIONS[tables][sigmoid + 2 * tanh], l);
        fann_set_activation_steepness_layer(ann, (fann_type)(bp_number(a, "slope", 1) / (sigmoid ? 2 : 1)), l);
    }
    fann_set_train_error_function(ann, FANN_ERRORFUNC_LINEAR);
    fann_set_training_algorithm(ann, one_by_one ? FANN_TRAIN_INCREMENTAL : FANN_TRAIN_BATCH);
    return ann;
}

static void drop(void *ann) { fann_destroy(ann); }

/* Weights lie unit after unit of the next layer, the bias last. */
static void weights(bp_call *c, int set) {
    unsigned count = fann_get_total_connections(c->object), k = 0;
    struct fann_connection *all = malloc(count * sizeof *all);
    fann_get_connection_array(c->object, all);
    for (int l = 0; l < c->depth; l++)
        for (int j = 0, in = c->sizes[l], out = c->sizes[l + 1]; j < out; j++)
            for (int i = 0; i <= in; i++, k++) {
                double *one = i < in ? &c->W[l][i * out + j] : &c->b[l][j];
                if (set) all[k].weight = (fann_type)*one;
                else *one = all[k].weight;
            }
    if (set) fann_set_weight_array(c->object, all, count);
    free(all);
}

/* All inputs lie behind each other, and so do all targets. */
static struct fann_train_data *rows(bp_call *c, int n, const double *x, const double *t) {
    struct fann_train_data *data = fann_create_train((unsigned)n, (unsigned)c->sizes[0], (unsigned)c->sizes[c->depth]);
    for (int k = 0; k < n * c->sizes[0]; k++) data->input[0][k] = (fann_type)x[k];
    for (int k = 0; t && k < n * c->sizes[c->depth]; k++) data->output[0][k] = (fann_type)t[k];
    return data;
}

static void run(bp_call *c, int n, const double *x, double *y) {
    struct fann_train_data *data = rows(c, n, x, NULL);
    for (int k = 0, d = c->sizes[c->depth]; k < n * d; k++) y[k] = fann_run(c->object, data->input[k / d])[k % d];
    fann_destroy_train(data);
}

static void train(bp_call *c, unsigned epochs) {
    struct fann_train_data *data = rows(c, c->n, c->x, c->t);
    fann_set_learning_rate(c->object, (float)c->rate);
    fann_set_learning_momentum(c->object, (float)bp_number(c->rule, "beta1", 0));
    fann_train_on_data(c->object, data, epochs, 0, 0);
    fann_destroy_train(data);
    weights(c, 0);
}

static void forward(bp_call *c, double *y) {
    weights(c, 1);
    run(c, c->n, c->x, y);
}

static double loss(bp_call *c) {
    struct fann_train_data *data = rows(c, c->n, c->x, c->t);
    weights(c, 1);
    double mse = fann_test_data(c->object, data);
    fann_destroy_train(data);
    return mse;
}

static void step(bp_call *c) {
    if (c->fresh || c->kept) weights(c, 1);
    train(c, 1);
}

static void initial(bp_call *c) {
    srand((unsigned)c->seed);
    fann_randomize_weights(c->object, -0.1f, 0.1f); /* as a new network has them, whose seed is the clock */
    weights(c, 0);
}

static void fit(bp_call *c, double *y) {
    initial(c);
    train(c, (unsigned)c->epochs);
    run(c, c->m, c->query, y);
}

int main(int argc, char **argv) {
    one_by_one = argc > 1 && strcmp(argv[1], "incremental") == 0;
    tables = argc > 1 && strcmp(argv[1], "tables") == 0;
    return bp_serve((bp_network){
        one_by_one ? INCREMENTAL : tables ? TABLES : BATCH, forward, loss, NULL, step, initial, make, drop, fit});
}
