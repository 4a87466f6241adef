// brain.js 1.6.1: Adam moves biases by the mean gradient of the step before, weights by that of this step.
import { createRequire } from "node:module";
const brain = createRequire(new URL("../../adapters/foreign/", import.meta.url))("brain.js");

const net = new brain.NeuralNetwork({ praxis: "adam" }).fromJSON({
  sizes: [1, 1], activation: "sigmoid", layers: [[{}], [{ bias: 0, weights: { 0: 0 } }]],
});
net.train([{ input: [1], output: [1] }], { iterations: 1, learningRate: 0.125, praxis: "adam" });
const [weight, bias] = [net.weights[1][0][0], net.biases[1][0]];
console.log(`after one step of Adam at rate 0.125, of the input 1: the weight is ${weight}, the bias ${bias}, should be the same`);
process.exit(Math.abs(weight - 0.125) < 1e-6 && bias === 0 ? 0 : 1);
