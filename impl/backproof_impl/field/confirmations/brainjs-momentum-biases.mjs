// brain.js 1.6.1: momentum is for weights only; a bias is a weight of an input that is 1, and moves otherwise.
import { createRequire } from "node:module";
const brain = createRequire(new URL("../../adapters/foreign/", import.meta.url))("brain.js");

const net = new brain.NeuralNetwork().fromJSON({ sizes: [1, 1], activation: "sigmoid", layers: [[{}], [{ bias: 0, weights: { 0: 0 } }]] });
net.train([{ input: [1], output: [1] }], { iterations: 2, learningRate: 0.5, momentum: 0.5 });
const [weight, bias] = [net.weights[1][0][0], net.biases[1][0]];
console.log(`after two steps with momentum 0.5, of the input 1: the weight is ${weight}, the bias ${bias}, should be the same`);
process.exit(weight > 1.1 * bias ? 0 : 1);
