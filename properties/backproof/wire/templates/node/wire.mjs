// The talking, for any network of JavaScript: lines of JSON in, lines of JSON out. The lines: backproof spec wire.

import { createInterface } from "node:readline";

const ODD = ["NaN", "Infinity", "-Infinity"];  // no number of JSON is one of these
const heard = (key, value) => ODD.includes(value) ? Number(value) : value;

function said(key, value) {
  if (ArrayBuffer.isView(value)) return Array.from(value);
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

// Answers until `stop`. make(asked) is a new network; act(net, asked) what it answers, or undefined where that is not on offer.
export async function serve(claims, make, act) {
  const kept = new Map();
  let last;
  function net(asked) {
    const name = JSON.stringify(asked.net);
    if (asked.object === "kept" && !kept.has(name)) kept.set(name, make(asked));
    if (asked.object !== "same") last = asked.object === "kept" ? kept.get(name) : make(asked);
    return last;
  }
  console.log = console.error;  // what the network prints is no answer
  for await (const line of createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line, heard), told = { id: asked.id };
    if (asked.do === "stop") break;
    try {
      told.answer = asked.do === "describe" ? { wire: 1, ...claims } : act(net(asked), asked);
      if (told.answer === undefined) told.error = { kind: "unsupported", message: asked.do };
    } catch (trouble) {
      told.error = { kind: "failed", message: String(trouble) };
    }
    process.stdout.write(JSON.stringify(told, said) + "\n");
  }
}
