"""A subject is found, told apart by what it offers, bridged, and then ready to be asked."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar, cast

from backproof.subjects.calling import asked, lent_generators, seed_generators
from backproof.subjects.direct import Direct, offered
from backproof.subjects.errors import Failure, NotOffered, Unusable
from backproof.subjects.find import find
from backproof.subjects.hinted import hinted
from backproof.subjects.stateless import Stateless, machine_operations
from backproof.subjects.subject import Hints, Subject
from backproof_spec import Claims, Implementation, Maker, Network, Operation, Sizes

Built = TypeVar("Built")
_DEFAULT: frozenset[Operation] = frozenset({"forward"})
NO_HINTS = Hints()


def load(target: str | object, hints: Hints = NO_HINTS) -> Subject:
    """The subject that the target names, or is: an implementation, a maker, an ordinary class or a module of functions.

    Raises Unusable, with one sentence, where nothing can be judged.
    """
    found = find(target) if isinstance(target, str) else target
    name = target if isinstance(target, str) else str(getattr(found, "__qualname__", type(found).__qualname__))
    subject = _bridged(name, found, hints)
    return replace(subject, assumed=(*_chosen(target, found), *subject.assumed))


def _chosen(target: object, found: object) -> tuple[str, ...]:
    """Which class was taken, where the target named only its file."""
    alone = isinstance(target, str) and target.endswith(".py") and inspect.isclass(found)
    name = getattr(found, "__name__", "")
    return (f"the class: {name}, the only one in the file with a forward",) if alone else ()


def _bridged(name: str, found: object, hints: Hints) -> Subject:
    if _declares(found, "forward"):
        return implementation_subject(name, found, hints)
    if _declares(found, "make"):
        return maker_subject(name, found, hints)
    from backproof.subjects.ordinary import ordinary_subject  # recognition is large, and declared subjects need none

    return ordinary_subject(name, found, hints)


def _declares(found: object, method: str) -> bool:
    """Whether it speaks of its claims and has the method."""
    return hasattr(found, "claims") and callable(getattr(found, method, None))


def implementation_subject(name: str, found: object, hints: Hints) -> Subject:
    """An implementation, given as a class to be constructed for each call, or as an instance."""
    build = _builder(name, found)
    one = build()
    if not isinstance(one, Implementation) or not isinstance(one.claims, Claims):
        raise Unusable(f"{name} has claims that are no Claims of backproof_spec")
    claims = hinted(name, _with(one.claims, offered(one)), hints)
    return Subject(name, claims, Direct(cast(Callable[[], Implementation], build), claims), Direct(lambda: one, claims))


def maker_subject(name: str, found: object, hints: Hints, assumed: tuple[str, ...] = ()) -> Subject:
    """A maker of machines, given as a class or as an instance."""
    maker = _builder(name, found)()
    if not isinstance(maker, Maker) or not isinstance(maker.claims, Claims):
        raise Unusable(f"{name} has claims that are no Claims of backproof_spec")
    claims = hinted(name, maker.claims, hints)
    if claims.operations == _DEFAULT:
        claims = _with(claims, _operations_of(name, maker, example(claims)))
    fresh, kept = Stateless(maker, claims), Stateless(maker, claims, keep=True)
    return Subject(name, claims, fresh, kept, assumed)


def _operations_of(name: str, maker: Maker, net: Network) -> frozenset[Operation]:
    """Those of one machine of a claimed network."""
    return machine_operations(_usable(name, lambda: maker.make(net, 0)))


def _with(claims: Claims, operations: frozenset[Operation]) -> Claims:
    return replace(claims, operations=operations)


def _builder(name: str, found: object) -> Callable[[], object]:
    """Constructs a class anew each time; hands an instance or a module out as it is."""
    if not inspect.isclass(found):
        return lambda: found
    _usable(name, found)
    return found


def _usable(name: str, call: Callable[[], Built]) -> Built:
    """Before the first judged call trouble is usage."""
    try:
        with lent_generators():
            seed_generators(0)
            return asked("construction", call)
    except (Failure, NotOffered) as trouble:
        raise Unusable(f"{name} cannot be constructed: {trouble}") from trouble


def example(claims: Claims) -> Network:
    """One network, as small as possible, of the first family that is claimed."""
    family = claims.families[0]
    sizes = _smallest(family.sizes)
    hidden = len(sizes) - 2
    return Network(
        sizes,
        (*(family.hidden[:1] * hidden), family.output[0]),
        family.loss[0],
        family.reported,
        family.penalty[0],
        (*(family.biases[:1] * hidden), family.biases[1]),
    )


def _smallest(sizes: Sizes) -> tuple[int, ...]:
    return sizes.exactly[0] if sizes.exactly else (
        sizes.inputs[0], *([sizes.width[0]] * sizes.depth[0]), sizes.outputs[0]
    )
