"""A right network that misbehaves in one way: python hostile.py MODE FOLDER, the folder of the plain harness."""

import ctypes
import json
import os
import sys
import time

MODE, FOLDER = sys.argv[1:]
sys.path.insert(0, FOLDER)
from net import Net  # type: ignore[import-not-found]  # of the harness  # noqa: E402

CLAIMS = {
    "wire": 1, "name": MODE, "operations": ["forward", "loss", "gradient", "step", "initial"],
    "families": [{"hidden": ["sigmoid"], "output": ["sigmoid"], "loss": ["squared_error"]}],
}  # fmt: skip
LATER = 40  # calls before it begins
state = {"calls": 0}
kept = {}
last = [None]


def object_of(asked):
    sizes = tuple(asked["net"]["sizes"])
    if asked["object"] == "kept":
        last[0] = kept.setdefault(sizes, kept.get(sizes) or Net(sizes))
    elif asked["object"] == "fresh":
        last[0] = Net(sizes, asked.get("seed", 0))
    if "params" in asked:
        last[0].weights = [layer["W"] for layer in asked["params"]]
        last[0].biases = [layer["b"] for layer in asked["params"]]
    return last[0]


def answer(asked):
    if asked["do"] == "describe":
        return CLAIMS
    net, given = object_of(asked), [asked[name] for name in ("x", "t") if name in asked]
    if asked["do"] in ("forward", "loss"):
        return getattr(net, asked["do"])(*given)
    if asked["do"] == "step":
        net.step(*given, asked["rule"]["rate"])
    dW, db = net.gradient(*given) if asked["do"] == "gradient" else (net.weights, net.biases)
    return [{"W": W, "b": b} for W, b in zip(dW, db, strict=True)]


def say(told):
    print(json.dumps(told), flush=True)


def misbehave(asked, told):
    """In its way; whether the answer was given already."""
    if MODE == "crashes":
        os._exit(7)
    if MODE == "segfaults":
        ctypes.string_at(0)
    if MODE == "hangs":
        time.sleep(1000)
    if MODE == "late" and state["calls"] == LATER + 1:
        time.sleep(1000)
    if MODE == "half-a-line":
        print(json.dumps(told)[:20], end="", flush=True)
        time.sleep(1000)
    if MODE == "floods":
        while True:
            print("x" * 65535)
    if MODE == "one-endless-line":
        while True:
            print("x" * 65535, end="")
            time.sleep(0.001)  # or it is a matter of the machine whether a GiB or the second is there first
    if MODE == "nan" and asked["do"] == "gradient":
        told["answer"][0]["W"][0][0] = float("nan")
    if MODE == "wrong-id":
        told["id"] += 1
    if MODE == "out-of-order":
        state.setdefault("held", []).append(told)
        if len(state["held"]) == 2:
            for one in reversed(state.pop("held")):
                say(one)
        return True
    if MODE == "allocates":
        hoard = []
        while True:
            hoard.append(bytearray(2**32))
    if MODE == "forks" and "forked" not in state:
        state["forked"] = True
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.close(0), os.close(1), os.close(2)
                time.sleep(1000)
            os._exit(0)
    if MODE == "closes-stdin":
        os.close(0)
    if MODE == "other-answers" and asked["do"] == "forward":
        told["answer"][0][0] += 1e-6 * state["calls"]
    if MODE == "no-json":
        print("{'id': 1}", flush=True)
        return True
    if MODE == "endless-bytes":
        told["bytes"] = 2**40
    if MODE == "exits":
        sys.exit("enough")
    return False


def main():
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] == "stop":
            if MODE == "ignores-stop":
                time.sleep(1000)
            return
        state["calls"] += 1
        told = {"id": asked["id"], "answer": answer(asked)}
        if MODE == "chatters":
            print("calling", asked["do"], "with", line.strip(), flush=True)
        if state["calls"] <= LATER or not misbehave(asked, told):
            say(told)


main()
