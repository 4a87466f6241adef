"""What the arguments of a method may be given."""

from backproof.subjects.ordinary.arrangements import calls


class Rated:
    """The name of the last argument says what it is."""

    def step(self, a: object, b: object, rate: float) -> None: ...


class Nameless:
    """No name says anything."""

    def step(self, a: object, b: object, c: object) -> None: ...


def thirds(whole: object) -> set[str]:
    """All that the third argument may be given."""
    return {call.tokens[2] for _, call in calls(whole, "step")}


def test_what_is_called_a_rate_is_given_nothing_else() -> None:
    assert thirds(Rated()) == {"rate"}


def test_where_names_say_nothing_all_is_tried() -> None:
    assert thirds(Nameless()) == {"rate", "y", "t", "one"}
