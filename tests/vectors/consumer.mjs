// node consumer.mjs FILES: forward and backward pass of each golden vector, and which of its values are off.
// FAULT=hidden-delta-lacks-derivative or FAULT=bias-gradient-averaged in the environment makes that mistake.
import { readFileSync } from "node:fs";

const { exp, log1p, expm1, tanh, abs, max, sqrt, sign, PI } = Math, FAULT = process.env.FAULT;
const sum = (list) => list.reduce((a, b) => a + b, 0);
const logistic = (s) => (s >= 0 ? 1 / (1 + exp(-s)) : exp(s) / (1 + exp(s)));
const gate = (s) => logistic(2 * sqrt(2 / PI) * (s + 0.044715 * s ** 3));
const phi = (s) => exp((-s * s) / 2) / sqrt(2 * PI);
function Phi(s) { // 1/2 + phi(s) (s + s^3/3 + s^5/15 + ...), whose terms have one sign: Abramowitz and Stegun 1964, 26.2.11
  let term = s, all = s;
  for (let k = 3; abs(term) > 1e-18 * abs(all); k += 2) all += term *= (s * s) / k;
  return 0.5 + phi(s) * all;
}
const F = { // value and derivative
  identity: [(s) => s, () => 1],
  sigmoid: [logistic, (s) => logistic(s) * (1 - logistic(s))],
  tanh: [tanh, (s) => 1 - tanh(s) ** 2],
  relu: [(s) => max(s, 0), (s) => (s > 0 ? 1 : 0)],
  leaky_relu: [(s, alpha) => (s > 0 ? s : alpha * s), (s, alpha) => (s > 0 ? 1 : alpha)],
  elu: [(s, alpha) => (s > 0 ? s : alpha * expm1(s)), (s, alpha) => (s > 0 ? 1 : alpha * exp(s))],
  softplus: [(s) => max(s, 0) + log1p(exp(-abs(s))), logistic],
  gelu: [(s) => s * Phi(s), (s) => Phi(s) + s * phi(s)],
  gelu_tanh: [(s) => s * gate(s), (s) => gate(s) + 2 * sqrt(2 / PI) * (1 + 3 * 0.044715 * s * s) * s * gate(s) * (1 - gate(s))],
};
const value = (f, row) => {
  const u = row.map((z) => f.slope * z), most = max(...u), whole = sum(u.map((v) => exp(v - most)));
  return f.name === "softmax" ? u.map((v) => exp(v - most) / whole) : u.map((v) => f.offset + f.scale * F[f.name][0](v, f.alpha));
};
const slope = (f, z) => f.scale * f.slope * F[f.name][1](f.slope * z, f.alpha);
const times = (A, B) => A.map((row) => B[0].map((_, j) => sum(row.map((v, i) => v * B[i][j]))));
const turned = (A) => A[0].map((_, j) => A.map((row) => row[j]));

function run({ network: { activations: f, loss, penalty, sizes }, parameters: p, x, t, rate }) {
  const L = f.length, n = x.length, d = sizes[L], z = [], a = [x], delta = [], gradient = [], step = [];
  const to = Array.isArray(t[0]) ? t : t.map((label) => Array.from({ length: d }, (_, k) => (k === label ? 1 : 0)));
  p.forEach(({ W, b }, l) => {
    z.push(times(a[l], W).map((row) => row.map((v, j) => v + b[j])));
    a.push(z[l].map((row) => value(f[l], row)));
  });
  const c = loss.factor / (loss.samples === "mean" ? n : 1) / (loss.outputs === "mean" ? d : 1), out = f[L - 1];
  delta[L - 1] = a[L].map((y, r) => {
    const error = y.map((v, j) => v - to[r][j]), inner = sum(y.map((v, j) => v * error[j]));
    if (loss.name !== "squared_error") return error.map((e) => c * e * (loss.name === "matching" ? 1 : out.slope));
    return error.map((e, j) => c * (out.name === "softmax" ? out.slope * y[j] * (e - inner) : e * slope(out, z[L - 1][r][j])));
  });
  const added = (w) => (penalty.l1 * sign(w) + penalty.l2 * w) / (penalty.per_sample ? n : 1);
  for (let l = L - 1; l >= 0; l--) {
    const dW = times(turned(a[l]), delta[l]).map((row, i) => row.map((g, j) => g + added(p[l].W[i][j])));
    const db = turned(delta[l]).map((column, j) => {
      const all = sum(column) / (FAULT === "bias-gradient-averaged" ? n : 1);
      return all + (penalty.biases ? added(p[l].b[j]) : 0);
    });
    gradient[l] = { dW, db };
    step[l] = { W: p[l].W.map((row, i) => row.map((w, j) => w - rate * dW[i][j])), b: p[l].b.map((w, j) => w - rate * db[j]) };
    const back = l && times(delta[l], turned(p[l].W));
    const through = (v, r, i) => (FAULT === "hidden-delta-lacks-derivative" ? v : v * slope(f[l - 1], z[l - 1][r][i]));
    if (l) delta[l - 1] = back.map((row, r) => row.map((v, i) => through(v, r, i)));
  }
  return { z, a: a.slice(1), delta, gradient, step };
}

function off(got, want) { // whether a number of the two trees is apart by more than its bound
  if (want.value === undefined) return Object.keys(want).some((key) => off(got[key], want[key]));
  const [value, bound] = [[want.value].flat(2), [want.bound].flat(2)];
  return [got].flat(2).some((v, i) => !(abs(v - value[i]) <= bound[i]));
}

for (const path of process.argv.slice(2)) {
  const file = JSON.parse(readFileSync(path, "utf8")), got = run(file);
  const wrong = Object.keys(got).filter((key) => off(got[key], file.expected[key]));
  console.log(`${file.name}: ${wrong.length ? `${wrong.join(" ")} off` : "right"}`);
}
