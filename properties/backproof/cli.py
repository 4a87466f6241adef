"""The command line: check, gallery, spec, explain, ... Exit status 0 conforms, 1 violates, 2 could not be judged."""

import argparse
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from importlib.metadata import version
from math import isfinite
from typing import NoReturn

CONFORMS, VIOLATES, UNJUDGED = 0, 1, 2
EXIT = {"conforms": CONFORMS, "violates": VIOLATES, "not judged": UNJUDGED}
FLAG = re.compile(r"--[a-z][a-z0-9-]*")


class Parser(argparse.ArgumentParser):
    """argparse, saying what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, where help is, and exit with 2."""
        self.exit(UNJUDGED, f"backproof: {message.removeprefix('argument ')} (see '{self.prog} --help')\n")

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """One of a few words."""
        if action.choices is not None and value not in action.choices:
            names = [*map(str, action.choices)]
            raise argparse.ArgumentError(action, f"there is no {value}{nearest(str(value), names)}; there are {', '.join(names)}")


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean check?`, if something is near."""
    near = get_close_matches(word, list(known), 1)
    return f"; did you mean {near[0]}?" if near else ""


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """What the arguments say; exits with 0 after --help and --version, with 2 and one sentence if they say nothing."""
    top = Parser(prog="backproof", description="Is this backpropagation right, and if not, which equation is wrong?")
    top.add_argument("--version", action="version", version=f"backproof {version('backproof')}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _check(commands.add_parser("check", help="judge implementations", description=CHECK, formatter_class=Plain))
    _gallery(commands.add_parser("gallery", help="judge the five home-made programs that this began with", description=GALLERY))
    _spec(commands.add_parser("spec", help="print the specification, a chapter or a clause", description=SPEC))
    _explain(commands.add_parser("explain", help="print a known fault: right code beside wrong code", description=EXPLAIN))
    _selftest(commands.add_parser("selftest", help="put the suite to every fault it knows", description=SELFTEST))
    _replay(commands.add_parser("replay", help="show one finding again", description=REPLAY))
    _serve(commands.add_parser("serve", help="put a Python subject behind the wire", description=SERVE))
    _vectors(commands.add_parser("vectors", help="write golden vectors, for those who run no Python", description=VECTORS))
    _init(commands.add_parser("init", help="write a harness for another language", description=INIT))
    _field(commands.add_parser("field", help="judge the packages that people use, and report", description=FIELD))
    _spelt(top, arguments, commands.choices)
    return top.parse_args(arguments)


def _spelt(top: Parser, arguments: Sequence[str], commands: Mapping[str, argparse.ArgumentParser]) -> None:
    """An unknown command or flag is an error with the nearest one in it, before anything else is looked at."""
    if not arguments or arguments[0].startswith("-"):
        return
    name = arguments[0]
    if name not in commands:
        top.error(f"there is no command {name}{nearest(name, commands)}; there are {', '.join(commands)}")
    flags = [*FLAG.findall(commands[name].format_usage()), "--help"]
    for word in arguments[1:]:
        flag = word.split("=")[0]
        if word.startswith("--") and not any(known.startswith(flag) for known in flags):
            commands[name].error(f"there is no flag {flag}{nearest(flag, flags)}")


Plain = argparse.RawDescriptionHelpFormatter
CHECK = """\
Judge implementations. A TARGET is
  path/to/file.py:Name    a class, as it stands
  path/to/file.py         a module of functions, or a file with one such class
  package.module:Name     the same, importable
  reference               a registered subject
  'cmd:PROGRAM ARGS'      a program of any language that speaks the wire: backproof spec wire

What is not declared by a flag is recognised, and the report says what was assumed.
Exit status: 0 conforms, 1 violates, 2 could not be judged; of several targets the worst."""
GALLERY = """Judge five home-made programs, each as posted, as its answer left it, and mended.
Exit status 0 when every verdict is the expected one."""
SPEC = "Without SLUG: all clauses, a line each. With the slug of a clause or the name of a chapter: its text."
EXPLAIN = """Without FAULT: all known faults, a line each, by the stage of the computation that they sit in. With a stage, such
as hidden-delta: its faults. With a fault's name: the mistake, the clause that it breaks, the right code beside the wrong
code, how to mend it, and how to see it caught."""
SELFTEST = """Put the suite to every fault of the catalogue and to right programs of many manners, on all cores, and print
which clause caught what, after how many examples and milliseconds. Exit status: 0 if every fault is caught and nobody who
is right is accused, 1 if not."""
SERVE = """Answer calls that come as lines of JSON on standard input, on standard output, for a class, a module or a registered
subject: backproof check 'cmd:backproof serve TARGET' judges it from another process. The lines: backproof spec wire."""
INIT = """Write a harness that speaks the wire, and a network behind it to be replaced by yours: python (without numpy),
node (JavaScript), or c (one header, and a few lines). What is there already is left alone, and is an error."""
VECTORS = """Write golden vectors: small JSON files of a network, its parameters and a batch, with every value that a right
program has there, how far rounding may lead from it, and which known faults the file catches. How they are read, and what
they hold: backproof spec vectors."""
FIELD = """Judge the installed packages that have an adapter, or those named, and write the field report. What is not installed
keeps its earlier section, with 'not run'. Exit status: 0; 1 if a violation is not yet argued; 2 if no package could be judged."""
REPLAY = """Show one finding of a report again: the property, the case, and what came of it.
Exit status: 0 if it is gone, 1 if it is still there, 2 if that cannot be told."""


def _check(check: argparse.ArgumentParser) -> None:
    check.add_argument("target", nargs="+", metavar="TARGET")
    _claims(check.add_argument_group("what the subject is (default: recognised)"))
    run = check.add_argument_group("the run")
    run.add_argument("--seed", type=count, default=0, metavar="N", help="of the pool of cases (default 0)")
    run.add_argument("--examples", type=count, default=None, metavar="N", help="size of the pool (default 100)")
    run.add_argument("--smoke", action="store_true", help="the boundary grid and a small pool")
    _process(run, 20.0)
    out = check.add_argument_group("the report")
    out.add_argument("--json", metavar="FILE", help="write the report as JSON; - for standard output")
    out.add_argument("--known", metavar="FILE", help="expected violations, TOML: by target, slug = reason")
    out.add_argument("--write-known", metavar="FILE", help="write the violations found as such a file")
    out.add_argument("--strict", action="store_true", help="a SHOULD that does not hold counts as a violation")


def _claims(claims: "argparse._ArgumentGroup") -> None:
    claims.add_argument("--hidden", metavar="NAME", help="hidden activation: tanh, leaky_relu:alpha=0.2, ...")
    claims.add_argument("--output", metavar="NAME", help="output activation, likewise")
    claims.add_argument("--loss", metavar="NAME", help="squared_error, cross_entropy, binary_cross_entropy or matching")
    claims.add_argument("--samples", choices=("sum", "mean"), help="reduction over samples")
    claims.add_argument("--outputs", choices=("sum", "mean"), help="reduction over outputs")
    claims.add_argument("--factor", type=factor, metavar="F", help="constant factor of the loss; 2: squares without the half")
    claims.add_argument("--l2", type=penalty, metavar="L", help="L2 penalty, L/2 times the sum of squared weights")
    claims.add_argument("--layout", choices=("in-out", "out-in"), help="orientation of weight matrices")
    claims.add_argument("--biases", choices=("each", "none"), help="whether layers have biases")
    claims.add_argument("--targets", choices=("dense", "labels"), help="targets as rows or as class numbers")
    claims.add_argument("--dtype", choices=("float32", "float64"), help="arithmetic of the subject")


def _process(run: "argparse._ActionsContainer", limit: float) -> None:
    told = f"seconds a call may take (default {limit:g})"
    run.add_argument("--time-limit", type=seconds, default=limit, metavar="S", help=told)
    told = "without a child process: faster, for debuggers; a hang hangs"
    run.add_argument("--in-process", action="store_true", help=told)


def _gallery(gallery: argparse.ArgumentParser) -> None:
    gallery.add_argument("--examples", type=count, default=None, metavar="N", help="size of the pool of cases (default 20)")
    gallery.add_argument("--in-process", action="store_true", help="without child processes")


def _spec(spec: argparse.ArgumentParser) -> None:
    spec.add_argument("slug", nargs="?", metavar="SLUG")


def _explain(explain: argparse.ArgumentParser) -> None:
    explain.add_argument("fault", nargs="?", metavar="FAULT", help="name of a fault or of a stage")


def _selftest(selftest: argparse.ArgumentParser) -> None:
    selftest.add_argument("fault", nargs="*", metavar="FAULT", help="only these faults, and no right programs")
    selftest.add_argument("--examples", type=count, default=None, metavar="N", help="size of the pool of cases (default 10)")
    selftest.add_argument("--processes", type=count, default=0, metavar="N", help="at a time (default: one for each core)")
    selftest.add_argument("--json", metavar="FILE", help="write the matrix as JSON; - for standard output")


def _serve(served: argparse.ArgumentParser) -> None:
    served.add_argument("target", metavar="TARGET")
    _claims(served.add_argument_group("what the subject is (default: recognised)"))


def _init(begun: argparse.ArgumentParser) -> None:
    begun.add_argument("language", choices=("python", "node", "c"))
    begun.add_argument("folder", nargs="?", default=".", metavar="DIR", help="where to (default: here)")


def _vectors(vectors: argparse.ArgumentParser) -> None:
    vectors.add_argument("folder", nargs="?", default="vectors", metavar="DIR", help="where to (default: vectors)")
    vectors.add_argument("--list", action="store_true", help="list the files instead")
    told = "arithmetic of the programs that read them (default float64)"
    vectors.add_argument("--dtype", choices=("float64", "float32"), default="float64", help=told)


def _replay(replay: argparse.ArgumentParser) -> None:
    replay.add_argument("token", metavar="TOKEN", help="the word that a report printed after 'backproof replay'")
    _process(replay, 20.0)


def _field(field: argparse.ArgumentParser) -> None:
    field.add_argument("package", nargs="*", metavar="PACKAGE", help="only these; the others keep what was said of them")
    field.add_argument("--file", default="impl/FIELD.md", metavar="FILE", help="the report (default impl/FIELD.md)")
    field.add_argument("--seed", type=count, default=0, metavar="N", help="of the pool of cases (default 0)")
    field.add_argument("--examples", type=count, default=None, metavar="N", help="size of the pool (default 100)")
    field.add_argument("--smoke", action="store_true", help="the boundary grid and a small pool")
    told = "seconds a call may take (default 20)"
    field.add_argument("--time-limit", type=seconds, default=20.0, metavar="S", help=told)


def count(word: str) -> int:
    """A whole number, 0 or more."""
    if not (word.isascii() and word.isdecimal()):
        raise argparse.ArgumentTypeError(f"{word!r} should be a whole number, 0 or more")
    return int(word)


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return float("nan")


def seconds(word: str) -> float:
    """A time above 0."""
    value = _number(word)
    if not (isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"{word!r} should be a number of seconds above 0")
    return value


def factor(word: str) -> float:
    """What a loss can be multiplied by."""
    value = _number(word)
    if not (isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"{word!r} should be a number above 0")
    return value


def penalty(word: str) -> float:
    """What a penalty can weigh."""
    value = _number(word)
    if not (isfinite(value) and value >= 0):
        raise argparse.ArgumentTypeError(f"{word!r} should be a number, 0 or more")
    return value


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    given = parsed(sys.argv[1:] if arguments is None else arguments)
    from backproof.commands import run

    return run(given)
