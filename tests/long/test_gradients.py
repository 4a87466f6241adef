"""The short form of the long run over right gradients."""

import json
import sys
from pathlib import Path

import pytest
from tests.long import gradients
from tests.long.gradients import KINDS, block, blocks, drawn, main

from backproof_impl.reference import Reference
from backproof_spec import Array, Layer, Network, Params, Targets


def test_no_right_gradient_is_called_wrong() -> None:
    one = block(1_000_000)
    assert one["accused"] == [] and sum(one["counts"].values()) == gradients.BLOCK  # type: ignore[attr-defined]  # a Counter


def test_the_run_meets_every_kind_in_both_types() -> None:
    kinds = {drawn(number)[0] for number in range(200)}
    assert kinds == {f"{kind}, {dtype}" for kind in KINDS for dtype in ("float64", "float32")}


def test_the_run_notices_a_wrong_gradient(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Wrong(Reference):
        def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
            return tuple(Layer(p.W, p.b * 1.01) for p in super().gradient(net, params, x, t))

    monkeypatch.setattr(gradients, "Reference", Wrong)
    monkeypatch.setattr(gradients, "BLOCK", 20)
    monkeypatch.setattr(sys, "argv", ["gradients.py", "--number", "20", "--processes", "1"])
    assert main() == 1
    said = capsys.readouterr().out
    assert "20 right gradients, " in said and " is 1.01 times what it should be" in said


def test_what_was_done_is_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradients, "BLOCK", 10)
    state = tmp_path / "state.jsonl"
    first = [one["first"] for one in blocks(20, 1, state)]
    assert first == [0, 10]
    lines = state.read_text().splitlines()
    state.write_text(lines[0].replace('"accused": []', '"accused": ["from the file"]') + "\n")
    again = list(blocks(20, 1, state))
    assert again[0]["accused"] == ["from the file"] and again[1] == json.loads(lines[1])
    assert len(state.read_text().splitlines()) == 2
