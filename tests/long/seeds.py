"""Soundness over seeds: the reference and every mended program, judged with many pools; no violation is admitted.

    python tests/long/seeds.py [SEEDS]      default 20

Prints a line for each subject and seed with anything but a clean verdict, then the count; exit status 1 if anybody was accused.
"""

import sys
from collections.abc import Iterator

from backproof.commands.gallery import exhibits
from backproof.runner import judge
from backproof.subjects.loading import load


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


def main() -> int:
    """Run, print, and say with the exit status whether anybody was accused."""
    seeds = range(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
    found = list(accusations(seeds, 100))
    print("\n".join(found))
    print(f"{len(seeds)} seeds on {len(targets())} right programs: {len(found)} not clean")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
