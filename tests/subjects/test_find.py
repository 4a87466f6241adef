"""A target is found, or one sentence says why it is not."""

import sys
from pathlib import Path

import pytest

from backproof.subjects.errors import Unusable
from backproof.subjects.find import find
from backproof.subjects.loading import load

NET = "class Net:\n    def forward(self, x):\n        return x\n"


def written(folder: Path, text: str, name: str = "net.py") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def why(target: str) -> str:
    with pytest.raises(Unusable) as refused:
        find(target)
    return str(refused.value)


def test_a_class_in_a_file_is_found(tmp_path: Path) -> None:
    assert getattr(find(written(tmp_path, NET) + ":Net"), "__name__", "") == "Net"


def test_a_name_inside_a_class_is_found(tmp_path: Path) -> None:
    target = written(tmp_path, "class Outer:\n    class Net:\n        pass\n")
    assert getattr(find(target + ":Outer.Net"), "__name__", "") == "Net"


def test_a_file_of_an_odd_name_is_found(tmp_path: Path) -> None:
    assert find(written(tmp_path, NET, "my net-2.py") + ":Net")


def test_the_only_class_with_a_forward_is_taken(tmp_path: Path) -> None:
    assert getattr(find(written(tmp_path, NET + "class Data:\n    pass\n")), "__name__", "") == "Net"


def test_functions_are_taken_as_a_module(tmp_path: Path) -> None:
    assert getattr(find(written(tmp_path, "def forward(params, x):\n    return x\n")), "forward", None)


def test_a_sibling_can_be_imported_at_once_and_later(tmp_path: Path) -> None:
    written(tmp_path, "answer = 42\n", "its_sibling_a.py")
    written(tmp_path, "answer = 43\n", "its_sibling_b.py")
    text = "from its_sibling_a import answer\nclass Net:\n    a = answer\n    def forward(self, x):\n"
    found = find(written(tmp_path, text + "        import its_sibling_b\n        return its_sibling_b.answer\n"))
    assert getattr(found, "a", 0) == 42
    assert callable(found) and found().forward(0) == 43


def test_siblings_of_one_name_in_two_folders_are_kept_apart(tmp_path: Path) -> None:
    for folder, answer in (("one", 1), ("two", 2)):
        (tmp_path / folder).mkdir()
        written(tmp_path / folder, f"answer = {answer}\n", "a_shared_name.py")
        written(tmp_path / folder, "from a_shared_name import answer\n" + NET + "    a = answer\n")
    assert [getattr(find(f"{tmp_path}/{folder}/net.py:Net"), "a", 0) for folder in ("one", "two")] == [1, 2]


def test_the_path_begins_as_it_was(tmp_path: Path) -> None:
    first = sys.path[0]
    find(written(tmp_path, NET))
    assert sys.path[0] == first


def test_a_name_in_a_package_is_found() -> None:
    assert find("collections:OrderedDict") is __import__("collections").OrderedDict


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    written(tmp_path, NET)
    assert why(f"{tmp_path}/nett.py:Net") == f"there is no file {tmp_path}/nett.py; did you mean net.py?"


def test_an_import_that_fails_gives_its_own_last_line(tmp_path: Path) -> None:
    said = why(written(tmp_path, "x = 1\nx / 0\n") + ":Net")
    assert said == "net.py cannot be imported: ZeroDivisionError: division by zero (net.py:2)"


def test_a_syntax_error_is_one_sentence(tmp_path: Path) -> None:
    assert why(written(tmp_path, "def (\n")).startswith("net.py cannot be imported: SyntaxError: invalid syntax")


def test_a_file_that_ends_the_program_is_unusable(tmp_path: Path) -> None:
    said = why(written(tmp_path, "import sys\nsys.exit(3)\n") + ":Net")
    assert said == "net.py ends the program when it is imported: SystemExit(3) (net.py:2)"


def test_a_name_that_is_not_there_has_a_nearest_match(tmp_path: Path) -> None:
    target = written(tmp_path, NET)
    assert why(target + ":Nett") == f"{target} has no Nett; did you mean Net?; it holds Net"


def test_several_classes_must_be_chosen_from(tmp_path: Path) -> None:
    target = written(tmp_path, NET + NET.replace("Net", "Other"))
    assert why(target) == f"{target} holds several classes with a forward, Net, Other: say {target}:Other"


def test_a_file_without_a_forward_is_unusable(tmp_path: Path) -> None:
    target = written(tmp_path, "x = 1\n")
    assert why(target) == f"{target} holds neither a class with a forward method nor a function named forward"


def test_an_unknown_name_lists_what_is_registered() -> None:
    said = why("referense")
    assert said.startswith("no subject is registered as referense; did you mean reference?; registered are ")


def test_a_module_that_is_not_there_is_named() -> None:
    assert why("no_such_package.net:Net").startswith("there is no module no_such_package;")


def test_the_class_that_was_chosen_is_said(tmp_path: Path) -> None:
    zoo = Path(__file__).parent / "zoo"
    text = (zoo / "epochs.py").read_text().partition("class Faulty")[0]
    said = load(written(tmp_path, text)).assumed[0]
    assert said == "the class: Net, the only one in the file with a forward"
