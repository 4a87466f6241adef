"""Soundness over seeds: right programs, judged with many pools; no violation is admitted.

    python tests/long/seeds.py [SEEDS] [--first N] [--packages NAME ...]      default 20, from 0

Without packages, the reference and every mended program. A package has the name that it has in the field report, and may
violate what is argued there. Prints a line for each subject and seed with anything but a clean verdict, then the count; exit
status 1 if anybody was accused, 2 if a package is not there.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence

from backproof.commands.field import FIELD, chosen
from backproof.commands.gallery import exhibits
from backproof.report.field import unargued
from backproof.runner import EXAMPLES, judge
from backproof.selftest import offered
from backproof.subjects.errors import Unusable
from backproof.subjects.loading import load
from backproof.subjects.session import open_session
from backproof.subjects.subject import Hints
from backproof_spec.catalogue import Judged


def targets() -> tuple[str, ...]:
    """The reference, and what the gallery says conforms."""
    return ("reference", *(exhibit.target for exhibit in exhibits() if not exhibit.expected))


def accusations(seeds: range, examples: int) -> Iterator[str]:
    """A sentence for each verdict that is not "conforms"."""
    for target in targets():
        subject = load(target)
        for seed in seeds:
            judgement = judge(subject, seed, examples)
            if judgement.outcome != "conforms":
                told = [(v.clause.slug, v.reason) for v in (*judgement.having("violated"), *judgement.unsettled)]
                yield f"{target}, seed {seed}: {judgement.outcome}, {told}"
        print(f"{target}: seeds {seeds.start} to {seeds.stop - 1} judged", flush=True)


def unlisted(packages: Sequence[Judged], seeds: range, examples: int) -> Iterator[str]:
    """A sentence for each seed at which a package violates what is not argued, or is not judged. Raises Unusable."""
    for package in packages:
        for seed in seeds:
            subject = open_session(package.target, Hints())  # in a process of its own, as a check has it
            try:
                judgement = judge(subject, seed, examples, shrink=False)
            finally:
                subject.close()
            found = unargued(package, judgement)
            if found or judgement.outcome == "not judged":
                yield f"{package.name}, seed {seed}: {judgement.outcome}, {found}"
            print(f"{package.name} {subject.claims.version}: seed {seed} judged", flush=True)


def main(given: Sequence[str]) -> int:
    """Run, print, and say with the exit status whether anybody was accused."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seeds", metavar="SEEDS", type=int, nargs="?", default=20)
    parser.add_argument("--first", metavar="N", type=int, default=0)
    parser.add_argument("--packages", metavar="NAME", nargs="+", default=[])
    asked = parser.parse_args(given)
    seeds = range(asked.first, asked.first + asked.seeds)
    try:
        packages = chosen(offered(FIELD, Judged), asked.packages) if asked.packages else ()
        found = list(unlisted(packages, seeds, EXAMPLES) if packages else accusations(seeds, EXAMPLES))
    except Unusable as why:
        print(f"seeds: {why}", file=sys.stderr)
        return 2
    print("\n".join(found))
    print(f"{len(seeds)} seeds on {len(packages or targets())} programs: {len(found)} not clean")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
