"""What names of attributes and of keys tell: weights, biases, gradients, or copies and memories that are neither."""

import re
from typing import NamedTuple

from backproof.subjects.ordinary.places import Path

WEIGHT = re.compile(
    r"^(w\d*(_\w+)?|w[a-z]{0,3}\d*|.*weight.*|.*coef.*|.*theta.*|.*kernel.*|.*syn.*|.*param.*|.*mat.*|u|v)$"
)
_BIAS = re.compile(r"^(b\d*(_\w+)?|b[a-z]{0,2}\d*|.*bias.*|.*intercept.*|.*thresh.*|.*theta.*|.*offset.*|.*param.*)$")
_COPY = r"vel.*|.*mom.*|.*prev.*|.*cache.*|.*best.*|old.*|.*[_\d]old([_\d].*)?|(w|b|weights?|bias(es)?)old|.*acc.*"
OTHER = re.compile(rf"^(d[wb_].*|d\d.*|.*grad.*|.*delta.*|.*nabla.*|[mv][_wdb]\d*.*|{_COPY})$")
_STALE = re.compile(rf"^([mv][_wdb]\d*.*|{_COPY})$")


class Names(NamedTuple):
    """Telling names of weights and of biases; and whether names of gradients, velocities and copies speak against."""

    weights: "re.Pattern[str]"
    biases: "re.Pattern[str]"
    other: "re.Pattern[str]"


PARAMETERS = Names(WEIGHT, _BIAS, OTHER)
GRADIENTS = Names(
    re.compile(r"^(d.*|.*grad.*|.*nabla.*|.*w.*)$"), re.compile(r"^(d.*|.*grad.*|.*nabla.*|.*b.*)$"), _STALE
)


def name_score(path: Path, telling: "re.Pattern[str]", other: "re.Pattern[str]" = OTHER) -> int:
    """2 for a telling name somewhere on the path, less for one that tells of something else."""
    names = [plain_name(hop.key) for hop in path if isinstance(hop.key, str)]
    return 2 * any(telling.match(name) for name in names) - 3 * any(other.match(name) for name in names)


def plain_name(key: str) -> str:
    """Without the underscores of private names."""
    return re.sub(r"^_[A-Za-z0-9]+__", "", key).strip("_").lower()
