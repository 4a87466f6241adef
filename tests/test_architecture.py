"""The house rules that no type checker knows: who may import whom, what each package ships, and what no file says."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOREIGN = {"spec": {"backproof_impl", "backproof"}, "impl": {"backproof"}, "properties": {"backproof_impl"}}
PACKAGES = ("spec/backproof_spec", "impl/backproof_impl", "properties/backproof")
PLACES = (*FOREIGN, "tests")
NOT_OURS = {"__pycache__", "node_modules"}
TEXTS = (".md", ".py", ".toml", ".json", ".cfg", ".txt", ".yml", "")
EXCUSE = re.compile(r"#\s*(type:\s*ignore|noqa|pragma:\s*no cover|fmt:\s*off)", re.IGNORECASE)
GOOD_EXCUSE = re.compile(
    r"# (?:type: ignore\[[a-z, -]+\]|noqa: [A-Z]+[0-9]+(?:, [A-Z]+[0-9]+)*|pragma: no cover)\s+(?:#|-)\s*\S.*"
)
MACHINE = re.compile(r"(?<![\w.~])/(?:work|home|root|Users)/\w|[A-Z]:\\{1,2}Users")


def sources(folder: Path) -> list[Path]:
    """Every Python file below, in order."""
    return sorted(path for path in folder.rglob("*.py") if not NOT_OURS & set(path.parts))


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of every module that is imported: by statement, or by a call with the name in it."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield node.lineno, module
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=[first, *_]) if "import" in called:
                yield node.lineno, _beginning(first)


def _beginning(argument: ast.expr) -> str:
    """What is known of a string before it is computed."""
    first = argument.values[0] if isinstance(argument, ast.JoinedStr) and argument.values else argument
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def trespasses(root: Path) -> list[str]:
    """Imports against the arrows spec <- impl and spec <- properties."""
    return [
        f"{path.relative_to(root)}:{line} imports {name}"
        for place, foreign in FOREIGN.items()
        for path in sources(root / place)
        for line, name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name.split(".")[0] in foreign
    ]


def poor_excuses(path: Path) -> list[str]:
    """Comments that silence a tool without its code or without a reason."""
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    comments = [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]
    return [
        f"{path.name}:{line} {said}"
        for line, said in comments
        if (found := EXCUSE.search(said)) and not GOOD_EXCUSE.search(said[found.start() :])
    ]


def texts(root: Path) -> Iterator[Path]:
    """Every text of the project."""
    for place in (*PLACES, ".ci"):
        yield from (p for p in sorted((root / place).rglob("*")) if _is_text(p) and not NOT_OURS & set(p.parts))
    yield from (path for path in sorted(root.iterdir()) if _is_text(path) and path.name[0] != ".")


def _is_text(path: Path) -> bool:
    """Not what a compiler made."""
    return path.is_file() and path.suffix in TEXTS and b"\0" not in path.read_bytes()


def machine_paths(root: Path) -> list[str]:
    """Lines that speak of somebody's machine."""
    return [
        f"{path.relative_to(root)}:{number} {line.strip()}"
        for path in texts(root)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if MACHINE.search(line)
    ]


def test_the_specification_knows_nobody_and_the_judge_never_borrows_from_the_judged() -> None:
    assert all(sources(ROOT / place) for place in FOREIGN)
    assert trespasses(ROOT) == []


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("spec/backproof_spec/bad.py", "import backproof_impl"),
        ("spec/backproof_spec/bad.py", "from backproof.must import must"),
        ("impl/backproof_impl/deep/bad.py", "import numpy, backproof.oracle.closed"),
        ("impl/backproof_impl/bad.py", "def late():\n    from backproof import suite"),
        ("properties/backproof/bad.py", "from backproof_impl.reference import Reference"),
        ("properties/_backproof_pytest.py", "import importlib\nimportlib.import_module('backproof_impl.faults')"),
        ("properties/backproof/bad.py", "from importlib import import_module\nimport_module(f'backproof_impl.{1}')"),
        ("properties/backproof/bad.py", "__import__('backproof_impl')"),
    ],
)
def test_a_forbidden_import_is_found(tmp_path: Path, file: str, line: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(line + "\n")
    assert len(trespasses(tmp_path)) == 1
    assert trespasses(tmp_path)[0].startswith(f"{file}:")


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("impl/backproof_impl/good.py", "from backproof_spec import Layer\nfrom . import backproof"),
        ("properties/backproof/good.py", "import backproof_spec.clauses, backproof.must\nNAME = 'backproof_impl'"),
        ("spec/backproof_spec/good.py", "import backproof_specimen\nfrom backproof_spec import values"),
        ("properties/backproof/good.py", "name = 'x'\nfrom importlib import import_module\nimport_module(name)"),
    ],
)
def test_an_allowed_import_is_not(tmp_path: Path, file: str, line: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(line + "\n")
    assert trespasses(tmp_path) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_ships_its_types(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


def test_each_module_begins_with_its_sentence() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for place in FOREIGN
        for path in sources(ROOT / place)
        if not (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").rstrip().endswith((".", "?"))
    ]
    assert silent == []


def test_each_silenced_tool_is_named_with_a_reason() -> None:
    zoo = ROOT / "tests" / "subjects" / "zoo"  # other people's habits, silenced file by file
    files = [path for place in PLACES for path in sources(ROOT / place) if zoo not in path.parents]
    assert [excuse for path in files for excuse in poor_excuses(path)] == []


@pytest.mark.parametrize(
    ("line", "poor"),
    [
        ("x = 1  # type: ignore", True),
        ("x = 1  # type: ignore[assignment]", True),
        ("x = 1  # type:ignore[assignment] # no blank", True),
        ("x = 1  # noqa", True),
        ("x = 1  # noqa: F401", True),
        ("x = 1  # noqa - a reason without a code", True),
        ("x = 1  # pragma: no cover", True),
        ("x = 1  # type: ignore[assignment] # a reason", False),
        ("x = 1  # type: ignore[assignment, no-any-return]  # a reason", False),
        ("x = 1  # noqa: NPY002 - a reason", False),
        ("x = 1  # noqa: NPY002, F401 - a reason", False),
        ("x = '# noqa'  # a string is no comment", False),
        ("x = 1  # a remark", False),
    ],
)
def test_a_poor_excuse_is_found(tmp_path: Path, line: str, poor: bool) -> None:
    path = tmp_path / "a.py"
    path.write_text(line + "\n")
    assert bool(poor_excuses(path)) == poor


def test_no_file_speaks_of_a_machine() -> None:
    assert len(list(texts(ROOT))) > 100
    assert machine_paths(ROOT) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("see " + "/ho" + "me/somebody/net.py", True),
        ("'" + "/Us" + "ers/somebody'", True),
        ("C:\\Us" + "ers\\somebody", True),
        ("https://example.org/home/page", False),
        ("path/to/home/net.py", False),
        ("/homework", False),
    ],
)
def test_a_machine_path_is_found(tmp_path: Path, line: str, found: bool) -> None:
    (tmp_path / "README.md").write_text(line)
    assert bool(machine_paths(tmp_path)) == found
