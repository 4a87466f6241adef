"""A token holds a finding: target, hints, property and case, so that one line shows it again."""

import base64
import json
import zlib
from dataclasses import asdict, dataclass

from backproof.case import Case
from backproof.report.plain import case_as_json, case_from_json
from backproof.subjects.errors import Unusable
from backproof.subjects.subject import Hints

MARK = "bp1-"
USUAL = (  # what tokens have in common: a dictionary makes them a third as long; changing it changes the mark
    b'"t":[[0.5]],"x":[[0.25]]},"h":{"hidden":"","loss":"","output":"","samples":"sum"},"p":"the_gradient_is","t":"reference"}'
    b'0.015625,0.03125,0.0625,0.125,0.1875,0.25,0.375,0.5,0.625,0.75,0.875,1.0,-1.0,-0.5,-0.25,2.0,0.0,0.0,0.0,0.0,0.0]],"b":['
    b'"name":"leaky_relu","name":"elu","name":"softplus","name":"gelu","name":"gelu_tanh","name":"relu","name":"softmax",'
    b'"name":"binary_cross_entropy","name":"cross_entropy","name":"matching","samples":"sum","outputs":"mean","factor":2.0,'
    b'{"c":{"dtype":"float64","flavours":["moderate","zero biases"],"name":"pool 1","net":{"activations":['
    b'{"alpha":null,"name":"tanh","offset":0.0,"scale":1.0,"slope":1.0},{"alpha":null,"name":"sigmoid","offset":0.0,'
    b'"scale":1.0,"slope":1.0},{"alpha":null,"name":"identity","offset":0.0,"scale":1.0,"slope":1.0}],"biases":[],"loss":'
    b'{"epsilon":0.0,"factor":1.0,"name":"squared_error","outputs":"sum","samples":"mean","targets":"natural"},'
    b'"penalty":{"biases":false,"l1":0.0,"l2":0.0,"per_sample":false},"reported":null,"sizes":[2,3,1]},"params":['
    b'{"W":[[0.5],[0.0]],"b":[0.0]}],"t":[[1.0]],"x":[[1.0]]},"h":{},"p":'
)


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
    packer = zlib.compressobj(9, zdict=USUAL)
    return MARK + base64.urlsafe_b64encode(packer.compress(text.encode()) + packer.flush()).decode().rstrip("=")


def read(word: str) -> Replay:
    """The finding that a token holds; Unusable where it is none."""
    try:
        if not word.startswith(MARK):
            raise ValueError(MARK)
        given = json.loads(_unpacked(word[len(MARK) :]))
        return Replay(given["t"], Hints(**given["h"]), given["p"], case_from_json(given["c"]))
    except (ValueError, LookupError, TypeError, AttributeError, zlib.error):
        shown = word if len(word) <= 20 else word[:20] + "..."
        raise Unusable(
            f"{shown!r} is no replay token: copy the whole word that a report printed after 'backproof replay'"
        ) from None


def _unpacked(raw: str) -> bytes:
    """The text of a token, complete; zlib.error where its end is missing."""
    unpacker = zlib.decompressobj(zdict=USUAL)
    text = unpacker.decompress(base64.b64decode(raw + "=" * (-len(raw) % 4), altchars=b"-_", validate=True))
    if not unpacker.eof:
        raise zlib.error("incomplete")
    return text
