"""The commands behind the command line, one module each; imported once it is known which is wanted."""

import argparse
import os
import sys
from importlib import import_module

from backproof.subjects.errors import Unusable

UNJUDGED, INTERRUPTED = 2, 130


def run(given: argparse.Namespace) -> int:
    """Run the command; what cannot be used is one sentence on standard error, and status 2."""
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
    return status
