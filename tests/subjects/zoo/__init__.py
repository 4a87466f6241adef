"""Ordinary classes, one for each way of writing them that is recognised; each right, and once with one fault."""

from pathlib import Path
from typing import NamedTuple

from backproof.subjects.subject import Hints

HERE = Path(__file__).parent


class Row(NamedTuple):
    """A right program, what the user says of it, the same with one fault, and the clause that the fault breaks."""

    right: str
    hints: Hints
    faulty: str
    clause: str


def _row(right: str, faulty: str, clause: str, hints: Hints | None = None) -> Row:
    return Row(str(HERE / right), hints or Hints(), str(HERE / faulty), clause)


ROWS: list[Row] = [
    _row("lists.py:Net", "lists.py:Faulty", "grad-hidden-delta"),
    _row("numbered.py:Net", "numbered.py:Faulty", "grad-biases"),
    _row("columns.py:Net", "columns.py:Faulty", "grad-biases"),
    _row("fixed.py:Xor", "fixed.py:Faulty", "grad-hidden-delta"),
    _row("named.py:MLP", "named.py:Faulty", "activation-derivative"),
    _row("layered.py:Network", "layered.py:Faulty", "step-every-layer"),
    _row("pairs.py:Classifier", "pairs.py:Faulty", "grad-output-delta"),
    _row("fitted.py:Regressor", "fitted.py:Faulty", "grad-biases"),
    _row("joined.py:LastRow", "joined.py:Faulty", "grad-hidden-delta"),
    _row("joined.py:FirstColumn", "joined.py:FaultyColumn", "grad-weights"),
    _row("bare.py:Net", "bare.py:Faulty", "activation-derivative"),
    _row("functions.py", "functions_faulty.py", "grad-scale"),
    _row("functions_list.py", "functions_list_faulty.py", "step-direction"),
    _row("singles.py:NeuralNetwork", "singles.py:Faulty", "grad-hidden-delta"),
    _row("logits.py:TwoLayerNet", "logits.py:Faulty", "grad-biases"),
    _row("logits.py:Bits", "logits.py:FaultyBits", "grad-weights"),
    _row("epochs.py:Net", "epochs.py:Faulty", "grad-biases"),
]
