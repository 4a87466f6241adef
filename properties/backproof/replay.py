"""A token holds a finding: target, hints, property and case, so that one line shows it again."""

import base64
import binascii
import json
import zlib
from dataclasses import asdict, dataclass

from backproof.case import Case
from backproof.report.plain import case_as_json, case_from_json
from backproof.subjects.errors import Unusable
from backproof.subjects.subject import Hints

MARK = "bp1-"


@dataclass(frozen=True)
class Replay:
    """What is to be shown again."""

    target: str
    hints: Hints
    property: str
    case: Case


def token(target: str, hints: Hints, name: str, case: Case) -> str:
    """The finding in one word."""
    given = {k: v for k, v in asdict(hints).items() if v is not None}
    text = json.dumps({"t": target, "h": given, "p": name, "c": case_as_json(case)}, separators=(",", ":"), sort_keys=True)
    return MARK + base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def read(word: str) -> Replay:
    """The finding that a token holds; Unusable where it is none."""
    try:
        if not word.startswith(MARK):
            raise ValueError(MARK)
        raw = word[len(MARK) :]
        given = json.loads(zlib.decompress(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))))
        return Replay(given["t"], Hints(**given["h"]), given["p"], case_from_json(given["c"]))
    except (ValueError, KeyError, TypeError, zlib.error, binascii.Error):
        raise Unusable(
            f"{word[:20]}... is no replay token: copy the whole word that a report printed after 'backproof replay'"
        ) from None
