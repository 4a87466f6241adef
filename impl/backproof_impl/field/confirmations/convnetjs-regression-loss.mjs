// convnetjs 0.3.0: a regression says that it penalises (x - y)**2, reports twice that, and follows half of it.
import { createRequire } from "node:module";
const convnetjs = createRequire(new URL("../../adapters/foreign/", import.meta.url))("convnetjs");

function asked(x) {
  const layer = new convnetjs.RegressionLayer({ in_sx: 1, in_sy: 1, in_depth: 1 }), row = new convnetjs.Vol([x]);
  layer.forward(row);
  return { loss: layer.backward([0]), slope: row.dw[0] };
}

const { loss, slope } = asked(1), difference = (asked(1.25).loss - asked(0.75).loss) / 0.5;
console.log(`at x - y = 1 the loss is ${loss}, should be 1; its slope is said to be ${slope}, by differences of it ${difference}`);
process.exit(loss === 2 && slope === 1 && difference === 4 ? 0 : 1);
