"""Tensors taken together as one vector: directions, steps, inner products."""

import numpy as np
import pytest

from backproof.oracle import tensors
from backproof.oracle.tensors import direction, flat, inner, layered, magnitude, moved, only, summed
from backproof_spec import Layer

X = (np.zeros((30, 20)), np.zeros(500), np.zeros(()))
SIZES = (0.5, 1.0, 4.0)
PARAMS = (Layer(np.ones((4, 2)), np.zeros(2)), Layer(np.full((2, 3), 2.0), np.ones(3)))


def test_layers_are_flattened_and_layered_again() -> None:
    there = flat(PARAMS)
    assert [p.shape for p in there] == [(4, 2), (2,), (2, 3), (3,)]
    assert there[2] is PARAMS[1].W and there[1] is PARAMS[0].b
    assert all(a.W is b.W and a.b is b.b for a, b in zip(layered(there), PARAMS, strict=True))


def test_layers_come_in_pairs() -> None:
    with pytest.raises(ValueError, match="shorter"):
        layered(flat(PARAMS)[:3])


def test_a_direction_has_no_tiny_coordinate_and_few_bits() -> None:
    v = direction(X, SIZES, np.random.default_rng(0))
    assert [d.shape for d in v] == [p.shape for p in X]
    for d, size in zip(v, SIZES, strict=True):
        assert (np.abs(d) >= size).all() and (np.abs(d) < 2 * size).all()
        assert (np.round(d / size * 8) == d / size * 8).all()


def test_a_direction_takes_all_sixteen_sizes_and_both_signs_equally_often() -> None:
    (d,) = direction((np.zeros(16_000),), (1.0,), np.random.default_rng(0))
    values, often = np.unique(d, return_counts=True)
    assert len(values) == 16 and (values == -values[::-1]).all()
    assert often.min() > 850 and often.max() < 1150


def test_the_generator_alone_decides_on_the_direction() -> None:
    one, same, other = (direction(X, SIZES, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert all((a == b).all() for a, b in zip(one, same, strict=True))
    assert not (one[0] == other[0]).all()


def test_each_tensor_has_a_size() -> None:
    with pytest.raises(ValueError, match="shorter"):
        direction(X, (1.0,), np.random.default_rng(0))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_parameters_move_along_a_direction_and_keep_their_type(dtype: type[np.floating]) -> None:
    x = (np.ones((1, 1), dtype), np.zeros((), dtype))
    W, b = moved(x, (np.full((1, 1), 2.0), np.array(4.0)), 0.25)
    assert W.dtype == b.dtype == dtype and b.shape == ()
    assert (W.item(), b.item()) == (1.5, 1.0)
    assert x[0].item() == 1 and x[1].item() == 0


def test_the_inner_product_runs_over_all_tensors() -> None:
    g, v = (np.array([[1.0, -2.0]]), np.array([3.0, 4.0])), (np.array([[1.0, 1.0]]), np.array([-1.0, 0.5]))
    assert inner(g, v) == 1 - 2 - 3 + 2
    assert magnitude(g, v) == 1 + 2 + 3 + 2
    assert inner((), ()) == 0


def test_the_inner_product_is_the_same_to_the_bit_however_arrays_lie() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        g, v = rng.normal(size=(2, 37, 23))
        told = {inner((a,), (d,)) for a in (g, np.asfortranarray(g)) for d in (v, np.asfortranarray(v))}
        assert told == {summed((np.asfortranarray(g),), (v,)).inner}


def test_the_inner_product_is_taken_in_double() -> None:
    g = (np.full(1000, 0.1, np.float32),)
    v = (np.full(1000, 1.875),)
    assert inner(g, v) == pytest.approx(187.5 * float(np.float32(0.1)) * 10, rel=1e-15)


def test_a_sum_of_many_products_is_off_by_no_more_than_pairwise_sums_are() -> None:
    rng = np.random.default_rng(0)
    for n in (10, 1000, 300_000):
        g, v = (rng.normal(size=n),), (rng.normal(size=n),)
        exact = float(np.sum(g[0].astype(np.longdouble) * v[0]))
        assert abs(inner(g, v) - exact) <= tensors.PAIRWISE * magnitude(g, v)


def test_a_direction_within_one_tensor_or_some_of_its_entries() -> None:
    v = (np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    assert [d.tolist() for d in only(v, 1)] == [[0, 0], [3, 4]]
    assert [d.tolist() for d in only(v, 0, np.array([False, True]))] == [[0, 2], [0, 0]]
    assert v[0].tolist() == [1, 2] and v[1].tolist() == [3, 4]
