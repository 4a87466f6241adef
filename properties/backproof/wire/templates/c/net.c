/* A multilayer perceptron of C behind the wire: cc -O2 -o net net.c -lm && backproof check 'cmd:./net'. Yours goes in its place. */
#include "backproof.h"

static double sigmoid(double z) { return z > 0 ? 1 / (1 + exp(-z)) : exp(z) / (1 + exp(z)); }

/* The activations of one row, layer after layer in a; those of layer l begin at a[l]. */
static void activations(bp_call *c, const double *x, double **a) {
    for (int i = 0; i < c->sizes[0]; i++) a[0][i] = x[i];
    for (int l = 0; l < c->depth; l++)
        for (int j = 0; j < c->sizes[l + 1]; j++) {
            double z = c->b[l][j];
            for (int i = 0; i < c->sizes[l]; i++) z += a[l][i] * c->W[l][i * c->sizes[l + 1] + j];
            a[l + 1][j] = sigmoid(z);
        }
}

static double **rows(bp_call *c) {
    static double *a[BP_LAYERS + 1];
    for (int l = 0; l <= c->depth; l++) a[l] = realloc(a[l], (size_t)c->sizes[l] * sizeof(double));
    return a;
}

static void forward(bp_call *c, double *y) {
    double **a = rows(c);
    for (int n = 0, d = c->sizes[c->depth]; n < c->n; n++) {
        activations(c, c->x + n * c->sizes[0], a);
        memcpy(y + n * d, a[c->depth], (size_t)d * sizeof *y);
    }
}

static double loss(bp_call *c) {
    int d = c->sizes[c->depth];
    double sum = 0, *y = malloc((size_t)c->n * d * sizeof *y + 1);
    forward(c, y);
    for (int k = 0; k < c->n * d; k++) sum += (y[k] - c->t[k]) * (y[k] - c->t[k]) / 2;
    free(y);
    return sum / c->n;
}

static void gradient(bp_call *c) {
    double **a = rows(c), *delta, *below;
    for (int n = 0, d = c->sizes[c->depth]; n < c->n; n++) {
        activations(c, c->x + n * c->sizes[0], a);
        delta = malloc((size_t)d * sizeof *delta);
        for (int k = 0; k < d; k++) {
            double y = a[c->depth][k];
            delta[k] = (y - c->t[n * d + k]) * y * (1 - y) / c->n;
        }
        for (int l = c->depth - 1; l >= 0; l--, delta = below) {
            int wide = c->sizes[l + 1];
            below = calloc((size_t)c->sizes[l], sizeof *below);
            for (int j = 0; j < wide; j++) c->db[l][j] += delta[j];
            for (int i = 0; i < c->sizes[l]; i++) {
                for (int j = 0; j < wide; j++) {
                    c->dW[l][i * wide + j] += a[l][i] * delta[j];
                    below[i] += delta[j] * c->W[l][i * wide + j];
                }
                below[i] *= a[l][i] * (1 - a[l][i]);
            }
            free(delta);
        }
        free(delta);
    }
}

static void step(bp_call *c) {
    gradient(c);
    for (int l = 0; l < c->depth; l++) {
        for (int k = 0; k < c->sizes[l] * c->sizes[l + 1]; k++) c->W[l][k] -= c->rate * c->dW[l][k];
        for (int k = 0; k < c->sizes[l + 1]; k++) c->b[l][k] -= c->rate * c->db[l][k];
    }
}

static void initial(bp_call *c) {
    unsigned long long state = (unsigned)c->seed * 2862933555777941757ULL + 3037000493ULL;
    for (int l = 0; l < c->depth; l++)
        for (int k = 0; k < c->sizes[l] * c->sizes[l + 1]; k++) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            c->W[l][k] = ((double)(state >> 11) / (1ULL << 52) - 1) * sqrt(3.0 / c->sizes[l]);
        }
}

int main(void) {
    return bp_serve((bp_network){
        "\"name\":\"net.c\",\"operations\":[\"forward\",\"loss\",\"gradient\",\"step\",\"initial\"],"
        "\"families\":[{\"hidden\":[\"sigmoid\"],\"output\":[\"sigmoid\"],\"loss\":[\"squared_error\"]}]",
        forward, loss, gradient, step, initial});
}
