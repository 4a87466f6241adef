"""Which sizes the arrays in an object could be of, if they are those of one network."""

import itertools

from backproof.subjects.ordinary.naming import WEIGHT, name_score
from backproof.subjects.ordinary.places import Place, grouped, places

Sizes = tuple[int, ...]


def chains(root: object) -> list[Sizes]:
    """Sizes that the matrices in the root could be of; the most telling names first, the deepest before all."""
    everything = list(places(root))
    found = [p for p in everything if p.value.ndim == 2]
    rows = list(grouped(found).values())
    rows += [[p for p in found if name_score(p.path, WEIGHT) > 0]]
    rows.sort(key=lambda here: -max((name_score(p.path, WEIGHT) for p in here), default=-9))
    sizes = list(dict.fromkeys(chain for here in rows for chain in _chain([p.value.shape for p in here])))
    return sorted(sizes + _ending_in_a_vector(everything, sizes), key=lambda chain: -len(chain))


def _chain(shapes: list[tuple[int, ...]]) -> list[Sizes]:
    """(in, out), (out, in), and both with a row or column for the bias."""
    result = list[Sizes]()
    for extra in (0, 1):
        for turned in (False, True):
            pairs = [(s[1], s[0] - 0) if turned else (s[0], s[1]) for s in shapes]
            pairs = [(a - extra, b) for a, b in pairs]
            if pairs and all(p[1] == q[0] for p, q in itertools.pairwise(pairs)) and pairs[0][0] > 0:
                result.append((pairs[0][0], *(b for _, b in pairs)))
    return result


def _ending_in_a_vector(found: list[Place], matrices: list[Sizes]) -> list[Sizes]:
    """The weights of a single output may be a vector: behind the matrices, or alone; perhaps with the bias in it."""
    lengths = {p.value.size for p in found if p.value.ndim == 1 and name_score(p.path, WEIGHT) > 0}
    behind = [(*sizes, 1) for sizes in matrices if lengths & {sizes[-1], sizes[-1] + 1}]
    alone = [] if matrices else [(size, 1) for length in sorted(lengths) for size in (length, length - 1) if size > 0]
    return behind + alone
