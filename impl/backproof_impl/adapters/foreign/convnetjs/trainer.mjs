// The Trainer of convnetjs behind the wire: it divides by the number of samples, the penalty as well.

import convnetjs from "convnetjs";
import { serve } from "../wire.mjs";
import { make, read, rows, write } from "./layers.mjs";

const hidden = ["relu", "sigmoid", "tanh"], penalty = [{}, { l2: 0.25, per_sample: true }, { l1: 0.125, l2: 0.125, per_sample: true }];
const family = (output, loss, sizes = {}) => ({ hidden, output: [output], loss: [loss], penalty, mixed: true, sizes });
const CLAIMS = {
  name: "convnetjs Trainer", version: "0.3.0", operations: ["forward", "step", "initial"], seeded: false,
  families: [
    family("softmax", { name: "cross_entropy", targets: "index" }, { outputs: [2, null] }),
    family("identity", { name: "squared_error" }),  // what it follows; what is reported is judged with net.mjs
    family("identity", { name: "other:hinge", targets: "index" }),
  ],
  rules: [{ rate: 0 }, { rate: 0, name: "momentum", beta1: 0.9 }, { rate: 0, name: "rmsprop", beta2: 0.95, epsilon: 1e-6 }],
};
const METHODS = { rmsprop: "windowgrad" };  // all else is its "sgd", with momentum or without

const trainer = (net, { rate, name, beta1, beta2, epsilon }, { l1, l2 }, n) => new convnetjs.Trainer(net, {
  method: METHODS[name] ?? "sgd", learning_rate: rate, momentum: beta1 ?? 0, ro: beta2, eps: epsilon,
  l1_decay: l1 ?? 0, l2_decay: l2 ?? 0, batch_size: n,
});

await serve(CLAIMS, make, (net, asked) => {
  if (asked.params) write(net, asked.params);
  if (asked.do === "forward") return rows(asked.x).map(row => net.forward(row).w);
  if (asked.do === "step") {
    if (asked.object !== "same") net.trainer = trainer(net, asked.rule, asked.net.penalty ?? {}, asked.x.length);
    rows(asked.x).forEach((row, n) => net.trainer.train(row, asked.t[n]));
  }
  return read(net);
});
