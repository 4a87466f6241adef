/* A multilayer perceptron in C that reads golden vectors and says which of its values are off.

   cc -O2 -o consumer consumer.c -lm && ./consumer vectors/(all).json
   With -DHIDDEN_DELTA_LACKS_DERIVATIVE, -DBIAS_GRADIENT_AVERAGED, -DDELTA_IS_TARGET_MINUS_OUTPUT, -DBIAS_LEFT_OUT or
   -DWEIGHT_GRADIENT_OF_LAST_SAMPLE it makes the mistake of that name; with -DNAIVE_LOGARITHM it takes that of outputs.
   Rows are samples; arrays lie row by row. */

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A JSON reader: enough for files that are of the schema. Strings are taken as they stand, without escapes. */

typedef struct Node {
    char kind; /* { [ " 0 (a number) or the letter of true, false, null */
    char *key, *text;
    double number;
    struct Node *child, *next;
} Node;

static const char *at;

static void die(const char *what) { fprintf(stderr, "consumer: %s near: %.40s\n", what, at ? at : ""); exit(2); }
static void blank(void) { while (isspace((unsigned char)*at)) at++; }
static void expect(char c) { blank(); if (*at++ != c) die("malformed JSON"); blank(); }

static char *string(void) {
    const char *begin, *end;
    expect('"');
    begin = at;
    end = strchr(at, '"');
    if (!end) die("a string without an end");
    at = end + 1;
    return strndup(begin, (size_t)(end - begin));
}

static Node *value(void) {
    Node *node = calloc(1, sizeof *node), **last = &node->child;
    blank();
    node->kind = *at;
    if (*at == '{' || *at == '[') {
        char close = *at == '{' ? '}' : ']';
        at++;
        for (blank(); *at != close; blank()) {
            char *key = node->kind == '{' ? string() : NULL;
            if (key) expect(':');
            *last = value();
            (*last)->key = key;
            last = &(*last)->next;
            blank();
            if (*at == ',') at++;
            else if (*at != close) die("malformed JSON");
        }
        at++;
    } else if (*at == '"') {
        node->text = string();
    } else if (isalpha((unsigned char)*at)) {
        while (isalpha((unsigned char)*at)) at++;
    } else {
        char *end;
        node->kind = '0';
        node->number = strtod(at, &end);
        if (end == at) die("no number");
        at = end;
    }
    return node;
}

static Node *maybe(const Node *of, const char *key) {
    Node *child = of->child;
    while (child && strcmp(child->key, key)) child = child->next;
    return child;
}

static Node *get(const Node *of, const char *key) {
    Node *found = maybe(of, key);
    if (!found) { fprintf(stderr, "consumer: there is no %s\n", key); exit(2); }
    return found;
}

static Node *item(const Node *of, int i) {
    Node *child = of->child;
    while (child && i--) child = child->next;
    if (!child) die("a list too short");
    return child;
}

static int length(const Node *of) { int n = 0; for (Node *c = of->child; c; c = c->next) n++; return n; }
static double number(const Node *of, const char *key) { return get(of, key)->number; }
static int is(const Node *of, const char *key, const char *text) { return !strcmp(get(of, key)->text, text); }
static int yes(const Node *of, const char *key) { return get(of, key)->kind == 't'; }

static double *flat(const Node *of, double *into) { /* numbers in the order of rows */
    if (of->kind == '0') { *into = of->number; return into + 1; }
    for (Node *child = of->child; child; child = child->next) into = flat(child, into);
    return into;
}

/* The network. */

enum { LAYERS = 8, ROOM = 1024 };
typedef double Array[ROOM];

static struct { int L, n, d[LAYERS + 1]; Node *f[LAYERS + 1], *loss, *penalty; } net;
static Array W[LAYERS + 1], b[LAYERS + 1], z[LAYERS + 1], a[LAYERS + 1], delta[LAYERS + 1], dW[LAYERS + 1], db[LAYERS + 1], t;

static double logistic(double s) { double e = exp(-fabs(s)); return (s >= 0 ? 1 : e) / (1 + e); }
static double soft(double s) { return fmax(s, 0) + log1p(exp(-fabs(s))); }
static double gate(double s) { return logistic(2 * sqrt(2 / M_PI) * (s + 0.044715 * s * s * s)); }

static double f(const Node *of, double s) {
    const char *name = get(of, "name")->text;
    double alpha = number(of, "alpha");
    if (!strcmp(name, "sigmoid")) return logistic(s);
    if (!strcmp(name, "tanh")) return tanh(s);
    if (!strcmp(name, "relu")) return s > 0 ? s : 0;
    if (!strcmp(name, "leaky_relu")) return s > 0 ? s : alpha * s;
    if (!strcmp(name, "elu")) return s > 0 ? s : alpha * expm1(s);
    if (!strcmp(name, "softplus")) return soft(s);
    if (!strcmp(name, "gelu")) return s * erfc(-s / sqrt(2)) / 2;
    if (!strcmp(name, "gelu_tanh")) return s * gate(s);
    return s; /* identity, and the logits of softmax */
}

static double df(const Node *of, double s) {
    const char *name = get(of, "name")->text;
    double alpha = number(of, "alpha"), y = f(of, s);
    if (!strcmp(name, "sigmoid")) return y * (1 - y);
    if (!strcmp(name, "tanh")) return 1 - y * y;
    if (!strcmp(name, "relu")) return s > 0;
    if (!strcmp(name, "leaky_relu")) return s > 0 ? 1 : alpha;
    if (!strcmp(name, "elu")) return s > 0 ? 1 : alpha * exp(s);
    if (!strcmp(name, "softplus")) return logistic(s);
    if (!strcmp(name, "gelu")) return erfc(-s / sqrt(2)) / 2 + s * exp(-s * s / 2) / sqrt(2 * M_PI);
    if (!strcmp(name, "gelu_tanh")) {
        double g = gate(s);
        return g + 2 * sqrt(2 / M_PI) * (1 + 3 * 0.044715 * s * s) * s * g * (1 - g);
    }
    return 1;
}

static double derivative(int l, int i) { /* da/dz of entry i */
    double slope = number(net.f[l], "slope");
    return number(net.f[l], "scale") * slope * df(net.f[l], slope * z[l][i]);
}

static double logsum(const double *u, double slope) { /* log of the sum of exp(slope * u) over one row of logits */
    double most = slope * u[0], sum = 0;
    for (int j = 1; j < net.d[net.L]; j++) most = fmax(most, slope * u[j]);
    for (int j = 0; j < net.d[net.L]; j++) sum += exp(slope * u[j] - most);
    return most + log(sum);
}

static void forward(void) {
    for (int l = 1; l <= net.L; l++)
        for (int r = 0; r < net.n; r++) {
            double slope = number(net.f[l], "slope"), *row = z[l] + r * net.d[l];
            for (int j = 0; j < net.d[l]; j++) {
                row[j] = 0;
                for (int i = 0; i < net.d[l - 1]; i++) row[j] += a[l - 1][r * net.d[l - 1] + i] * W[l][i * net.d[l] + j];
#ifndef BIAS_LEFT_OUT
                row[j] += b[l][j];
#endif
            }
            for (int j = 0; j < net.d[l]; j++)
                a[l][r * net.d[l] + j] = is(net.f[l], "name", "softmax")
                    ? exp(slope * row[j] - logsum(row, slope))
                    : number(net.f[l], "offset") + number(net.f[l], "scale") * f(net.f[l], slope * row[j]);
        }
}

static double share(void) { /* what factor and reductions multiply each e(y, t) by */
    double n = is(net.loss, "samples", "mean") ? net.n : 1, d = is(net.loss, "outputs", "mean") ? net.d[net.L] : 1;
    return number(net.loss, "factor") / n / d;
}

static double penalty(double w, int derived) {
    double l1 = number(net.penalty, "l1"), l2 = number(net.penalty, "l2"), n = yes(net.penalty, "per_sample") ? net.n : 1;
    return (derived ? l1 * ((w > 0) - (w < 0)) + l2 * w : l1 * fabs(w) + l2 / 2 * w * w) / n;
}

static int binary(void) { /* the matching loss of sigmoid is the binary one */
    return is(net.loss, "name", "binary_cross_entropy") || (is(net.loss, "name", "matching") && is(net.f[net.L], "name", "sigmoid"));
}

static double loss(void) { /* cross-entropies from z: of sigmoid and softmax alone */
    int L = net.L, d = net.d[L];
    double sum = 0, slope = number(net.f[L], "slope");
    for (int i = 0; i < net.n * d; i++) {
        double u = slope * z[L][i];
        if (is(net.loss, "name", "squared_error")) sum += (a[L][i] - t[i]) * (a[L][i] - t[i]) / 2;
#ifdef NAIVE_LOGARITHM
        else if (!binary()) sum -= t[i] == 0 ? 0 : t[i] * log(a[L][i]);
#endif
        else if (binary()) sum += t[i] * soft(-u) + (1 - t[i]) * soft(u);
        else sum -= t[i] == 0 ? 0 : t[i] * (u - logsum(z[L] + i / d * d, slope));
    }
    sum *= share();
    for (int l = 1; l <= L; l++) {
        for (int i = 0; i < net.d[l - 1] * net.d[l]; i++) sum += penalty(W[l][i], 0);
        for (int j = 0; j < net.d[l] && yes(net.penalty, "biases"); j++) sum += penalty(b[l][j], 0);
    }
    return sum;
}

static void output_delta(void) {
    int L = net.L, d = net.d[L];
    double slope = number(net.f[L], "slope");
    for (int r = 0; r < net.n; r++) {
        double *y = a[L] + r * d, *to = t + r * d, inner = 0;
        for (int j = 0; j < d; j++) inner += y[j] * (y[j] - to[j]);
        for (int j = 0; j < d; j++) {
            double error = y[j] - to[j];
#ifdef DELTA_IS_TARGET_MINUS_OUTPUT
            error = -error;
#endif
            if (!is(net.loss, "name", "squared_error")) error *= is(net.loss, "name", "matching") ? 1 : slope;
            else if (is(net.f[L], "name", "softmax")) error = slope * y[j] * (error - inner);
            else error *= derivative(L, r * d + j);
            delta[L][r * d + j] = share() * error;
        }
    }
}

static void backward(void) {
    output_delta();
    for (int l = net.L; l >= 1; l--) {
        int in = net.d[l - 1], out = net.d[l], first = 0;
#ifdef WEIGHT_GRADIENT_OF_LAST_SAMPLE
        first = net.n - 1;
#endif
        for (int i = 0; i < in; i++)
            for (int j = 0; j < out; j++) {
                double sum = 0;
                for (int r = first; r < net.n; r++) sum += a[l - 1][r * in + i] * delta[l][r * out + j];
                dW[l][i * out + j] = sum + penalty(W[l][i * out + j], 1);
            }
        for (int j = 0; j < out; j++) {
            double sum = 0;
            for (int r = 0; r < net.n; r++) sum += delta[l][r * out + j];
#ifdef BIAS_GRADIENT_AVERAGED
            sum /= net.n;
#endif
            db[l][j] = sum + (yes(net.penalty, "biases") ? penalty(b[l][j], 1) : 0);
        }
        for (int i = 0; i < net.n * in && l > 1; i++) {
            double sum = 0;
            for (int j = 0; j < out; j++) sum += delta[l][i / in * out + j] * W[l][i % in * out + j];
#ifdef HIDDEN_DELTA_LACKS_DERIVATIVE
            delta[l - 1][i] = sum;
#else
            delta[l - 1][i] = sum * derivative(l - 1, i);
#endif
        }
    }
}

/* A file: what is in it, what comes of it, and what is off. */

static int compared(const char *name, int l, const double *got, const Node *want) {
    Array value, bound;
    int n = (int)(flat(get(want, "value"), value) - value), off = 0;
    flat(get(want, "bound"), bound);
    for (int i = 0; i < n; i++) off |= !(fabs(got[i] - value[i]) <= bound[i]); /* no number is off */
    if (off) printf(" %s%d", name, l);
    return off;
}

static void opened(const Node *file) {
    Node *network = get(file, "network"), *labels = get(file, "t");
    net.L = length(get(network, "activations"));
    net.n = length(get(file, "x"));
    net.loss = get(network, "loss");
    net.penalty = get(network, "penalty");
    if (net.L > LAYERS) die("too many layers");
    for (int l = 0; l <= net.L; l++) {
        net.d[l] = (int)item(get(network, "sizes"), l)->number;
        if (l == 0) continue;
        net.f[l] = item(get(network, "activations"), l - 1);
        flat(get(item(get(file, "parameters"), l - 1), "W"), W[l]);
        flat(get(item(get(file, "parameters"), l - 1), "b"), b[l]);
    }
    flat(get(file, "x"), a[0]);
    memset(t, 0, sizeof t);
    if (labels->child->kind == '[') flat(labels, t);
    else for (int r = 0; r < net.n; r++) t[r * net.d[net.L] + (int)item(labels, r)->number] = 1;
}

static int judged(const Node *file) {
    Node *want = get(file, "expected");
    double reported, rate = number(file, "rate");
    int off = 0;
    opened(file);
    forward();
    reported = loss();
    backward();
    printf("%s:", get(file, "name")->text);
    if (maybe(want, "t")) off |= compared("t", net.L, t, get(want, "t"));
    off |= compared("loss", net.L, &reported, get(want, "loss"));
    for (int l = 1; l <= net.L; l++) {
        Node *gradient = item(get(want, "gradient"), l - 1), *step = item(get(want, "step"), l - 1);
        off |= compared("z", l, z[l], item(get(want, "z"), l - 1)) | compared("a", l, a[l], item(get(want, "a"), l - 1));
        off |= compared("delta", l, delta[l], item(get(want, "delta"), l - 1));
        off |= compared("dW", l, dW[l], get(gradient, "dW")) | compared("db", l, db[l], get(gradient, "db"));
        for (int i = 0; i < net.d[l - 1] * net.d[l]; i++) W[l][i] -= rate * dW[l][i];
        for (int j = 0; j < net.d[l]; j++) b[l][j] -= rate * db[l][j];
        off |= compared("W", l, W[l], get(step, "W")) | compared("b", l, b[l], get(step, "b"));
    }
    puts(off ? " off" : " right");
    return off;
}

int main(int count, char **paths) {
    int off = 0;
    for (int i = 1; i < count; i++) {
        static char text[1 << 20];
        FILE *file = fopen(paths[i], "rb");
        if (!file) { fprintf(stderr, "consumer: %s cannot be read\n", paths[i]); return 2; }
        text[fread(text, 1, sizeof text - 1, file)] = 0;
        fclose(file);
        at = text;
        off |= judged(value());
    }
    return off;
}
