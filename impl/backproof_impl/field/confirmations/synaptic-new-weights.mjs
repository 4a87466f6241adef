// synaptic 1.1.4: a delta goes back through weights that the same step has changed already, optimised or not.
import { createRequire } from "node:module";
const { Layer, Network, Neuron } = createRequire(new URL("../../adapters/foreign/", import.meta.url))("synaptic");

function moved(optimised, rate) {
  const [input, hidden, output] = [1, 1, 1].map(size => new Layer(size).set({ squash: Neuron.squash.IDENTITY }));
  const first = input.project(hidden).list[0], second = hidden.project(output).list[0];
  const net = new Network({ input, hidden: [hidden], output });
  net.setOptimize(optimised);
  [first.weight, second.weight, hidden.list[0].bias, output.list[0].bias] = [1, 2, 0, 0];
  net.activate([-1.25]);  // y = -2.5, and with t = 0 the slope of (y - t)**2 / 2 along the first weight is -2.5 * 2 * -1.25
  net.propagate(rate, [0]);
  net.restore();
  return first.weight - 1;
}

let seen = true;
for (const optimised of [true, false]) {
  const change = moved(optimised, 1);
  console.log(`at rate 1 the first weight moves by ${change}, should be -6.25 (${optimised ? "" : "not "}optimised)`);
  seen &&= change === -1 * -2.5 * (2 - 3.125) * -1.25;
}
process.exit(seen ? 0 : 1);
