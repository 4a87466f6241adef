"""A target names a subject: a file and a name in it, a module and a name in it, or a registered name."""

import difflib
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import TypeVar
from zlib import crc32

from backproof.subjects.calling import quiet, sentence, where
from backproof.subjects.errors import Unusable

GROUP = "backproof.subjects"
FORWARD = (
    "forward", "predict_proba", "predict", "feedforward", "feed_forward", "forward_pass", "forward_propagation",
    "forward_prop", "forwardprop", "propagate", "activate", "run", "output", "compute", "query", "think", "__call__",
)  # fmt: skip
Loaded = TypeVar("Loaded")


def find(target: str) -> object:
    """What the target names: `net.py:Net`, `net.py`, `package.module:Net` or a registered name such as `reference`."""
    place, _, name = target.rpartition(":") if _has_name(target) else (target, "", "")
    if _is_file(place):
        module = file_module(Path(place))
        return named(module, name, place) if name else only(module, place)
    if name:
        return named(package_module(place), name, place)
    return registered(target)


def _has_name(target: str) -> bool:
    """Whether the text after the last colon is a name in a module, dotted or not."""
    _, colon, name = target.rpartition(":")
    return bool(colon) and all(part.isidentifier() for part in name.split("."))


def _is_file(place: str) -> bool:
    return place.endswith(".py") or "/" in place or Path(place).is_file()


def file_module(path: Path) -> ModuleType:
    """The module that the file holds, under a name of its own; its siblings can be imported, now and later."""
    if path.is_dir():
        raise Unusable(f"{path} is a directory; a target is a file in it, such as {path / 'net.py'}:Net")
    if not path.is_file():
        raise Unusable(f"there is no file {path}{_near(path.name, _siblings(path))}")
    path = path.resolve()
    name = f"backproof_subject_{crc32(str(path).encode()):08x}"  # the same in every run
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise Unusable(f"{path.name} is not a Python file: a target is net.py:Net")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    run: Callable[[ModuleType], None] = spec.loader.exec_module
    with _first_on_path(path.parent):
        _importing(path.name, lambda: run(module))
    return module


def _siblings(path: Path) -> list[str]:
    return [p.name for p in path.parent.glob("*.py")] if path.parent.is_dir() else []


def package_module(name: str) -> ModuleType:
    """An importable module, the working directory included."""
    with _first_on_path(Path.cwd()):
        try:
            return _importing(name, lambda: importlib.import_module(name))
        except Unusable as trouble:
            missing = trouble.__cause__
            if isinstance(missing, ModuleNotFoundError) and name.startswith(str(missing.name)):
                advice = "a target is net.py:Net or package.module:Net"
                raise Unusable(f"there is no module {missing.name}; {advice}") from missing
            raise


def _importing(name: str, load: Callable[[], Loaded]) -> Loaded:
    """What is loaded; the subject's own error, on one line, if it cannot be."""
    try:
        with quiet():
            return load()
    except SystemExit as end:
        raise Unusable(f"{name} ends the program when it is imported: SystemExit({end.code!r}){where(end)}") from end
    except Exception as trouble:
        raise Unusable(f"{name} cannot be imported: {sentence(trouble)}{where(trouble)}") from trouble


@contextmanager
def _first_on_path(folder: Path) -> Iterator[None]:
    """Imports look into the folder first; afterwards last, so that an import inside a function still finds it.

    A module of another folder that has the name of a sibling steps aside meanwhile.
    """
    aside = {n: m for n, m in sys.modules.items() if _in_the_way(n, m, folder)}
    for name in aside:
        del sys.modules[name]
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
        sys.modules.update(aside)


def _in_the_way(name: str, module: ModuleType, folder: Path) -> bool:
    """Whether it hides a sibling of the same name: neither Python's own, nor installed, nor of this folder."""
    file = getattr(module, "__file__", None)
    if "." in name or name in sys.stdlib_module_names or not file or "site-packages" in file:
        return False
    return Path(file).parent != folder and name != "conftest" and (folder / f"{name}.py").is_file()


def named(module: ModuleType, name: str, place: str) -> object:
    """The object of that name, dotted or not."""
    found: object = module
    for part in name.split("."):
        if not hasattr(found, part):
            candidates = _candidates(found)
            offer = f"; it holds {', '.join(candidates)}" if candidates else "; it holds no class and no function"
            raise Unusable(f"{place} has no {name}{_near(part, candidates)}{offer}")
        found = getattr(found, part)
    return found


def _candidates(holder: object) -> list[str]:
    """Names of the classes and functions that were defined there, in order."""
    home = getattr(holder, "__name__", None) if isinstance(holder, ModuleType) else getattr(holder, "__module__", None)
    return [
        name
        for name, value in vars(holder).items()
        if (inspect.isclass(value) or inspect.isfunction(value)) and value.__module__ == home and name[0] != "_"
    ]


def only(module: ModuleType, place: str) -> object:
    """The module itself, if it holds a forward function; else the one class in it that has a forward."""
    if any(inspect.isfunction(getattr(module, name, None)) for name in FORWARD):
        return module
    classes = [name for name in _candidates(module) if _forwards(getattr(module, name))]
    if len(classes) == 1:
        return getattr(module, classes[0])
    if classes:
        raise Unusable(f"{place} holds several classes with a forward, {', '.join(classes)}: say {place}:{classes[-1]}")
    raise Unusable(f"{place} holds neither a class with a forward method nor a function named forward")


def _forwards(value: object) -> bool:
    """Whether it is a class with a forward, or a maker. Every class can be called: `__call__` is sought below object."""
    if not inspect.isclass(value):
        return False
    methods = (*FORWARD[:-1], "make")
    called = any("__call__" in vars(above) for above in value.__mro__[:-1])
    return called or any(callable(getattr(value, method, None)) for method in methods)


def registered(name: str) -> object:
    """A subject of an installed package, loaded only now."""
    points: dict[str, EntryPoint] = {point.name: point for point in entry_points(group=GROUP)}
    if name not in points:
        offer = f"registered are {', '.join(sorted(points))}" if points else "none is registered"
        raise Unusable(
            f"no subject is registered as {name}{_near(name, points)}; {offer}; a target is one of these, "
            "net.py:Net or package.module:Net"
        )
    try:
        return _importing(f"the registered subject {name}", points[name].load)
    except Unusable as trouble:
        if isinstance(missing := trouble.__cause__, ModuleNotFoundError) and (extra := _extra(points[name])):
            raise Unusable(f"{missing.name} is not installed: pip install 'backproof[{extra}]'") from missing
        raise


def _extra(point: EntryPoint) -> str | None:
    """The extra that installs what the subject needs: it has the subject's name, or the beginning of it up to a hyphen."""
    extras = point.dist.metadata.get_all("Provides-Extra") if point.dist else None
    return next((extra for extra in extras or () if point.name == extra or point.name.startswith(f"{extra}-")), None)


def _near(name: str, names: Iterable[str]) -> str:
    """`; did you mean Net?`, if something is near."""
    close = difflib.get_close_matches(name, list(names), n=1)
    return f"; did you mean {close[0]}?" if close else ""
