"""Speaks for a network of plain Python: backproof check 'cmd:python3 harness.py'. The lines: backproof spec wire."""

import json
import sys

from net import Net

CLAIMS = {
    "wire": 1, "name": "net.py", "operations": ["forward", "loss", "gradient", "step", "initial"],
    "families": [{"hidden": ["sigmoid"], "output": ["sigmoid"], "loss": ["squared_error"]}],
}  # fmt: skip


def number(value):
    return float(value) if value in ("NaN", "Infinity", "-Infinity") else value


def lists(value):
    return [lists(part) for part in value] if isinstance(value, list) else number(value)


class Harness:
    def __init__(self):
        self.kept, self.last = {}, None

    def net(self, asked):
        sizes = tuple(asked["net"]["sizes"])
        if asked["object"] == "kept":
            self.last = self.kept.setdefault(sizes, self.kept.get(sizes) or Net(sizes))
        elif asked["object"] == "fresh":
            self.last = Net(sizes, asked.get("seed", 0))
        if "params" in asked:
            self.last.weights = [lists(layer["W"]) for layer in asked["params"]]
            self.last.biases = [lists(layer["b"]) for layer in asked["params"]]
        return self.last

    def answer(self, asked):
        if asked["do"] == "describe":
            return CLAIMS
        net, given = self.net(asked), [lists(asked[name]) for name in ("x", "t") if name in asked]
        if asked["do"] in ("forward", "loss"):
            return getattr(net, asked["do"])(*given)
        if asked["do"] == "step":
            net.step(*given, asked["rule"]["rate"])
        dW, db = net.gradient(*given) if asked["do"] == "gradient" else (net.weights, net.biases)
        return [{"W": W, "b": b} for W, b in zip(dW, db)]


harness, answers = Harness(), sys.stdout
sys.stdout = sys.stderr  # what the network prints is no answer
for asked in map(json.loads, sys.stdin):
    if asked["do"] == "stop":
        break
    try:
        told = {"id": asked["id"], "answer": harness.answer(asked)}
    except Exception as trouble:
        told = {"id": asked["id"], "error": {"kind": "failed", "message": repr(trouble)}}
    print(json.dumps(told), file=answers, flush=True)
