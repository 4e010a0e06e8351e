"""Parts of one NumPy computation on all cores."""

import os
import threading

import numpy as np
import pytest

from stillflow.declare.numpy import together
from stillflow.declare.numpy.namespace import NUMPY


@pytest.fixture
def four_cores(monkeypatch):
    monkeypatch.setattr(together, "cores", lambda: 4)
    together._pool.cache_clear()
    yield
    together._pool.cache_clear()


def test_each_part_is_computed_once(four_cores):
    done = []
    together.for_each(done.append, range(100))
    assert sorted(done) == list(range(100))


def test_cores_compute_at_the_same_time(four_cores):
    all_here = threading.Barrier(4, timeout=60)
    together.for_each(lambda _: all_here.wait(), range(4))


def test_what_a_part_raises_is_raised_and_ends_the_others(four_cores):
    done = []

    def compute(part):
        if part == 3:
            raise ZeroDivisionError("part 3")
        done.append(part)

    with pytest.raises(ZeroDivisionError, match="part 3"):
        together.for_each(compute, range(10_000))
    assert len(done) < 10_000


@pytest.mark.filterwarnings("ignore:os.fork")  # JAX, which the child does not use, warns
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_computes_too(four_cores):
    together.for_each(lambda _: None, range(8))
    child = os.fork()
    if child == 0:
        done = []
        together.for_each(done.append, range(8))
        os._exit(len(done))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 8


@pytest.mark.parametrize("shape", [(1, 64, 64, 32), (3, 48, 40, 32), (40, 32, 32, 16)])
def test_a_large_convolution_is_the_sum_of_its_windows(four_cores, shape):
    random = np.random.default_rng(1)
    x = random.normal(size=shape).astype(np.float32)
    w = random.normal(size=(3, 3, shape[-1], 64)).astype(np.float32)
    y = NUMPY.convolve(x, w, ("NHWC", "HWIO", "NHWC"), (1, 1), [(0, 0), (0, 0)])
    rows, columns = shape[1] - 2, shape[2] - 2
    expected = sum(
        x[:, i : i + rows, j : j + columns] @ w[i, j] for i in range(3) for j in range(3)
    )
    np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-3)


def test_helpers_warn_no_more_than_the_caller(four_cores, recwarn):
    with np.errstate(all="ignore"):
        together.for_each(lambda _: np.float32(1e38) * np.float32(1e38), range(64))
    assert not recwarn.list
