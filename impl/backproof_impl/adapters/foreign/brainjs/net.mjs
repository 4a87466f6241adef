// brain.js behind the wire. One sample a step; all layers have one activation; it descends squared error, and reports its mean.

import brain from "brain.js";
import { serve } from "../wire.mjs";
import { CLAIMS } from "./claims.mjs";

const NAMES = { sigmoid: "sigmoid", tanh: "tanh", relu: "relu", leaky_relu: "leaky-relu" };

function make(asked) {
  const { name, alpha } = asked.net.activations[0];
  const net = new brain.NeuralNetwork({
    activation: NAMES[name], leakyReluAlpha: alpha ?? 0.01, praxis: asked.rule?.name === "adam" ? "adam" : null,
  });
  net.sizes = asked.net.sizes;
  net.initialize();
  return net;
}

const read = net => net.weights.slice(1).map((W, l) => ({ W: Array.from(W[0], (_, i) => W.map(w => w[i])), b: net.biases[l + 1] }));
const write = (net, params) => net.fromJSON({
  sizes: net.sizes, activation: net.activation, leakyReluAlpha: net.leakyReluAlpha, layers: [Array(net.sizes[0]).fill({}),
    ...params.map(({ W, b }) => b.map((bias, j) => ({ bias, weights: { ...W.map(row => row[j]) } })))],
});
const pairs = asked => asked.x.map((input, n) => ({ input, output: asked.t[n] }));
const train = (net, asked, more) => net.train(pairs(asked), {  // momentum must be above 0
  praxis: null, ...asked.rule, momentum: asked.rule.beta1 || Number.MIN_VALUE, learningRate: asked.rule.rate,
  errorThresh: Number.MIN_VALUE, ...more,
});

await serve(CLAIMS, make, (net, asked) => {
  if (asked.params) write(net, asked.params);
  if (asked.do === "forward") return asked.x.map(row => net.run(row));
  if (asked.do === "loss") return net.test(pairs(asked)).error;
  if (asked.do === "step") train(net, asked, { iterations: 1 });
  const losses = [];
  if (asked.do !== "fit") return read(net);
  train(net, asked, { iterations: asked.epochs, callback: ({ error }) => losses.push(error), callbackPeriod: 1 });
  return { output: asked.query.map(row => net.run(row)), params: read(net), losses };
});
