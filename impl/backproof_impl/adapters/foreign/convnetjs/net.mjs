// The Net of convnetjs behind the wire: its gradients add up over samples, as its losses do here.

import { serve } from "../wire.mjs";
import { make, read, rows, write } from "./layers.mjs";

const hidden = ["relu", "sigmoid", "tanh"];
const family = (output, loss, sizes = {}) => ({ hidden, output: [output], loss: [{ samples: "sum", ...loss }], mixed: true, sizes });
const CLAIMS = {
  name: "convnetjs", version: "0.3.0", operations: ["forward", "loss", "gradient", "initial"], seeded: false,
  families: [
    family("softmax", { name: "cross_entropy", targets: "index" }, { outputs: [2, null] }),
    family("identity", { name: "squared_error", factor: 2 }),  // "penalizes \sum_i(||x_i - y_i||^2)", says build/convnet.js
    family("identity", { name: "other:hinge", targets: "index" }),
  ],
};

const backward = (net, { x, t }) => rows(x).reduce((sum, row, n) => (net.forward(row), sum + net.backward(t[n])), 0);

await serve(CLAIMS, make, (net, asked) => {
  if (asked.params) write(net, asked.params);
  if (asked.do === "forward") return rows(asked.x).map(row => net.forward(row).w);
  if (asked.do === "loss") return backward(net, asked);
  if (asked.do === "initial") return read(net);
  net.getParamsAndGrads().forEach(({ grads }) => grads.fill(0));
  backward(net, asked);
  return read(net, "dw");
});
