/* Speaks for a network of C, C++ or anything that can be called from them: lines of JSON in, lines of JSON out, with raw doubles
   behind them where the judge can read these. Include it once, fill in a bp_network, call bp_serve. The lines: backproof spec wire. */
#ifndef BACKPROOF_H
#define BACKPROOF_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BP_LAYERS 32 /* of weights, at most */

/* One call. All matrices are row-major: x is (n, sizes[0]), t (n, sizes[depth]) or n class numbers, W[l] (sizes[l], sizes[l + 1]). */
typedef struct {
    int depth, sizes[BP_LAYERS + 1]; /* layers of weights; widths, inputs first */
    int n, kept, fresh, seed;        /* rows; whether the kept object is meant, or a fresh one */
    int m, epochs;                   /* of fit: rows of the query, (m, sizes[0]) */
    double rate, *x, *t, *query;
    const char *net, *rule;          /* their JSON, for bp_get, bp_item, bp_number and bp_is */
    void *object;                    /* the one that is asked, where there is a make */
    double *W[BP_LAYERS], *b[BP_LAYERS];   /* step, initial and fit write here */
    double *dW[BP_LAYERS], *db[BP_LAYERS]; /* gradient writes here; they are zero before */
} bp_call;

typedef struct {
    const char *claims; /* the members of the answer to describe, without braces */
    void (*forward)(bp_call *call, double *y); /* y (n, sizes[depth]) */
    double (*loss)(bp_call *call);
    void (*gradient)(bp_call *call);
    void (*step)(bp_call *call);
    void (*initial)(bp_call *call);
    void *(*make)(bp_call *call); /* a fresh object of call->net, for a network that has objects */
    void (*drop)(void *object);
    void (*fit)(bp_call *call, double *y); /* y (m, sizes[depth]) */
} bp_network; /* what is NULL is not on offer, and not among the operations that are claimed */

static int bp_frames = 0, bp_single = 0; /* raw numbers; and floats, for a network that claims float32 */
static int bp_axes;                      /* of the last array that was read */
static bp_call bp_now; /* parameters stay until others come: "same" goes on from them */
static double *bp_owned[2 * BP_LAYERS]; /* these parameters, to be freed */
static int bp_owns;

/* Past one JSON value. */
static const char *bp_skip(const char *p) {
    int depth = 0, quoted = 0;
    for (; *p; p++) {
        if (quoted) {
            if (*p == '\\') p++;
            else if (*p == '"') quoted = 0;
        } else if (*p == '"') quoted = 1;
        else if (*p == '[' || *p == '{') depth++;
        else if (*p == ']' || *p == '}') { if (depth-- == 0) return p; }
        else if (*p == ',' && depth == 0) return p;
    }
    return p;
}

/* The value of a key in a JSON object; NULL if it has none. */
static const char *bp_get(const char *object, const char *key) {
    const char *p = object ? strchr(object, '{') : NULL;
    size_t size = strlen(key);
    while (p && (*p == '{' || *p == ',')) {
        p += 1 + strspn(p + 1, " \t");
        int found = *p == '"' && strncmp(p + 1, key, size) == 0 && p[1 + size] == '"';
        p = strchr(p + 1 + strcspn(p + 1, "\""), ':');
        if (!p) return NULL;
        p += 1 + strspn(p + 1, " \t");
        if (found) return p;
        p = bp_skip(p);
    }
    return NULL;
}

/* The value at a place of a JSON array; NULL if it is shorter. */
static const char *bp_item(const char *array, int place) {
    const char *p = array && *array == '[' ? array + 1 + strspn(array + 1, " \t") : NULL;
    for (; p && *p != ']' && place > 0; place--) {
        p = bp_skip(p);
        if (*p == ',') p += 1 + strspn(p + 1, " \t");
    }
    return p && *p && *p != ']' ? p : NULL;
}

static double bp_number(const char *object, const char *key, double instead) {
    const char *p = bp_get(object, key);
    return p ? strtod(p, NULL) : instead;
}

static int bp_is(const char *object, const char *key, const char *word) {
    const char *p = bp_get(object, key);
    return p && *p == '"' && strncmp(p + 1, word, strlen(word)) == 0 && p[1 + strlen(word)] == '"';
}

/* An array, of lists or raw; rows: how many there are along its first axis; entries: in all. */
static double *bp_array(const char *p, const unsigned char **raw, int *rows, size_t *entries) {
    size_t count = 0, room = 64;
    double *values = NULL;
    if (*p == '{') {
        const char *shape = bp_get(p, "shape");
        int single = bp_is(p, "frame", "<f4"), whole = bp_is(p, "frame", "<i8"), axis = 0;
        count = 1;
        for (shape = shape + 1; *shape != ']'; axis++) {
            char *end;
            long size = strtol(shape, &end, 10);
            if (axis == 0 && rows) *rows = (int)size;
            count *= (size_t)size;
            shape = end + strspn(end, ", ");
        }
        bp_axes = axis;
        values = malloc((count + 1) * sizeof *values);
        for (size_t k = 0; k < count; k++, *raw += single ? 4 : 8) {
            float narrow;
            long long integer;
            if (single) { memcpy(&narrow, *raw, 4); values[k] = narrow; }
            else if (whole) { memcpy(&integer, *raw, 8); values[k] = (double)integer; }
            else memcpy(values + k, *raw, 8);
        }
        *entries = count;
        return values;
    }
    values = malloc(room * sizeof *values);
    int depth = 0, first = 0;
    bp_axes = 0;
    do {
        if (*p == '[') {
            if (++depth > bp_axes) bp_axes = depth;
            p++;
        }
        else if (*p == ']') { if (depth-- == 2) first++; p++; }
        else if (*p == ',' || *p == ' ') p++;
        else {
            char *end;
            if (*p == '"') p++; /* strtod reads NaN and Infinity */
            if (count == room) values = realloc(values, (room *= 2) * sizeof *values);
            values[count++] = strtod(p, &end);
            if (end == p) break;
            p = end + (*end == '"');
            if (depth == 1) first++;
        }
    } while (depth > 0 && *p);
    if (rows) *rows = first;
    *entries = count;
    return values;
}

static void bp_answer(long id) { printf("{\"id\":%ld,\"answer\":", id); }

static void bp_list(const double *values, int rows, int columns) { /* columns 0: one axis */
    if (rows < 0 || columns < 0) return;
    printf("[");
    for (int i = 0; i < rows; i++) {
        if (columns) printf("%s[", i ? "," : "");
        for (int j = 0; j < (columns ? columns : 1); j++) {
            double v = values[i * (columns ? columns : 1) + j];
            const char *comma = (columns ? j : i) ? "," : "";
            if (isfinite(v)) printf("%s%.17g", comma, v);
            else printf("%s\"%s\"", comma, isnan(v) ? "NaN" : v > 0 ? "Infinity" : "-Infinity");
        }
        if (columns) printf("]");
    }
    printf("]");
}

static size_t bp_put(const double *values, int rows, int columns) {
    if (!bp_frames) { bp_list(values, rows, columns); return 0; }
    printf("{\"frame\":\"<f%d\",\"shape\":[%d", bp_single ? 4 : 8, rows);
    if (columns) printf(",%d", columns);
    printf("]}");
    return (size_t)rows * (columns ? columns : 1) * (bp_single ? 4 : 8);
}

static void bp_raw(const double *values, size_t count) {
    if (bp_frames && !bp_single) fwrite(values, sizeof *values, count, stdout);
    for (size_t k = 0; bp_frames && bp_single && k < count; k++) {
        float narrow = (float)values[k];
        fwrite(&narrow, sizeof narrow, 1, stdout);
    }
}

static size_t bp_put_layers(double **W, double **b) {
    size_t bytes = 0;
    for (int l = 0; l < bp_now.depth; l++) {
        printf("%s{\"W\":", l ? "," : "[");
        bytes += bp_put(W[l], bp_now.sizes[l], bp_now.sizes[l + 1]);
        printf(",\"b\":");
        bytes += bp_put(b[l], bp_now.sizes[l + 1], 0);
        printf("}");
    }
    printf("]");
    return bytes;
}

static void bp_raw_layers(double **W, double **b) {
    for (int l = 0; l < bp_now.depth; l++) {
        bp_raw(W[l], (size_t)bp_now.sizes[l] * bp_now.sizes[l + 1]);
        bp_raw(b[l], (size_t)bp_now.sizes[l + 1]);
    }
}

static void bp_layers(long id, double **W, double **b) {
    bp_answer(id);
    printf(",\"bytes\":%zu}\n", bp_put_layers(W, b));
    bp_raw_layers(W, b);
}

static double *bp_own(double *values) { return bp_owned[bp_owns++] = values; }

static void bp_disown(void) {
    while (bp_owns) free(bp_owned[--bp_owns]);
}

/* The arguments of a call; whether they fit the network. */
static int bp_read(const char *line, const unsigned char *raw) {
    size_t entries, wide;
    int fits = 1, rows = 0;
    bp_now.net = bp_get(line, "net");
    bp_now.rule = bp_get(line, "rule");
    const char *p = bp_get(bp_now.net, "sizes");
    int depth = -1;
    for (p = p ? p + 1 : "]"; *p != ']' && depth < BP_LAYERS; p += strspn(p, ", ")) {
        char *end;
        bp_now.sizes[++depth] = (int)strtol(p, &end, 10);
        p = end;
    }
    bp_now.depth = depth;
    bp_now.kept = bp_is(line, "object", "kept");
    bp_now.fresh = bp_is(line, "object", "fresh");
    bp_now.seed = (int)bp_number(line, "seed", 0);
    bp_now.epochs = (int)bp_number(line, "epochs", 0);
    bp_now.rate = bp_number(bp_now.rule, "rate", 0);
    if ((p = bp_get(line, "params")) != NULL) {
        bp_disown();
        for (int l = 0; l < depth; l++) {
            p = strchr(p, '{');
            wide = (size_t)bp_now.sizes[l + 1];
            bp_now.W[l] = bp_own(bp_array(bp_get(p, "W"), &raw, NULL, &entries));
            fits = fits && entries == (size_t)bp_now.sizes[l] * wide;
            bp_now.b[l] = bp_own(bp_array(bp_get(p, "b"), &raw, NULL, &entries));
            fits = fits && entries == wide;
            p = bp_skip(p);
        }
    }
    bp_now.n = 0;
    bp_now.x = (p = bp_get(line, "x")) ? bp_array(p, &raw, &bp_now.n, &entries) : NULL;
    fits = fits && (!p || entries == (size_t)bp_now.n * bp_now.sizes[0]);
    bp_now.t = (p = bp_get(line, "t")) ? bp_array(p, &raw, &rows, &entries) : NULL;
    wide = (size_t)bp_now.n * bp_now.sizes[depth];
    fits = fits && (!p || (rows == bp_now.n && entries == (bp_axes == 1 ? (size_t)rows : wide)));
    bp_now.query = (p = bp_get(line, "query")) ? bp_array(p, &raw, &bp_now.m, &entries) : NULL;
    fits = fits && (!p || entries == (size_t)bp_now.m * bp_now.sizes[0]);
    for (int l = 0; l < depth; l++) {
        bp_now.dW[l] = calloc((size_t)bp_now.sizes[l] * bp_now.sizes[l + 1] + 1, sizeof(double));
        bp_now.db[l] = calloc((size_t)bp_now.sizes[l + 1] + 1, sizeof(double));
    }
    return fits;
}

/* The object that is asked: a fresh one, the one that is kept as long as networks are alike, or the same as in the last call. */
static void bp_object(bp_network net) {
    static void *kept;
    static char *kind;
    size_t size = (size_t)(bp_skip(bp_now.net) - bp_now.net);
    if (!net.make || !(bp_now.fresh || bp_now.kept)) return;
    if (bp_now.object && bp_now.object != kept) net.drop(bp_now.object);
    if (bp_now.kept && !(kind && strlen(kind) == size && memcmp(kind, bp_now.net, size) == 0)) {
        if (kept) net.drop(kept);
        kept = net.make(&bp_now);
        free(kind);
        kind = memcpy(calloc(size + 1, 1), bp_now.net, size);
    }
    bp_now.object = bp_now.kept ? kept : net.make(&bp_now);
}

static void bp_call_of(bp_network net, const char *line, long id) {
    int columns = bp_now.sizes[bp_now.depth], fit = bp_is(line, "do", "fit") && net.fit, rows = fit ? bp_now.m : bp_now.n;
    if (fit || bp_is(line, "do", "initial")) { /* there is room for parameters where else the gradient is */
        bp_disown();
        for (int l = 0; l < bp_now.depth; l++) {
            bp_now.W[l] = bp_own(bp_now.dW[l]), bp_now.b[l] = bp_own(bp_now.db[l]);
            bp_now.dW[l] = bp_now.db[l] = NULL;
        }
    }
    if (fit || (bp_is(line, "do", "forward") && net.forward)) {
        double *y = calloc((size_t)rows * columns + 1, sizeof *y);
        if (fit) net.fit(&bp_now, y);
        else net.forward(&bp_now, y);
        bp_answer(id);
        if (fit) printf("{\"output\":");
        size_t bytes = bp_put(y, rows, columns);
        if (fit) {
            printf(",\"params\":");
            bytes += bp_put_layers(bp_now.W, bp_now.b);
            printf("}");
        }
        printf(",\"bytes\":%zu}\n", bytes);
        bp_raw(y, (size_t)rows * columns);
        if (fit) bp_raw_layers(bp_now.W, bp_now.b);
        free(y);
    } else if (bp_is(line, "do", "loss") && net.loss) {
        double value = net.loss(&bp_now);
        bp_answer(id);
        if (isfinite(value)) printf("%.17g}\n", value);
        else printf("\"%s\"}\n", isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    } else if (bp_is(line, "do", "gradient") && net.gradient) {
        net.gradient(&bp_now);
        bp_layers(id, bp_now.dW, bp_now.db);
    } else if (bp_is(line, "do", "step") && net.step) {
        net.step(&bp_now);
        bp_layers(id, bp_now.W, bp_now.b);
    } else if (bp_is(line, "do", "initial") && net.initial) {
        net.initial(&bp_now);
        bp_layers(id, bp_now.W, bp_now.b);
    } else printf("{\"id\":%ld,\"error\":{\"kind\":\"unsupported\",\"message\":\"not on offer\"}}\n", id);
}

/* Answer until `stop` or the end of the input. */
static int bp_serve(bp_network net) {
    size_t room = 1 << 16, size, bytes;
    char *line = malloc(room);
    bp_single = strstr(net.claims, "\"dtype\":\"float32\"") != NULL;
    for (;;) {
        for (size = 0; fgets(line + size, (int)(room - size), stdin); line = realloc(line, room *= 2))
            if ((size += strlen(line + size)) && line[size - 1] == '\n') break;
        if (!size || bp_is(line, "do", "stop")) return 0;
        if (!bp_get(line, "id")) { if (feof(stdin)) return 0; continue; }
        long id = (long)bp_number(line, "id", 0);
        if (bp_is(line, "do", "describe")) {
            const char *frames = bp_get(line, "frames");
            bp_frames = frames && strncmp(frames, "true", 4) == 0;
            bp_answer(id);
            printf("{\"wire\":1,\"frames\":%s,%s}}\n", bp_frames ? "true" : "false", net.claims);
        } else {
            bytes = (size_t)bp_number(line, "bytes", 0);
            unsigned char *raw = malloc(bytes + 8);
            if (fread(raw, 1, bytes, stdin) != bytes) return 1;
            if (bp_read(line, raw)) {
                bp_object(net);
                bp_call_of(net, line, id);
            } else printf("{\"id\":%ld,\"error\":{\"kind\":\"refused\",\"message\":\"these arrays do not fit the network\"}}\n", id);
            free(raw);
            free(bp_now.x);
            free(bp_now.t);
            free(bp_now.query);
            for (int l = 0; l < bp_now.depth; l++) free(bp_now.dW[l]), free(bp_now.db[l]);
        }
        fflush(stdout);
    }
}

#endif
