// What convnetjs offers, as its source has it: build/convnet.js.

const trainer = process.argv[2] === "trainer", samples = trainer ? "mean" : "sum";
const common = { hidden: ["relu", "sigmoid", "tanh"], mixed: true };
if (trainer) common.penalty = [{}, { l2: 0.25, per_sample: true }, { l1: 0.125, l2: 0.125, per_sample: true }];
const SQUARES = { name: "squared_error", factor: 2, samples };  // "penalizes \sum_i(||x_i - y_i||^2)", says its source
export const CLAIMS = {
  name: trainer ? "convnetjs Trainer" : "convnetjs", version: "0.3.0",
  operations: trainer ? ["forward", "step", "initial"] : ["forward", "loss", "gradient", "initial"],
  families: [
    { ...common, output: ["softmax"], loss: [{ name: "cross_entropy", samples, targets: "index" }], sizes: { outputs: [2, null] } },
    { ...common, output: ["identity"], loss: [SQUARES] },
    { ...common, output: ["identity"], loss: [{ name: "other:hinge", samples, targets: "index" }] },
  ],
  seeded: false,
  rules: [{ rate: 0 }, { rate: 0, name: "momentum", beta1: 0.9 }, { rate: 0, name: "rmsprop", beta2: 0.95, epsilon: 1e-6 }],
};
