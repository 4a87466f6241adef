// convnetjs 0.3.0: tanh(z) is (exp(2z) - 1) / (exp(2z) + 1), which is NaN from z = 355 on.
import { createRequire } from "node:module";
const convnetjs = createRequire(new URL("../../adapters/foreign/", import.meta.url))("convnetjs");

const far = new convnetjs.TanhLayer({ in_sx: 1, in_sy: 1, in_depth: 1 }).forward(new convnetjs.Vol([710])).w[0];
console.log(`tanh(710) is ${far}, should be 1`);
process.exit(Number.isNaN(far) ? 0 : 1);
