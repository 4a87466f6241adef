"""The commands behind the command line, one module each; imported once it is known which is wanted."""

import argparse
import sys
from importlib import import_module

from backproof.subjects.errors import Unusable

UNJUDGED = 2


def run(given: argparse.Namespace) -> int:
    """Run the command; what cannot be used is one sentence on standard error, and status 2."""
    try:
        status: int = import_module(f"backproof.commands.{given.command}").run(given)
    except Unusable as trouble:
        print(f"backproof: {trouble}", file=sys.stderr)
        return UNJUDGED
    except KeyboardInterrupt:
        print("backproof: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return UNJUDGED
    return status
