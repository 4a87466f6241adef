// What brain.js offers, as its source has it: dist/neural-network.js.

const family = activation => ({
  hidden: [activation], output: [activation], loss: ["squared_error"],
  reported: { name: "squared_error", factor: 2, outputs: "mean" },
});
export const CLAIMS = {
  name: "brain.js", version: "1.6.1", operations: ["forward", "loss", "step", "initial", "fit"],
  families: ["sigmoid", "tanh", "relu", "leaky_relu", "leaky_relu:alpha=0.25"].map(family),
  dtype: "float32", batch: 1, rates: [Number.MIN_VALUE, 1 - 2 ** -53], seeded: false,  // a rate of 0, or of 1, is refused
  rules: [{ rate: 0 }, { rate: 0, name: "momentum", beta1: 0.1 }, { rate: 0, name: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }],
};
