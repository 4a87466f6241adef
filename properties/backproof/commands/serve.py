"""backproof serve: a subject of Python behind the wire."""

import argparse

from backproof.cli import CONFORMS
from backproof.commands.check import hints
from backproof.subjects.calling import lent_for_many_calls
from backproof.subjects.child import settle, taken_pipes
from backproof.wire.serve import serve


def run(given: argparse.Namespace) -> int:
    """Answer on standard output what is asked on standard input, until `stop`; what the subject prints goes to standard error."""
    from backproof.subjects.loading import load

    inward, outward = taken_pipes()
    settle(inward)
    with lent_for_many_calls():
        serve(load(given.target, hints(given)), inward, outward)
    return CONFORMS
