// synaptic 1.1.4: without optimisation a rate of 0 is taken for none, and 0.1 is used instead.
import { createRequire } from "node:module";
const { Architect } = createRequire(new URL("../../adapters/foreign/", import.meta.url))("synaptic");

const net = new Architect.Perceptron(1, 1, 1), unit = net.layers.output.list[0];
net.setOptimize(false);
const before = unit.bias;
const [y] = net.activate([1]);
net.propagate(0, [0]);
console.log(`at rate 0 the bias of the output moves by ${unit.bias - before}, should be 0`);
process.exit(Math.abs(unit.bias - before - 0.1 * (0 - y)) < 1e-12 ? 0 : 1);
