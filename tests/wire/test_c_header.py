"""The header for C: objects live as long as they are asked, JSON is found by its key or place, floats travel as floats."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backproof.commands.init import templates
from backproof.wire.speech import Spoken

COMPILER = shutil.which("cc")
pytestmark = pytest.mark.skipif(COMPILER is None, reason="nothing compiles C here")
COUNTING = """
#include "backproof.h"

static int made, dropped;
static void *make(bp_call *c) { (void)c; made++; return calloc(1, sizeof(int)); }
static void drop(void *object) { dropped++; free(object); }

/* How often this object was asked, how many there were, how many are gone, the slope of the second layer. */
static void forward(bp_call *c, double *y) {
    const char *a = bp_item(bp_get(c->net, "activations"), 1);
    y[0] = ++*(int *)c->object, y[1] = made, y[2] = dropped;
    y[3] = bp_is(a, "name", "tanh") ? bp_number(a, "slope", 1) : -1;
}

int main(void) { return bp_serve((bp_network){"\\"name\\":\\"\\"DTYPE", forward, NULL, NULL, NULL, NULL, make, drop}); }
"""
Answers = Callable[..., list[Any]]


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    """What the program that counts answers to calls of forward: its objects and networks are given, and its dtype."""

    def asking(*asked: tuple[str, dict[str, Any]], dtype: str = "", frames: bool = False) -> list[Any]:
        (tmp_path / "backproof.h").write_text(templates("c")["backproof.h"], encoding="utf-8")
        (tmp_path / "net.c").write_text(COUNTING.replace("DTYPE", dtype), encoding="utf-8")
        subprocess.run(
            [str(COMPILER), "-Wall", "-Wextra", "-Werror", "-o", tmp_path / "net", tmp_path / "net.c", "-lm"], check=True
        )
        calls: list[dict[str, Any]] = [{"do": "describe", "wire": 1, "frames": frames}]
        params = [{"W": [[1.0]], "b": [0.0]}, {"W": [[1.0] * 4], "b": [0.0] * 4}]
        calls += [{"do": "forward", "object": one, "net": net, "params": params, "x": [[1.0]]} for one, net in asked]
        lines = "".join(json.dumps({"id": i, **call}) + "\n" for i, call in enumerate(calls))
        ran = subprocess.run([tmp_path / "net"], input=lines.encode(), capture_output=True, check=True)
        got, spoken = bytearray(ran.stdout), Spoken("net")
        spoken._waiting = list(range(len(calls)))
        spoken.cut(got)
        replies = [spoken._replies[i] for i in range(1, len(calls))]
        return [told["answer"] if not raw else (told["answer"]["frame"], len(raw)) for told, raw in replies]

    return asking


def net(slope: float | None) -> dict[str, Any]:
    last = {"name": "tanh"} | ({} if slope is None else {"slope": slope})
    return {"sizes": [1, 1, 4], "activations": [{"name": "sigmoid", "slope": 2.0}, last], "loss": {"name": "squared_error"}}


def test_a_fresh_object_is_new_the_kept_one_of_a_network_stays_and_the_same_goes_on(answers: Answers) -> None:
    one, other = net(0.5), net(None)
    asked = [("fresh", one), ("same", one), ("kept", one), ("fresh", one), ("kept", one), ("same", one), ("kept", other)]
    got = [row for (row,) in answers(*asked)]
    assert [row[:3] for row in got] == [[1, 1, 0], [2, 1, 0], [1, 2, 1], [1, 3, 1], [2, 3, 2], [3, 3, 2], [1, 4, 3]]
    assert [row[3] for row in got] == [0.5] * 6 + [1.0]


@pytest.mark.parametrize(("dtype", "frame", "size"), [("", "<f8", 32), (',\\"dtype\\":\\"float32\\"', "<f4", 16)])
def test_raw_numbers_are_of_the_claimed_type(answers: Answers, dtype: str, frame: str, size: int) -> None:
    assert answers(("fresh", net(0.5)), dtype=dtype, frames=True) == [(frame, size)]
