// A network of convnetjs, and its weights there and back.

import convnetjs from "convnetjs";

const LAST = { cross_entropy: "softmax", squared_error: "regression", "other:hinge": "svm" };

export const rows = x => x.map(row => new convnetjs.Vol(row));

const full = net => net.layers.filter(layer => layer.layer_type === "fc");

export function make({ net: { sizes, activations, loss } }) {
  const net = new convnetjs.Net(), outputs = sizes.at(-1);
  net.makeLayers([
    { type: "input", out_sx: 1, out_sy: 1, out_depth: sizes[0] },
    ...sizes.slice(1, -1).map((size, l) => ({ type: "fc", num_neurons: size, activation: activations[l].name })),
    { type: LAST[loss.name], num_neurons: outputs, num_classes: outputs },
  ]);
  full(net).forEach(layer => { layer.l1_decay_mul = 1; });  // 0 unless it is set
  return net;
}

export const write = (net, params) => full(net).forEach(({ filters, biases }, l) => {
  filters.forEach((filter, j) => filter.w.forEach((_, i) => { filter.w[i] = params[l].W[i][j]; }));
  biases.w.set(params[l].b);
});

export const read = (net, part = "w") => full(net).map(({ filters, biases }) => ({
  W: Array.from(filters[0].w, (_, i) => filters.map(filter => filter[part][i])), b: biases[part],
}));
