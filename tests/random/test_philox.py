"""The generator, and the loops that random ops are built on, on both array namespaces."""

import jax
import numpy as np
import pytest

from stillflow.declare.numpy.namespace import NUMPY
from stillflow.ops.random.philox import discrete, rejection
from stillflow.ops.random.philox.generator import blocks
from stillflow.runtime.xla_namespace import JaxNamespace

# (counter, key, block) of the reference implementation, Random123's known-answer tests.
KNOWN_ANSWERS = [
    ("00000000" * 4, "00000000" * 2, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    (
        "243f6a88 85a308d3 13198a2e 03707344",
        "a4093822 299f31d0",
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


def words(text):
    text = text.replace(" ", "")
    return np.array([int(text[i : i + 8], 16) for i in range(0, len(text), 8)], np.uint32)


@pytest.fixture(params=["numpy", "jax"])
def run(request):
    """Runs `f(xp, *arrays)`: in NumPy, or compiled."""

    def compiled(f, *arrays):
        with jax.enable_x64(True):
            result = jax.jit(lambda *traced: f(JaxNamespace(), *traced))(*arrays)
            return jax.tree.map(np.asarray, result)

    return compiled if request.param == "jax" else lambda f, *arrays: f(NUMPY, *arrays)


@pytest.mark.parametrize(("counter", "key", "block"), KNOWN_ANSWERS)
def test_known_answers(run, counter, key, block):
    stream = np.concatenate([words(key), words(counter)])
    got = run(blocks, stream, np.zeros(1, np.uint64))
    assert np.concatenate(got).tolist() == words(block).tolist()


def test_index_carries_into_the_second_word(run):
    """A block is found from any start: 2**32 - 1 blocks on and one more is 2**32."""
    start = np.array([5, 6, 0xFFFFFFFF, 0, 7, 8], np.uint32)
    later = np.array([5, 6, 0, 1, 7, 8], np.uint32)
    one, zero = np.ones(1, np.uint64), np.zeros(1, np.uint64)
    assert np.array_equal(run(blocks, start, one), run(blocks, later, zero))


@pytest.mark.parametrize("size", [0, 1, 7, 8, 3 * 8192, 3 * 8192 + 2])
def test_interleave(run, size):
    """Element i is element i // 3 of part i % 3, also where NumPy works chunk by chunk."""
    parts = lambda index: (index * 3, index * 3 + 1, index * 3 + 2)
    got = run(lambda xp: xp.interleave(parts, size, 3))
    assert got.tolist() == list(range(size))


def test_while_each_steps_each_row_as_often_as_it_needs(run):
    rows = np.arange(20000) % 7
    step = lambda left, steps: (left - 1, steps + 1)
    loop = lambda xp, left: xp.while_each(lambda left, steps: left > 0, step, (left, left * 0))
    left, steps = run(loop, rows)
    assert not left.any()
    assert steps.tolist() == rows.tolist()


def test_while_each_leaves_its_input(run):
    rows = np.array([3, 0])
    run(lambda xp, x: xp.while_each(lambda x: x > 0, lambda x: (x - 1,), (x,)), rows)
    assert rows.tolist() == [3, 0]


def test_compose_swaps(run):
    got = run(lambda xp, targets: xp.compose_swaps(targets), np.array([2, 2, 3]))
    assert got.tolist() == [2, 0, 3, 1]


def test_count_not_above_counts_ties(run):
    """As C++'s upper_bound: a bound equal to an element is past it."""
    ascending = np.array([[1.0, 2.0, 2.0, 5.0, 9.0], [0.0, 0.0, 0.0, 0.0, 0.0]])
    bounds = np.array([[0.0, 1.0, 2.0, 4.0, 9.0], [-1.0, 0.0, 1.0, np.inf, 0.0]])
    count = lambda xp, a, b: discrete._count_not_above(xp, a, b, 5)
    assert run(count, ascending, bounds).tolist() == [[0, 1, 3, 3, 5], [0, 5, 5, 5, 5]]


def test_parameters_without_a_distribution_end():
    """Where TensorFlow would try for ever there is NaN."""
    stream = np.arange(6, dtype=np.uint32)
    with np.errstate(all="ignore"):
        poisson = rejection.poisson(NUMPY, stream, (2,), np.array([np.nan, np.inf, 2.0]))
        gamma = rejection.gamma(NUMPY, stream, (2,), np.array([np.nan, -5.0, 2.0]))
    for numbers in (poisson, gamma):
        assert np.isnan(numbers).tolist() == [[True, True, False]] * 2
