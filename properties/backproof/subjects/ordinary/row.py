"""One array for each layer: which members of a group hold them, and in which order."""

from dataclasses import dataclass
from typing import Literal, TypeVar

from backproof.subjects.ordinary.places import Group, Numbers, Path, as_numbers, fetch, group_of, members, spoken

Take = Literal["all", "even", "odd", "front", "back"]
TAKES: tuple[Take, ...] = ("all", "even", "odd", "front", "back")
Member = TypeVar("Member")


@dataclass(frozen=True)
class Row:
    """One array for each layer: members of a group, or single arrays by name."""

    group: Group | None
    take: Take = "all"
    single: tuple[Path, ...] = ()
    backwards: bool = False  # the last layer's first, as a loop from the last layer to the first appends them
    numbers: bool = False  # plain numbers count among the members, as a bias of a single unit may be one

    def paths(self, root: object, depth: int) -> list[Path]:
        """L paths, the first layer's first."""
        if self.group is None:
            return list(self.single)
        return self.chosen([p for p in members(root, self.group) if self.counts(as_numbers(fetch(root, p)))], depth)

    def counts(self, value: Numbers | None) -> bool:
        """Whether what lies at a path of the group is a member."""
        return value is not None and (self.numbers or value.ndim > 0)

    def chosen(self, found: list[Member], depth: int) -> list[Member]:
        """Of the group's members those that are meant, the first layer's first."""
        some = taken(found, self.take, depth)
        return some[::-1] if self.backwards else some

    def groups(self) -> set[Group]:
        """The names by which the arrays go, without their numbers."""
        return {self.group} if self.group else {group_of(path) for path in self.single}

    def __str__(self) -> str:
        return spoken(self.group) if self.group else ", ".join(spoken(_exactly(p)) for p in self.single)


def _exactly(path: Path) -> Group:
    """The path itself, spoken without numbers left out."""
    return tuple((hop.kind, str(hop.key)) for hop in path)


def taken(found: list[Member], take: Take, depth: int) -> list[Member]:
    """Some of a group's members: all, every other one, or one half."""
    return {
        "all": found,
        "even": found[0::2],
        "odd": found[1::2],
        "front": found[:depth],
        "back": found[depth:],
    }[take]
