"""The header for C: objects live as long as they are asked, JSON is found by its key or place, floats travel as floats."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backproof.commands.init import templates
from backproof.wire.framing import Lines

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

static void fit(bp_call *c, double *y) {
    for (int k = 0; k < 4 * c->m; k++) y[k] = c->query[k / 4] + c->epochs;
    c->W[0][0] = c->seed, c->b[1][3] = c->n;
}

int main(void) { return bp_serve((bp_network){"\\"name\\":\\"\\"DTYPE", forward, NULL, NULL, NULL, NULL, make, drop, fit}); }
"""
PARAMS = [{"W": [[1.0]], "b": [0.0]}, {"W": [[1.0] * 4], "b": [0.0] * 4}]
Replies = Callable[..., list[Any]]
SANITIZE = "-fsanitize=address,undefined"  # also what is never freed ends the program with an error


@pytest.fixture
def replies(tmp_path: Path) -> Replies:
    """What the program answers to calls, each with the bytes behind it; it claims that dtype."""

    def asking(*calls: dict[str, Any], dtype: str = "", frames: bool = False, sanitized: bool = False) -> list[Any]:
        (tmp_path / "backproof.h").write_text(templates("c")["backproof.h"], encoding="utf-8")
        (tmp_path / "net.c").write_text(COUNTING.replace("DTYPE", dtype), encoding="utf-8")
        flags = ("-Wall", "-Wextra", "-Werror", "-o", tmp_path / "net", *(("-g", SANITIZE) if sanitized else ()))
        subprocess.run([str(COMPILER), *flags, tmp_path / "net.c", "-lm"], check=True)
        asked = [{"do": "describe", "wire": 1, "frames": frames}, *calls]
        lines = "".join(json.dumps({"id": i, **call}) + "\n" for i, call in enumerate(asked))
        ran = subprocess.run([tmp_path / "net"], input=lines.encode(), capture_output=True, check=True)
        got, found = bytearray(ran.stdout), Lines()
        return [found.next(got) for _ in asked][1:]

    return asking


def forward(which: str, slope: float | None) -> dict[str, Any]:
    return {"do": "forward", "object": which, "net": net(slope), "params": PARAMS, "x": [[1.0]]}


def net(slope: float | None) -> dict[str, Any]:
    last = {"name": "tanh"} | ({} if slope is None else {"slope": slope})
    return {"sizes": [1, 1, 4], "activations": [{"name": "sigmoid", "slope": 2.0}, last], "loss": {"name": "squared_error"}}


def test_a_fresh_object_is_new_the_kept_one_of_a_network_stays_and_the_same_goes_on(replies: Replies) -> None:
    half = [forward(which, 0.5) for which in ("fresh", "same", "kept", "fresh", "kept", "same")]
    got = [told["answer"][0] for told, _ in replies(*half, forward("kept", None))]
    assert [row[:3] for row in got] == [[1, 1, 0], [2, 1, 0], [1, 2, 1], [1, 3, 1], [2, 3, 2], [3, 3, 2], [1, 4, 3]]
    assert [row[3] for row in got] == [0.5] * 6 + [1.0]


def test_parameters_are_given_back_when_others_come(replies: Replies) -> None:
    trained = {"x": [[1.0]], "t": [[1.0] * 4], "query": [[1.0]], "seed": 1, "epochs": 1}
    fit = {"do": "fit", "object": "fresh", "net": net(0.5), **trained}
    told = replies(forward("fresh", 0.5), fit, forward("same", 0.5), fit, *[forward("kept", 0.5)] * 3, sanitized=True)
    assert len(told) == 7 and all("answer" in one for one, _ in told)


@pytest.mark.parametrize(("dtype", "frame", "size"), [("", "<f8", 32), (',\\"dtype\\":\\"float32\\"', "<f4", 16)])
def test_raw_numbers_are_of_the_claimed_type(replies: Replies, dtype: str, frame: str, size: int) -> None:
    ((told, raw),) = replies(forward("fresh", 0.5), dtype=dtype, frames=True)
    assert told["answer"] == {"frame": frame, "shape": [1, 4]} and told["bytes"] == len(raw) == size


def test_a_training_answers_its_query_with_the_parameters_it_ended_at(replies: Replies) -> None:
    asked = {"do": "fit", "object": "fresh", "net": net(None), "x": [[1.0]] * 3, "t": [[0.0] * 4] * 3, "query": [[0.5], [1.5]]}
    ((told, _),) = replies({**asked, "seed": 7, "epochs": 2, "rule": {"rate": 0.5}})
    assert told["answer"]["output"] == [[2.5] * 4, [3.5] * 4]
    assert told["answer"]["params"] == [{"W": [[7]], "b": [0]}, {"W": [[0] * 4], "b": [0, 0, 0, 3]}]


@pytest.mark.parametrize(
    ("t", "kind"), [([[1.0] * 4], "unsupported"), ([2], "unsupported"), ([[1.0]], "refused"), ([1, 2], "refused")]
)
def test_targets_of_another_shape_never_reach_a_network(replies: Replies, t: list[Any], kind: str) -> None:
    ((told, _),) = replies({"do": "loss", "object": "fresh", "net": net(None), "params": PARAMS, "x": [[1.0]], "t": t})
    assert told["error"]["kind"] == kind  # a loss is not on offer, but only rows, or class numbers, are asked for one
