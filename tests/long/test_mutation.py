"""The short form of mutation testing: a fixed sample over all functions, and the machinery put to itself."""

import os
import sys
from pathlib import Path

import pytest
from tests.long import mutation
from tests.long.mutants import mutants, probed
from tests.long.mutation import EQUIVALENT, OPEN, Fate, all_mutants, complaints, listed, main, remembered, run, sample

from backproof.registry import properties

SOURCE = '''
"""A module."""
LIMIT = 2.0

def mean(x: list[float], n: int) -> float:
    """The mean, if there is one."""
    if not n:
        raise ValueError("no numbers")
    return sum(x) / n
'''
SAMPLE = 60
GROUPS = {"equal", "bad input", "domain", "unused", "format", "right", "unclaimed"}  # of the arguments

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="every mutant runs in a fork of this process")


def test_a_mutant_is_one_statement_in_another_way() -> None:
    keys = {one.key for one in mutants("m", SOURCE)}
    assert {
        "m.LIMIT: LIMIT = 2.0 -> LIMIT = 1.0",
        "m.mean: if not n: -> if n:",
        "m.mean: if not n: -> if False:",
        "m.mean: if not n: -> pass",
        "m.mean: raise ValueError('no numbers') -> pass",
        "m.mean: return sum(x) / n -> return sum(x) * n",
        "m.mean: return sum(x) / n -> return sum(x)",
        "m.mean: return sum(x) / n -> return x / n",
    } <= keys
    assert not any("annotation" in key or "A module" in key or "ValueError('')" in key for key in keys)


def test_a_mutant_is_known_by_its_words_wherever_they_stand() -> None:
    moved = SOURCE.replace("LIMIT = 2.0", "\n\n# a remark\nLIMIT = 2.0")
    assert [one.key for one in mutants("m", moved)] == [one.key for one in mutants("m", SOURCE)]


def test_the_same_words_twice_in_a_function_are_two_mutants() -> None:
    twice = "def f(x):\n    if x:\n        return 1 + x\n    return 1 + x\n"
    keys = [one.key for one in mutants("m", twice)]
    assert "m.f: return 1 + x -> return 1 - x" in keys and "m.f: return 1 + x -> return 1 - x (place 2)" in keys
    assert len(set(keys)) == len(keys)


def test_a_probed_module_says_which_statements_ran() -> None:
    ran: list[int] = []
    names: dict[str, object] = {"told": ran.append}
    exec(probed("def f(x):\n    if x:\n        return 1\n    return 2\n", "told"), names)  # noqa: S102 - the text above
    assert callable(names["f"]) and names["f"](1) == 1 and ran == [0, 1]
    assert [one.unit for one in mutants("m", "def f(x):\n    return x + y\n\nLIMIT = 1\n")].count(None) > 0


def test_every_module_of_the_reference_has_mutants_and_no_two_have_one_name() -> None:
    every = all_mutants()
    assert len({one.key for one in every}) == len(every) > 2000
    assert {one.module for one in every} == set(mutation.MODULES)
    assert {one.function for one in every if one.module == "training"} == {"batches", "train"}


def test_what_is_listed_exists_once_and_is_argued() -> None:
    there, equivalent, open_ = {one.key for one in all_mutants()}, listed(EQUIVALENT), listed(OPEN)
    assert [key for key in (*equivalent, *open_) if key not in there] == []
    assert set(equivalent).isdisjoint(open_)
    assert {why.partition(": ")[0] for why in equivalent.values()} <= GROUPS
    assert [key for key, why in (*equivalent.items(), *open_.items()) if len(why) < 25] == []


@forks
def test_no_mutant_of_the_sample_survives_unlisted() -> None:
    every = all_mutants()
    done = run(sample(every, SAMPLE), None, again=False, processes=1, examples=30)
    assert list(complaints(done, (*listed(EQUIVALENT), *listed(OPEN)), (one.key for one in every))) == []
    assert sum(fate.verdict == "killed" for fate in done.values()) > SAMPLE / 2


@forks
def test_the_run_notices_what_the_suite_does_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = [one for one in properties() if one.slug == "shape-forward"]
    monkeypatch.setattr(mutation, "properties", lambda: few)
    monkeypatch.setattr(mutation, "listed", lambda path: {})
    state = tmp_path / "state.jsonl"
    monkeypatch.setattr(sys, "argv", ["mutation.py", "--modules", "losses", "--sample", "4", "--state", str(state)])
    assert main() == 1
    said = capsys.readouterr().out
    assert said.count("survived: losses.") == 4 and "[no question reaches it]" in said and "4 mutants, 4 complaints" in said
    assert {fate.verdict for fate in remembered(state).values()} == {"survived"} and len(remembered(state)) == 4


def test_what_was_done_is_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = all_mutants(["training"])[0]
    state = tmp_path / "state.jsonl"
    monkeypatch.setattr(mutation, "questions", lambda examples: [])
    monkeypatch.setattr(mutation, "fates", lambda todo, asked, processes: (Fate(m.key, m.operator, "survived") for m in todo))
    assert run([one], state, again=False, processes=1, examples=0)[one.key].verdict == "survived"
    monkeypatch.setattr(mutation, "fates", lambda todo, asked, processes: (Fate(m.key, m.operator, "killed") for m in todo))
    assert run([one], state, again=False, processes=1, examples=0)[one.key].verdict == "survived"
    assert run([one], state, again=True, processes=1, examples=0)[one.key].verdict == "killed"
    assert remembered(state)[one.key].verdict == "killed"


def test_a_list_that_is_wrong_is_a_complaint() -> None:
    killed = Fate("m.f: a -> b", "name", "killed", "grad-value")
    done = {"m.f: a -> b": killed, "m.f: a -> c": Fate("m.f: a -> c", "name", "survived")}
    assert list(complaints(done, ["m.f: a -> b", "m.g: a -> b"], done)) == [
        "listed, but killed (grad-value): m.f: a -> b",
        "survived: m.f: a -> c  [no question reaches it]",
        "listed, but there is no such mutant: m.g: a -> b",
    ]
