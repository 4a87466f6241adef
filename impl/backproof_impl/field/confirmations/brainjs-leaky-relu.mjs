// brain.js 1.6.1: its leaky relu is 0 below 0, and alpha * z above; its derivative is that of a leaky relu.
import { createRequire } from "node:module";
const brain = createRequire(new URL("../../adapters/foreign/", import.meta.url))("brain.js");

const net = new brain.NeuralNetwork({ activation: "leaky-relu" }).fromJSON({
  sizes: [1, 1], activation: "leaky-relu", leakyReluAlpha: 0.25, layers: [[{}], [{ bias: 0, weights: { 0: 1 } }]],
});
const [above, below] = [net.run([1])[0], net.run([-1])[0]];
console.log(`leaky relu with alpha 0.25: at 1 it is ${above}, should be 1; at -1 it is ${below}, should be -0.25`);
process.exit(above === 0.25 && below === 0 ? 0 : 1);
