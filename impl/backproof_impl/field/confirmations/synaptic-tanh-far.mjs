// synaptic 1.1.4: optimised, tanh(z) is made of exp(z) and 1 / exp(z), which overflow: NaN from |z| = 710 on.
import { createRequire } from "node:module";
const { Layer, Network, Neuron } = createRequire(new URL("../../adapters/foreign/", import.meta.url))("synaptic");

const input = new Layer(1), output = new Layer(1).set({ squash: Neuron.squash.TANH }), [only] = input.project(output).list;
[only.weight, output.list[0].bias] = [1, 0];
const [far] = new Network({ input, hidden: [], output }).activate([710]);
console.log(`tanh(710) is ${far}, should be 1`);
process.exit(Number.isNaN(far) ? 0 : 1);
