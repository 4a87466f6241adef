// synaptic behind the wire. One sample a step; the delta of its outputs is y - t, whatever their activation.
// With the argument `plain`, its neurons; without, the program that it writes of them, which is its default.
import synaptic from "synaptic";
import { serve } from "../wire.mjs";
import { CLAIMS } from "./claims.mjs";

const { Layer, Network, Neuron, Trainer } = synaptic, plain = process.argv[2] === "plain";
const NAMES = { sigmoid: "LOGISTIC", tanh: "TANH", relu: "RELU", identity: "IDENTITY" };

function make({ net: { sizes, activations } }) {
  const layers = sizes.map((size, l) => new Layer(size).set(l ? { squash: Neuron.squash[NAMES[activations[l - 1].name]] } : {}));
  layers.slice(1).forEach((layer, l) => layers[l].project(layer));
  return new Network({ input: layers[0], hidden: layers.slice(1, -1), output: layers.at(-1) });
}

const layers = net => [...net.layers.hidden, net.layers.output].map(layer => layer.list);
const inward = neuron => Object.values(neuron.connections.inputs);  // in the order of the layer before
function write(net, params) {
  params.forEach(({ W, b }, l) => layers(net)[l].forEach((neuron, j) => {
    neuron.bias = b[j];
    inward(neuron).forEach((connection, i) => { connection.weight = W[i][j]; });
  }));
}
const read = net => layers(net).map(list => ({
  W: inward(list[0]).map((_, i) => list.map(neuron => inward(neuron)[i].weight)), b: list.map(neuron => neuron.bias),
}));
const pairs = asked => asked.x.map((input, n) => ({ input, output: asked.t[n] }));

await serve(CLAIMS, make, (net, asked) => {
  const cost = Trainer.cost[asked.net.reported ? "MSE" : "CROSS_ENTROPY"], losses = [], last = ({ error }) => { losses.push(error); };
  if (asked.object !== "same") net.setOptimize(!plain);
  if (asked.params) write(net, asked.params);
  if (asked.do === "forward") return asked.x.map(row => net.activate(row));
  if (asked.do === "loss") return new Trainer(net).test(pairs(asked), { cost }).error;
  if (asked.do === "step") net.activate(asked.x[0]), net.propagate(asked.rule.rate, asked.t[0]);
  if (asked.do === "fit") new Trainer(net, { rate: asked.rule.rate, iterations: asked.epochs, error: Number.MIN_VALUE, cost })
    .train(pairs(asked), { schedule: { every: 1, do: last } });
  net.restore();
  return asked.do === "fit" ? { output: asked.query.map(row => net.activate(row)), params: read(net), losses } : read(net);
});
