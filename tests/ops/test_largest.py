"""The largest elements of rows, on both tiers, in one order."""

import jax
import numpy as np
import pytest

from stillflow.declare.numpy.largest import largest
from stillflow.runtime import xla_largest


def expected(x, count):
    """By Python's stable sort; NaN is largest, and zeros are equal."""
    rows = x.reshape(-1, x.shape[-1]).tolist()
    keys = [
        [(number != number, -0.0 if number != number else number) for number in row] for row in rows
    ]
    order = [sorted(range(len(row)), key=row.__getitem__, reverse=True) for row in keys]
    # `reverse` keeps the order of equals.
    return np.array([places[:count] for places in order]).reshape(*x.shape[:-1], count)


def rows(dtype, *shape):
    """Many equal ones among them."""
    return np.random.RandomState(7).randint(0, 50, shape).astype(dtype)


HOSTILE = np.array([0.0, -0.0, np.nan, -np.inf, 1.0, -np.nan, np.inf, -0.0, 1.0, 0.0], np.float32)


@pytest.mark.parametrize("dtype", ["f4", "f8", "f2", "i4", "i8", "u1"])
@pytest.mark.parametrize(("shape", "count"), [((2, 7), 3), ((3, 2000), 20), ((2, 2, 1500), 1)])
def test_ties_keep_their_order(dtype, shape, count):
    x = rows(dtype, *shape)
    np.testing.assert_array_equal(largest(x, count), expected(x, count))
    with jax.enable_x64(True):
        compiled = jax.jit(xla_largest.largest, static_argnums=1)(x, count)
    np.testing.assert_array_equal(compiled, expected(x, count))


@pytest.mark.parametrize("size", [10, 3000])
def test_numbers_that_are_none_and_both_zeros(size):
    x = np.resize(HOSTILE, size)
    for count in (1, 6, min(size, 300)):
        wanted = expected(x, count)
        np.testing.assert_array_equal(largest(x, count), wanted)
        with jax.enable_x64(True):
            compiled = jax.jit(xla_largest.largest, static_argnums=1)(x, count)
        np.testing.assert_array_equal(compiled, wanted)


def test_none_of_them():
    assert largest(rows("f4", 2, 3), 0).shape == (2, 0)
    with jax.enable_x64(True):
        assert xla_largest.largest(rows("f4", 2, 3), 0).shape == (2, 0)
