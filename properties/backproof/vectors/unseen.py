"""What no file of vectors can show, and why: each file asks a fresh program once, for legal inputs, and looks at numbers."""

from backproof_spec.catalogue import KnownFault

START = "it is a matter of initial values, and a vector gives the parameters"
MEMORY = "it shows after several steps, or by a rule with a memory: a vector has one step of plain gradient descent"
TRAINING = "it is a matter of training from the program's own start"
OBJECT = "the numbers are right: it is a matter of what the program does to its arguments, or shares with its caller"
LATER = "the first answer of a fresh program is right: it shows at a later call"
ILLEGAL = "it shows on input that is not allowed, where there are no values to expect"
CHANCE = "it answers by chance: no file can promise to catch it"
FORMAT = "the numbers are right, and more digits than asked for do no harm"

CLAUSES = {
    "initial-symmetry": START, "initial-scale": START, "initial-seeds": START, "initial-start": TRAINING,
    "rule-momentum": MEMORY, "rule-nesterov": MEMORY, "rule-rmsprop": MEMORY, "rule-adam": MEMORY, "rule-rest": MEMORY,
    "rule-reset": MEMORY, "train-trajectory": MEMORY, "train-every-sample": TRAINING, "train-fit": TRAINING,
    "arguments-untouched": OBJECT, "answers-owned": OBJECT, "generator-untouched": OBJECT, "kept-as-fresh": LATER,
    "repeatable": CHANCE, "input-width": ILLEGAL, "input-rows": ILLEGAL, "input-empty": ILLEGAL, "input-nan": ILLEGAL,
    "input-labels": ILLEGAL,
}  # fmt: skip
"""Clauses that are about something else than the values of a vector: no file flags their faults, whatever they do on the way."""

FAULTS = {
    "outputs-squeezed": "the numbers are right, in another shape",
    "answers-promoted": FORMAT,
    "follows-one-loss-reports-another": "it is right for the loss that a vector declares: it declares two of its own",
    "rule-raises": MEMORY,
    "initial-bias-for-each-input": START,
}
"""Faults of other clauses that no file shows."""


def reason(fault: KnownFault) -> str:
    """Why no file flags the fault; "" where values can show it."""
    return CLAUSES.get(fault.breaks) or FAULTS.get(fault.name, "")
