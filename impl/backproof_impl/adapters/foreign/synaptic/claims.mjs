// What synaptic offers, as its source has it: src/Neuron.js and src/Trainer.js.

const plain = process.argv[2] === "plain";
const MEAN = { name: "squared_error", factor: 2, outputs: "mean" }, hidden = ["sigmoid", "tanh", "relu", "identity"];
export const CLAIMS = {
  name: plain ? "synaptic, not optimised" : "synaptic", version: "1.1.4", operations: ["forward", "loss", "step", "initial", "fit"],
  families: [
    { hidden, output: ["sigmoid"], loss: [{ name: "binary_cross_entropy", epsilon: 1e-15 }], mixed: true },
    { hidden, output: ["identity"], loss: ["squared_error"], reported: MEAN, mixed: true },
    { hidden, output: ["sigmoid", "tanh", "relu"], loss: ["matching"], reported: MEAN, mixed: true },
  ],
  batch: 1, seeded: false,
};
