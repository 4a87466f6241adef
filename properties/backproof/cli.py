"""The command line: check, gallery, spec, replay. Exit status 0 conforms, 1 violates, 2 could not be judged."""

import argparse
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib.metadata import version
from typing import NoReturn

CONFORMS, VIOLATES, UNJUDGED = 0, 1, 2
EXIT = {"conforms": CONFORMS, "violates": VIOLATES, "not judged": UNJUDGED}
COMMANDS = ("check", "gallery", "spec", "replay")


class Parser(argparse.ArgumentParser):
    """argparse, with the nearest flag or command suggested, and one sentence instead of two lines."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and what is near, and exit with 2."""
        words = [word for word in sys.argv[1:] if word.startswith("--")]
        known = [option for action in self._actions for option in action.option_strings]
        for word in words:
            flag = word.split("=")[0]
            near = get_close_matches(flag, known, 1)
            if flag not in known and near and flag in message:
                message += f"; did you mean {near[0]}?"
        self.exit(
            UNJUDGED,
            f"backproof: {message} (see 'backproof {self.prog.split()[-1]} --help')\n"
            if " " in self.prog
            else f"backproof: {message} (see 'backproof --help')\n",
        )


def parser() -> Parser:
    """The whole grammar."""
    top = Parser(prog="backproof", description="Is this backpropagation right, and if not, which equation is wrong?")
    top.add_argument("--version", action="version", version=f"backproof {version('backproof')}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _check(
        commands.add_parser(
            "check",
            help="judge implementations",
            description=CHECK,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
    )
    gallery = commands.add_parser(
        "gallery",
        help="judge the five home-made programs that this project started from",
        description="Judge five home-made programs, each as posted, as its answer left it, and "
        "mended. Exit status 0 when every verdict is the expected one.",
    )
    gallery.add_argument("--examples", type=_count, default=None, metavar="N", help="size of the pool of cases (default 20)")
    gallery.add_argument("--in-process", action="store_true", help="without child processes")
    spec = commands.add_parser(
        "spec",
        help="print the specification, a chapter or a clause",
        description="Without SLUG: all clauses, a line each. With the slug of a clause or the name of a chapter: its text.",
    )
    spec.add_argument("slug", nargs="?", metavar="SLUG")
    replay = commands.add_parser("replay", help="show one finding again", description="Show one finding of a report again.")
    replay.add_argument("token", metavar="TOKEN")
    replay.add_argument("--in-process", action="store_true", help="without a child process, for a debugger")
    return top


CHECK = """\
Judge implementations. A TARGET is
  path/to/file.py:Name    a class, as it stands
  path/to/file.py         a module of functions, or a file with one such class
  package.module:Name     the same, importable
  reference               a registered subject

What is not declared by a flag is recognised, and the report says what was assumed.
Exit status: 0 conforms, 1 violates, 2 could not be judged."""


def _check(check: argparse.ArgumentParser) -> None:
    check.add_argument("target", nargs="+", metavar="TARGET")
    claims = check.add_argument_group("what the subject is (default: recognised)")
    claims.add_argument("--hidden", metavar="NAME", help="hidden activation: tanh, leaky_relu:alpha=0.2, ...")
    claims.add_argument("--output", metavar="NAME", help="output activation, likewise")
    claims.add_argument("--loss", metavar="NAME", help="squared_error, cross_entropy, binary_cross_entropy or matching")
    claims.add_argument("--samples", choices=("sum", "mean"), help="reduction over samples")
    claims.add_argument("--outputs", choices=("sum", "mean"), help="reduction over outputs")
    claims.add_argument("--factor", type=float, metavar="F", help="constant factor of the loss; 2: squares without the half")
    claims.add_argument("--l2", type=float, metavar="L", help="L2 penalty, L/2 times the sum of squared weights")
    claims.add_argument("--layout", choices=("in-out", "out-in"), help="orientation of weight matrices")
    claims.add_argument("--biases", choices=("each", "none"), help="whether layers have biases")
    claims.add_argument("--targets", choices=("dense", "labels"), help="targets as rows or as class numbers")
    claims.add_argument("--dtype", choices=("float32", "float64"), help="arithmetic of the subject")
    run = check.add_argument_group("the run")
    run.add_argument("--seed", type=int, default=0, metavar="N", help="of the pool of cases (default 0)")
    run.add_argument("--examples", type=_count, default=None, metavar="N", help="size of the pool (default 100)")
    run.add_argument("--smoke", action="store_true", help="the boundary grid and a small pool")
    run.add_argument("--time-limit", type=_seconds, default=20.0, metavar="S", help="seconds a call may take (default 20)")
    run.add_argument("--in-process", action="store_true", help="without a child process: faster, for debuggers; a hang hangs")
    out = check.add_argument_group("the report")
    out.add_argument("--json", metavar="FILE", help="write the report as JSON; - for standard output")
    out.add_argument("--known", metavar="FILE", help="expected violations, a JSON object of slug: reason")
    out.add_argument("--write-known", metavar="FILE", help="write the violations found as such a file")
    out.add_argument("--strict", action="store_true", help="a SHOULD that does not hold counts as a violation")


def _count(word: str) -> int:
    number = int(word)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{word} is negative, should be 0 or more")
    return number


_count.__name__ = "number"


def _seconds(word: str) -> float:
    number = float(word)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{word} is no time, should be above 0")
    return number


_seconds.__name__ = "number of seconds"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    given = parser().parse_args(arguments)
    from backproof.commands import run

    return run(given)


if __name__ == "__main__":
    sys.exit(main())
