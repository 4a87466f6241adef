"""pytest --backproof TARGET: one test for each property, named after it, from any folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from backproof.registry import properties

RIGHT = '''
from backproof_impl.reference import Reference
from backproof_spec import Activation, Claims, Family, Loss

class Net(Reference):
    """Right: one family of the reference."""
    @property
    def claims(self):
        return Claims("net", (Family((Activation("tanh"),), (Activation("identity"),), (Loss("squared_error"),)),))
'''
WRONG = (
    RIGHT
    + '''
class Wrong(Net):
    """The error is sent back through W, but not through the activation."""
    def hidden_delta(self, net, l, delta, above, run):
        return delta @ above.W.T
'''
)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    environment = os.environ | {"COLUMNS": "160"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.py").write_text(WRONG, encoding="utf-8")
    (tmp_path / "test_other.py").write_text("def test_other():\n    pass\n", encoding="utf-8")
    return tmp_path


def test_a_right_class_passes_with_one_test_for_each_property(folder: Path) -> None:
    done = run(folder, "-v", "--backproof", "net.py:Net")
    assert done.returncode == 0, done.stdout + done.stderr
    for found in properties():
        assert f"net.py:Net::{found.name} " in done.stdout
    assert "test_other" not in done.stdout


def test_a_wrong_class_fails_with_the_finding_and_no_traceback(folder: Path) -> None:
    done = run(folder, "-q", "--backproof", "net.py:Wrong")
    assert done.returncode == 1
    assert "FAILED net.py:Wrong::the_delta_goes_back_through_the_weights" in done.stdout
    assert "should be" in done.stdout and "read: backproof spec grad-hidden-delta" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_paths_given_beside_the_target_are_collected_too(folder: Path) -> None:
    done = run(
        folder, "-q", "--backproof", "net.py:Net", "--backproof-in-process", "test_other.py", "-k", "test_other or output_delta"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_a_target_that_is_not_there_is_one_sentence(folder: Path) -> None:
    done = run(folder, "-q", "--backproof", "nott.py:Net")
    assert done.returncode == 4
    assert "ERROR: --backproof nott.py:Net: there is no file nott.py" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_subject_that_offers_only_forward_does_not_pass(tmp_path: Path) -> None:
    body = RIGHT.replace("class Net(Reference):", "class Net:").replace(
        "    @property",
        "    def forward(self, net, params, x):\n        return Reference().forward(net, params, x)\n    @property",
    )
    (tmp_path / "net.py").write_text(body, encoding="utf-8")
    done = run(tmp_path, "-q", "--backproof", "net.py:Net")
    assert done.returncode == 1
    assert "the subject offers too little" in done.stdout


SUITE = """
import backproof
from net import Wrong
test_wrong = backproof.suite(Wrong, known={known}, examples=5)
"""


def test_one_line_in_a_module_does_the_same_with_expected_failures(folder: Path) -> None:
    slugs = ("activation-derivative", "activation-derivative-far", "activation-tie", "grad-direction", "grad-value",
             "grad-hidden-delta", "train-gates", "train-loss-falls")  # fmt: skip
    known = dict.fromkeys(slugs, "it is on the list")
    (folder / "test_net.py").write_text(SUITE.replace("{known}", repr(known)), encoding="utf-8")
    done = run(folder, "-q", "test_net.py")
    unexpected = re.findall(r"FAILED .*", done.stdout)
    assert [line for line in unexpected if "the_core_was_judged" not in line] == []
    assert "xfailed" in done.stdout


def test_an_expected_failure_that_holds_is_said(folder: Path) -> None:
    (folder / "test_net.py").write_text(
        SUITE.replace("import Wrong", "import Net as Wrong").replace("{known}", "{'grad-value': 'it was wrong once'}"),
        encoding="utf-8",
    )
    done = run(folder, "-q", "test_net.py")
    assert done.returncode == 1
    assert "expected to be violated, but held: grad-value" in done.stdout


def test_an_unknown_slug_among_the_expected_failures_is_an_error_with_the_nearest(folder: Path) -> None:
    (folder / "test_net.py").write_text(SUITE.replace("{known}", "{'grad-valu': 'typo'}"), encoding="utf-8")
    done = run(folder, "-q", "test_net.py")
    assert done.returncode == 2
    assert "grad-value" in done.stdout


def test_an_unknown_hint_is_an_error_at_once(folder: Path) -> None:
    (folder / "test_net.py").write_text(SUITE.replace("known={known}", "hiden='tanh'"), encoding="utf-8")
    done = run(folder, "-q", "test_net.py")
    assert done.returncode == 2
    assert "hiden" in done.stdout


def test_a_call_that_raises_far_out_is_skipped_as_advice(folder: Path) -> None:
    raising = '''
import numpy as np

class Raises(Net):
    """math.exp raises where numpy's exp only warns."""
    def forward(self, net, params, x):
        if max(np.abs(z).max() for z in self.forward_pass(net, params, x).z[1:]) > 709:
            raise OverflowError("math range error")
        return super().forward(net, params, x)
'''
    (folder / "net.py").write_text(RIGHT + raising, encoding="utf-8")
    done = run(folder, "-rs", "--backproof", "net.py:Raises")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "advice: forward raised OverflowError: math range error" in done.stdout


SHALLOW = '''
from dataclasses import replace
from backproof_impl.reference import Reference
from backproof_spec import Activation, Claims, Family, Loss

def known(net):
    return replace(net, activations=tuple(Activation("tanh") if a.name == "other:f" else a for a in net.activations))

class Net:
    """Outputs and steps of an activation that nobody knows: what is behind it cannot be told."""
    claims = Claims("net", (Family((Activation("other:f"),), (Activation("identity"),), (Loss("squared_error"),)),))
    def forward(self, net, params, x):
        return Reference().forward(known(net), params, x)
    def step(self, net, params, x, t, rule):
        return Reference().step(known(net), params, x, t, rule)
'''


def test_a_subject_of_which_no_hidden_layer_was_seen_does_not_pass(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(SHALLOW, encoding="utf-8")
    done = run(tmp_path, "-q", "--backproof", "net.py:Net")
    assert done.returncode == 1
    assert "could be judged of a network with a hidden layer" in done.stdout
