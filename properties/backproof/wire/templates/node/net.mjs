// A multilayer perceptron in plain JavaScript: yours goes in its place.

const sigmoid = z => z > 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));

function random(seed) {  // mulberry32: numbers in [0, 1) that repeat
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export class Net {
  constructor(sizes, seed = 0) {
    const draw = random(seed);
    this.weights = sizes.slice(1).map((d, l) =>
      Array.from({ length: sizes[l] }, () => Array.from({ length: d }, () => (2 * draw() - 1) * Math.sqrt(3 / sizes[l]))));
    this.biases = sizes.slice(1).map(d => Array(d).fill(0));
  }

  activations(x) {
    const a = [x];
    this.weights.forEach((W, l) =>
      a.push(this.biases[l].map((b, j) => sigmoid(a[l].reduce((sum, v, i) => sum + v * W[i][j], 0) + b))));
    return a;
  }

  forward(xs) {
    return xs.map(x => this.activations(x).at(-1));
  }

  loss(xs, ts) {
    const ys = this.forward(xs);
    return ys.reduce((sum, y, n) => sum + y.reduce((s, v, k) => s + (v - ts[n][k]) ** 2 / 2, 0), 0) / xs.length;
  }

  gradient(xs, ts) {
    const dW = this.weights.map(W => W.map(row => row.map(() => 0)));
    const db = this.biases.map(b => b.map(() => 0));
    xs.forEach((x, n) => {
      const a = this.activations(x);
      let delta = a.at(-1).map((y, k) => (y - ts[n][k]) * y * (1 - y) / xs.length);
      for (let l = dW.length - 1; l >= 0; l--) {
        const above = delta;
        above.forEach((d, j) => { db[l][j] += d; a[l].forEach((v, i) => { dW[l][i][j] += v * d; }); });
        delta = a[l].map((v, i) => this.weights[l][i].reduce((sum, w, j) => sum + w * above[j], 0) * v * (1 - v));
      }
    });
    return [dW, db];
  }

  step(xs, ts, rate) {
    const [dW, db] = this.gradient(xs, ts);
    this.weights = this.weights.map((W, l) => W.map((row, i) => row.map((w, j) => w - rate * dW[l][i][j])));
    this.biases = this.biases.map((b, l) => b.map((v, j) => v - rate * db[l][j]));
  }
}
