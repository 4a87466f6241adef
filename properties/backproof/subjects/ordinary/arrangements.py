"""Every arrangement of arguments that a method may be called with."""

import re
from collections.abc import Iterator

from backproof.subjects.ordinary.operations import Call, Token, method, parameters_of, token_of

_ORDERS: dict[int, tuple[tuple[bool, tuple[Token, ...]], ...]] = {
    1: ((True, ("t",)),),
    2: ((False, ("x", "t")), (True, ("x", "t")), (False, ("y", "t")), (False, ("t", "y")), (True, ("t", "rate"))),
    3: ((False, ("x", "t", "rate")), (False, ("x", "t", "y")), (False, ("x", "y", "t")), (False, ("x", "t", "one"))),
    4: ((False, ("x", "t", "one", "rate")), (False, ("x", "t", "rate", "one"))),
}


UPSTREAM = re.compile(
    r"d|g|d_?(out\w*|y|l|z|values|loss)|\w*grad(ient)?s?(_\w+)?|(\w+_)?(deltas?|err(or)?s?)|upstream\w*", re.IGNORECASE
)  # the gradient of the loss by the outputs, or an error: whatever comes back to a layer from above


def calls(whole: object, name: str) -> Iterator[tuple[bool, Call]]:
    """Every arrangement of arguments: as their names say, then by their number; whether forward is called before.

    What is called a rate is given nothing else: a program whose targets are wrong would agree with whatever moves it least.
    What comes from above, as `backward(grad)` wants it, is given no targets: it is no gradient that can be asked for so.
    """
    found = method(whole, name)
    if found is None:
        return
    required, optional = parameters_of(found)
    if len(required) == 1 and UPSTREAM.fullmatch(required[0].name) and token_of(required[0].name) != "grads":
        return
    keywords = keywords_of([p.name for p in optional])
    said = said_by([p.name for p in required])
    ways = [(first, said) for first in _firsts(said)] if said is not None else []
    rates = [token_of(p.name) == "rate" for p in required]
    by_number = [way for way in _ORDERS.get(len(required), ()) if way not in ways]
    if any(UPSTREAM.fullmatch(p.name) for p in required):
        by_number = []
    ways += [way for way in by_number if not any(rate and token != "rate" for rate, token in zip(rates, way[1], strict=True))]
    if not required and optional:
        lead = said_by([p.name for p in optional[:2]])
        ways += [(False, lead)] if lead else []
    yield from ((first, Call(name, tokens, unused(keywords, tokens))) for first, tokens in ways)


def _firsts(tokens: tuple[Token, ...]) -> tuple[bool, ...]:
    return (False, True) if "x" in tokens else (False,) if "pairs" in tokens else (True,)


def keywords_of(names: list[str]) -> tuple[tuple[str, Token], ...]:
    """Of the arguments that have a default, those that are given: a rate, one epoch, the size of the batch."""
    pairs = [(name, token_of(name)) for name in names]
    return tuple((name, token) for name, token in pairs if token in {"rate", "one", "size"})


def unused(keywords: tuple[tuple[str, Token], ...], tokens: tuple[Token, ...]) -> tuple[tuple[str, Token], ...]:
    """Those that are not given by position already."""
    return tuple((name, token) for name, token in keywords if token not in tokens)


def said_by(names: list[str]) -> tuple[Token, ...] | None:
    """What the names say, if every name says something and no two the same; of two targets the one named y is y."""
    tokens = [token_of(name) for name in names]
    if tokens.count("t") == 2 and "y" in names:
        tokens[names.index("y")] = "x" if tokens.count("x") == 0 and names[0] != "y" else "y"
    if any(token is None for token in tokens) or len(set(tokens)) < len(tokens):
        return None
    return tuple(token for token in tokens if token is not None)
