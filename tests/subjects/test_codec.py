"""What goes into the pipe comes out of it; what does not belong there is described, and what is broken is refused."""

import io
import json
from math import inf, isnan, nan
from struct import pack
from typing import Any

import numpy as np
import pytest

from backproof.subjects import codec
from backproof.subjects.codec import Garbled, Unfit, packed, received, unpacked
from backproof.subjects.stack import stacked, unstacked
from backproof.subjects.subject import Hints
from backproof_spec import (
    Activation,
    Claims,
    Family,
    Fitted,
    Layer,
    Loss,
    Network,
    Params,
    Penalty,
    Rule,
    Sizes,
)

NET = Network(
    (3, 4, 2),
    (Activation("leaky_relu", alpha=0.2), Activation("tanh", slope=2 / 3, scale=1.7159)),
    Loss("squared_error", factor=2.0, samples="sum"),
    reported=Loss("other:mine"),
    penalty=Penalty(l2=0.1, per_sample=True),
    biases=("each", "none"),
)
FAMILY = Family((NET.activations[0],), (NET.activations[1],), (NET.loss,), sizes=Sizes(exactly=((2, 2, 1), (3, 1))))
CLAIMS = Claims("mine", (FAMILY,), operations=frozenset({"forward", "fit"}), rates=None, rules=(Rule(0.5, "adam"),))
NUMBERS = ["?", "i1", "u1", "i4", "i8", "u8", "f2", "f4", "f8"]


def there(value: object) -> Any:
    """The value, as it arrives."""
    return unpacked(packed(value))


def message(tree: object, numbers: bytes = b"") -> bytes:
    """A message that somebody wrote by hand."""
    text = json.dumps(tree).encode()
    return b"bp1\n" + pack("<QQ", len(text), len(numbers)) + text + numbers


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -3, 0.1, 5e-324, inf, -inf, "text", "\ud800", (), (1, (2.0, None)), frozenset({"a", "b"}),
     NET, CLAIMS, Rule(0.1, "momentum", 0.9), Hints(hidden="tanh", factor=2.0), FAMILY],
)  # fmt: skip
def test_a_value_arrives_as_it_was(value: object) -> None:
    arrived = there(value)
    assert arrived == value and type(arrived) is type(value)


def test_nan_and_the_sign_of_zero_survive() -> None:
    assert isnan(there(nan))
    assert str(there(-0.0)) == "-0.0"


@pytest.mark.parametrize("kind", NUMBERS)
def test_an_array_arrives_bit_by_bit_and_may_be_written(kind: str) -> None:
    array = np.arange(6).reshape(2, 3).astype(kind)
    arrived = there((array, array))
    assert all(a.dtype == array.dtype and a.shape == (2, 3) and a.tobytes() == array.tobytes() for a in arrived)
    arrived[0][...] = 1
    assert arrived[1].tobytes() == array.tobytes()


def test_non_finite_entries_survive() -> None:
    array = np.array([nan, inf, -inf, -0.0])
    assert there(array).tobytes() == array.tobytes()


@pytest.mark.parametrize("shape", [(), (0, 3), (2, 0), (1, 1, 1)])
def test_odd_shapes_survive(shape: tuple[int, ...]) -> None:
    assert there(np.zeros(shape)).shape == shape


def test_transposed_strided_and_big_endian_arrays_keep_their_numbers() -> None:
    array = np.arange(12.0).reshape(3, 4)
    for view in (array.T, array[::2, ::-1], array.astype(">f8")):
        assert np.array_equal(there(view), view)
        assert there(view).dtype == np.float64


def test_an_array_after_one_of_odd_length_is_aligned() -> None:
    assert there((np.zeros(3, dtype=bool), np.zeros(2)))[1].flags.aligned


def test_bare_numbers_of_numpy_keep_their_type() -> None:
    assert there(np.float32(0.1)).dtype == np.float32
    assert there(np.float64(0.1)) == 0.1
    assert there(np.int64(7)) == 7


def test_parameters_and_fitted_survive() -> None:
    params: Params = (Layer(np.ones((3, 2)), np.zeros(2)), Layer(np.ones((2, 1), dtype=np.float32), np.zeros(1)))
    fitted = there(Fitted(np.ones((4, 1)), params, (1.0, nan)))
    assert isinstance(fitted, Fitted) and fitted.params is not None
    assert [type(layer) for layer in fitted.params] == [Layer, Layer]
    assert fitted.params[1].W.dtype == np.float32 and fitted.params[0].W.shape == (3, 2)
    assert fitted.losses[0] == 1.0 and isnan(fitted.losses[1])


@pytest.mark.parametrize(
    ("value", "description"),
    [
        ([1, 2], "a list of 2"),
        ({"W": 1}, "{'W': 1}"),
        (np.array([None]), "an array (1,) of object"),
        (np.array(["1.0"]), "an array (1,) of <U3"),
        (np.array([1j]), "an array (1,) of complex128"),
        (1j, "1j"),
    ],
)
def test_what_has_no_form_is_described(value: object, description: str) -> None:
    assert there((value, 1)) == (Unfit(description), 1)
    assert repr(there(value)) == description


def test_a_value_of_a_derived_class_arrives_as_its_base() -> None:
    class MyClaims(Claims):
        pass

    class MyFloat(float):
        pass

    assert type(there(MyClaims("mine", ()))) is Claims
    assert type(there(MyFloat(0.5))) is float
    assert isinstance(there(np.ones((1, 1)).view(np.matrix)), np.ndarray)


@pytest.mark.parametrize(
    "tree",
    [
        {"is": "Popen", "args": ["true"]},
        {"is": "array", "type": "<f8", "shape": [3]},
        {"is": "array", "type": "<f8", "shape": [-1]},
        {"is": "array", "type": "<f8", "shape": [2**70, 0.5]},
        {"is": "array", "type": "|O", "shape": [1]},
        {"is": "array", "type": "<f8"},
        {"is": "Layer", "W": 1},
        {"is": "Rule", "rate": 1.0, "surprise": 1},
        {"is": "set", "of": [{"is": "array", "type": "<f8", "shape": [1]}]},
        {"is": ["Layer"]},
        {"is": "Network", "text": "{"},
        {"is": "Network", "text": 3},
        {},
    ],
)
def test_a_message_that_stands_for_nothing_is_refused(tree: object) -> None:
    with pytest.raises(Garbled):
        unpacked(message(tree, b"12345678"))


def test_text_that_is_not_json_or_nests_without_end_is_refused() -> None:
    for text in (b"{", b"\xff", b"[" * 100_000):
        with pytest.raises(Garbled, match="is not a message"):
            unpacked(b"bp1\n" + pack("<QQ", len(text), 0) + text)


def test_messages_are_received_one_after_the_other_until_the_pipe_ends() -> None:
    pipe = io.BytesIO(packed(1) + packed("two") + packed(3)[:-1])
    first, second, third = received(pipe), received(pipe), received(pipe)
    assert first is not None and second is not None
    assert (unpacked(first), unpacked(second), third) == (1, "two", None)
    assert received(io.BytesIO()) is None


def test_other_bytes_are_refused() -> None:
    for noise in (b"hello", b"hello, this is longer than a prefix"):
        with pytest.raises(Garbled, match="is not a message"):
            received(io.BytesIO(noise))


def test_a_message_that_was_cut_off_is_the_end_of_the_pipe() -> None:
    for part in (b"bp1", packed("two")[:10], packed("two")[:-1]):
        assert received(io.BytesIO(part)) is None


def test_a_message_that_announces_too_much_is_refused_unread() -> None:
    for sizes in ((2**62, 0), (0, 2**30 + 1)):
        with pytest.raises(Garbled, match="is larger than 1 GiB"):
            received(io.BytesIO(b"bp1\n" + pack("<QQ", *sizes)))


def test_a_value_that_is_too_large_is_refused_before_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codec, "MOST_NUMBERS", 80)
    assert len(packed(np.zeros(10))) > 80
    with pytest.raises(Garbled, match="is larger than 1 GiB"):
        packed(np.zeros(11))


def test_a_stack_of_parameters_comes_apart_as_it_was_put_together() -> None:
    draw = np.random.default_rng(0).normal
    stack: tuple[Params, ...] = tuple(
        (Layer(draw(size=(3, 2)), draw(size=2)), Layer(draw(size=(2, 1)), draw(size=1))) for _ in range(5)
    )
    together = stacked(stack)
    assert [layer.W.shape for layer in together] == [(5, 3, 2), (5, 2, 1)]
    for want, got in zip(stack, unstacked(together), strict=True):
        assert all(np.array_equal(w, g) for a, b in zip(want, got, strict=True) for w, g in zip(a, b, strict=True))
    assert unstacked(stacked(())) == ()
