// Speaks for a network of JavaScript: backproof check 'cmd:node harness.mjs'. The lines: backproof spec wire.

import { createInterface } from "node:readline";
import { Net } from "./net.mjs";

const CLAIMS = {
  wire: 1, name: "net.mjs", operations: ["forward", "loss", "gradient", "step", "initial"],
  families: [{ hidden: ["sigmoid"], output: ["sigmoid"], loss: ["squared_error"] }],
};
const ODD = ["NaN", "Infinity", "-Infinity"];  // no number of JSON is one of these
const said = (key, value) => typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
const heard = (key, value) => ODD.includes(value) ? Number(value) : value;

const kept = new Map();
let last;

function net(asked) {
  const sizes = asked.net.sizes, name = String(sizes);
  if (asked.object === "fresh") last = new Net(sizes, asked.seed);
  if (asked.object === "kept") {
    if (!kept.has(name)) kept.set(name, new Net(sizes));
    last = kept.get(name);
  }
  if (asked.params) {
    last.weights = asked.params.map(layer => layer.W);
    last.biases = asked.params.map(layer => layer.b);
  }
  return last;
}

function answer(asked) {
  if (asked.do === "describe") return CLAIMS;
  const one = net(asked);
  if (asked.do === "forward") return one.forward(asked.x);
  if (asked.do === "loss") return one.loss(asked.x, asked.t);
  if (asked.do === "step") one.step(asked.x, asked.t, asked.rule.rate);
  const [W, b] = asked.do === "gradient" ? one.gradient(asked.x, asked.t) : [one.weights, one.biases];
  return W.map((w, l) => ({ W: w, b: b[l] }));
}

console.log = console.error;  // what the network prints is no answer
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line, heard);
  if (asked.do === "stop") break;
  let told;
  try {
    told = { id: asked.id, answer: answer(asked) };
  } catch (trouble) {
    told = { id: asked.id, error: { kind: "failed", message: String(trouble) } };
  }
  process.stdout.write(JSON.stringify(told, said) + "\n");
}
