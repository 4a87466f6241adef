"""Arrays travel whole: as lists, with the names of what is no number, and raw."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from backproof.wire.numbers import NoArray, Numbers, array, framed, nested
from backproof.wire.reading import Frames

ANY = arrays(np.float64, array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=4), elements=st.floats(width=64))
SINGLE = arrays(np.float32, array_shapes(min_dims=1, max_dims=2, min_side=1, max_side=4), elements=st.floats(width=32))


@given(ANY.filter(lambda one: one.ndim == 1 or one.shape[0] > 0))
def test_lists_read_back_exactly(given: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> None:
    text = json.dumps(nested(given), allow_nan=False)
    back = array(json.loads(text), "float64")
    assert back.dtype == np.float64 and np.array_equal(back, given, equal_nan=True)


@given(SINGLE)
def test_lists_are_of_the_claimed_type_where_it_can_hold_them(given: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> None:
    back = array(json.loads(json.dumps(nested(given))), "float32")
    assert back.dtype == np.float32 and np.array_equal(back, given, equal_nan=True)


def test_lists_that_are_more_exact_than_claimed_stay_so() -> None:
    assert array([0.1], "float32").dtype == np.float64 and array([0.5], "float32").dtype == np.float32
    assert array({"dtype": "float64", "data": [0.5]}, "float32").dtype == np.float64


@given(st.sampled_from([np.float64, np.float32, np.int64, np.int32]), array_shapes(min_dims=0, min_side=0, max_side=3))
def test_frames_are_taken_from_the_front(kind: type, shape: tuple[int, ...]) -> None:
    first: Numbers = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(kind)
    second = np.array([2.5])
    frames = list[memoryview]()
    told = [framed(first, frames), framed(second, frames)]
    raw = Frames(bytearray().join(frames), "float64")
    back = [array(json.loads(json.dumps(one)), "float64", raw.take) for one in told]
    assert back[0].dtype == first.dtype and np.array_equal(back[0], first) and np.array_equal(back[1], second)
    back[0][...] = 0  # it is nobody else's


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([[1.0], [1.0, 2.0]], "unequal length"),
        ([None], "None where a number should be"),
        ([True], "True where a number should be"),
        (["nan"], "'nan' where a number should be"),
        ({"y": 1}, "where a number should be"),
        ({"dtype": "float16", "data": [1.0]}, "float16"),
        ({"frame": "<f8", "shape": [2]}, "though frames were not agreed on"),
        ({"frame": ">f8", "shape": [2]}, "a frame '>f8'"),
        ({"frame": "<f8", "shape": [-1]}, r"the shape \[-1\]"),
        ({"frame": "<f8", "shape": None}, "the shape None"),
    ],
)
def test_what_is_no_array_is_told(given: object, why: str) -> None:
    with pytest.raises(NoArray, match=why):
        array(given, "float64")


def test_a_frame_of_which_too_little_came_is_none() -> None:
    with pytest.raises(NoArray, match="16 bytes, of which 8 came"):
        array({"frame": "<f8", "shape": [2]}, "float64", Frames(bytearray(8), "float64").take)
