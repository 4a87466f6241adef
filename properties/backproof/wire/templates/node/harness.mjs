// Speaks for a network of JavaScript: backproof check 'cmd:node harness.mjs'. The lines: backproof spec wire.

import { Net } from "./net.mjs";
import { serve } from "./wire.mjs";

const CLAIMS = {
  name: "net.mjs", operations: ["forward", "loss", "gradient", "step", "initial"],
  families: [{ hidden: ["sigmoid"], output: ["sigmoid"], loss: ["squared_error"] }],
};

await serve(CLAIMS, asked => new Net(asked.net.sizes, asked.seed), (net, asked) => {
  if (asked.params) {
    net.weights = asked.params.map(layer => layer.W);
    net.biases = asked.params.map(layer => layer.b);
  }
  if (asked.do === "forward") return net.forward(asked.x);
  if (asked.do === "loss") return net.loss(asked.x, asked.t);
  if (asked.do === "step") net.step(asked.x, asked.t, asked.rule.rate);
  const [W, b] = asked.do === "gradient" ? net.gradient(asked.x, asked.t) : [net.weights, net.biases];
  return W.map((w, l) => ({ W: w, b: b[l] }));
});
