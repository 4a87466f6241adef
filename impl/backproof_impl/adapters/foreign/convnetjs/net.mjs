// convnetjs behind the wire: its Net, whose gradients add up over samples.
// With the argument `trainer`, its Trainer, which divides them, and its penalty too, by their number.

import convnetjs from "convnetjs";
import { serve } from "../wire.mjs";
import { CLAIMS } from "./claims.mjs";

const LAST = { cross_entropy: "softmax", squared_error: "regression", "other:hinge": "svm" };
const METHODS = { rmsprop: "windowgrad" };

function make({ net: { sizes, activations, loss } }) {
  const net = new convnetjs.Net(), outputs = sizes.at(-1);
  net.makeLayers([
    { type: "input", out_sx: 1, out_sy: 1, out_depth: sizes[0] },
    ...sizes.slice(1, -1).map((size, l) => ({ type: "fc", num_neurons: size, activation: activations[l].name })),
    { type: LAST[loss.name], num_neurons: outputs, num_classes: outputs },
  ]);
  full(net).forEach(layer => { layer.l1_decay_mul = 1; });  // 0 unless it is set
  return net;
}

const full = net => net.layers.filter(layer => layer.layer_type === "fc");
const show = (net, part) => full(net).map(({ filters, biases }) => ({
  W: Array.from(filters[0].w, (_, i) => filters.map(filter => filter[part][i])), b: biases[part],
}));
const write = (net, params) => full(net).forEach(({ filters, biases }, l) => {
  filters.forEach((filter, j) => filter.w.forEach((_, i) => { filter.w[i] = params[l].W[i][j]; }));
  biases.w.set(params[l].b);
});
const volume = row => new convnetjs.Vol(row);
const backward = (net, { x, t }) => x.reduce((sum, row, n) => (net.forward(volume(row)), sum + net.backward(t[n])), 0);

await serve(CLAIMS, make, (net, asked) => {
  const { rate, name, beta1, beta2, epsilon } = asked.rule ?? {}, { l1, l2 } = asked.net.penalty ?? {};
  if (asked.params) write(net, asked.params);
  if (asked.do === "forward") return asked.x.map(row => net.forward(volume(row)).w);
  if (asked.do === "loss") return backward(net, asked);
  if (asked.do === "gradient") {
    net.getParamsAndGrads().forEach(({ grads }) => grads.fill(0));
    backward(net, asked);
  }
  if (asked.do === "step") {
    if (asked.object !== "same") net.trainer = new convnetjs.Trainer(net, {
      method: METHODS[name] ?? "sgd", learning_rate: rate, momentum: beta1 ?? 0, ro: beta2, eps: epsilon,
      l1_decay: l1 ?? 0, l2_decay: l2 ?? 0, batch_size: asked.x.length,
    });
    asked.x.forEach((row, n) => net.trainer.train(volume(row), asked.t[n]));
  }
  return show(net, asked.do === "gradient" ? "dw" : "w");
});
