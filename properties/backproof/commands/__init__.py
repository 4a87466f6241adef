"""The commands behind the command line, one module each; imported once it is known which is wanted."""

import argparse
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path

from backproof.subjects import spawned
from backproof.subjects.errors import Unusable

UNJUDGED, INTERRUPTED = 2, 130


def run(given: argparse.Namespace) -> int:
    """Run the command; what cannot be used is one sentence on standard error, and status 2."""
    if given.command == "check" and not given.in_process:
        spawned.ahead()
    try:
        status: int = import_module(f"backproof.commands.{given.command}").run(given)
        sys.stdout.flush()
    except Unusable as trouble:
        print(f"backproof: {trouble}", file=sys.stderr)
        return UNJUDGED
    except KeyboardInterrupt:
        print("backproof: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader has seen enough: nothing more is said, not even at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNJUDGED
    except Exception as bug:  # noqa: BLE001 - status 1 would accuse the subject
        print(f"backproof: {_sentence(bug)}", file=sys.stderr)
        return UNJUDGED
    finally:
        spawned.dismiss()
    return status


def _sentence(bug: Exception) -> str:
    """What went wrong: in the text of the specification, which somebody is writing; or in backproof."""
    from backproof_spec.clauses import MalformedSpecification, UnknownClause  # after the child was begun: it takes a while

    if isinstance(bug, MalformedSpecification | UnknownClause):
        return str(bug)
    return f"an error in backproof, not in the subject: {_told(bug)}; please report it"


def _told(bug: Exception) -> str:
    """`ValueError: its message (runner.py:12)`, on one line."""
    last = traceback.extract_tb(bug.__traceback__)[-1]
    return f"{type(bug).__name__}: {' '.join(str(bug).split())} ({Path(last.filename).name}:{last.lineno})"
