"""A token holds a finding: target, hints, property and case, so that one line shows it again."""

import base64
import json
import zlib
from dataclasses import asdict, dataclass

from backproof.case import Case
from backproof.report.plain import Json, case_as_json, case_from_json
from backproof.subjects.errors import Unusable
from backproof.subjects.subject import Hints

MARK = "bp2-"
USUAL = (  # what tokens have in common: a dictionary makes them shorter; changing it, or what is left out, changes the mark
    b'"name":"leaky_relu","name":"elu","name":"softplus","name":"gelu","name":"gelu_tanh","name":"relu","name":"softmax",'
    b'"dtype":"float32","samples":"sum","outputs":"mean","factor":2,"targets":"index","biases":["each","none"],"l2":0.1,'
    b'"name":"binary_cross_entropy"},"name":"cross_entropy"},"name":"matching"},"p":"the_gradient_is_weights_biases_of_the_'
    b'rows_a_loss_every_activation_derivative_at_moderate_deltas_are_outer_products_from_"h":{"hidden":"","loss":"","output":"'
    b'0.015625,0.03125,0.0625,0.125,0.1875,0.25,0.375,0.5,0.625,0.75,0.875,-1,-0.5,-0.25,"t":"backproof_impl.faults.","t":"reference"'
    b'{"c":{"flavours":["moderate","zero biases"],"net":{"activations":[{"name":"tanh"},{"name":"sigmoid"},{"name":"identity"}],'
    b'"loss":{"name":"squared_error"},"sizes":[2,3,1]},"params":[{"W":[[1]],"b":[0]},{"W":[[1,0]],"b":[0,0]}],"t":[[0]],"x":[[1]]},'
    b'"h":{},"p":'
)
OMITTED: dict[str, tuple[object, ...]] = {  # what need not be said
    "alpha": (None,), "offset": (0,), "scale": (1,), "slope": (1,), "epsilon": (0,), "factor": (1,), "outputs": ("sum",),
    "samples": ("mean",), "targets": ("natural",), "reported": (None,), "penalty": ({},), "biases": ([], False), "l1": (0,),
    "l2": (0,), "per_sample": (False,), "dtype": ("float64",), "name": ("",), "flavours": ([],),
}  # fmt: skip


def slim(value: Json) -> Json:
    """The same without what is usual, and whole numbers without their points."""
    if isinstance(value, dict):
        parts = {key: slim(part) for key, part in value.items()}
        return {key: part for key, part in parts.items() if not any(_is(part, usual) for usual in OMITTED.get(key, ()))}
    if isinstance(value, list):
        return [slim(part) for part in value]
    if isinstance(value, float) and value.is_integer() and str(value) != "-0.0":
        return int(value)
    return value


def _is(part: Json, usual: object) -> bool:
    return part == usual and isinstance(part, bool) == isinstance(usual, bool)


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
    text = json.dumps({"t": target, "h": given, "p": name, "c": slim(case_as_json(case))}, separators=(",", ":"), sort_keys=True)
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
