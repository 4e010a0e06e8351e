"""Products of middling size have one thread, and all of them give the threads back."""

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from stillflow.declare.numpy import threads
from stillflow.declare.numpy.namespace import NUMPY


class Blas:
    """A library that notes how many threads it is told to use."""

    def __init__(self) -> None:
        self.threads = 8

    def get_num_threads(self) -> int:
        return self.threads

    def set_num_threads(self, count: int) -> None:
        self.threads = count


@pytest.fixture
def blas(monkeypatch):
    library = Blas()
    monkeypatch.setattr(threads, "_blas", lambda: library)
    return library


@pytest.mark.parametrize(("size", "expected"), [(8, 8), (256, 1), (1024, 8)])
def test_only_middling_products_have_one_thread(blas, monkeypatch, size, expected):
    seen = []
    monkeypatch.setattr(np, "matmul", lambda a, b: seen.append(blas.threads))
    square = np.zeros((size, size), np.float32)
    NUMPY.matmul(square, square)
    assert seen == [expected]
    assert blas.threads == 8


def test_the_last_of_several_products_gives_the_threads_back(blas, monkeypatch):
    both, seen = threading.Barrier(2, timeout=60), []

    def product(a, b):
        both.wait()
        seen.append(blas.threads)
        both.wait()

    monkeypatch.setattr(np, "matmul", product)
    square = np.zeros((256, 256), np.float32)
    others = [threading.Thread(target=NUMPY.matmul, args=(square, square)) for _ in range(2)]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert seen == [1, 1]
    assert blas.threads == 8


def test_a_product_that_fails_gives_the_threads_back(blas):
    with pytest.raises(ValueError, match="matmul"):
        NUMPY.matmul(np.zeros((512, 512)), np.zeros((511, 512)))
    assert blas.threads == 8


def test_the_library_in_use_is_found_and_told():
    library = threads._blas()
    if library is None:
        pytest.skip("NumPy's BLAS here cannot be told")
    before = library.get_num_threads()
    a = np.random.default_rng(1).normal(size=(300, 300)).astype(np.float32)
    np.testing.assert_allclose(NUMPY.matmul(a, a), np.matmul(a, a), rtol=1e-4, atol=1e-4)
    assert library.get_num_threads() == before


def test_products_of_several_threads_have_one_each(monkeypatch):
    """The first thread that told the library lives on while another one tells it."""
    library = threads._blas()
    if library is None:
        pytest.skip("NumPy's BLAS here cannot be told")
    before = library.get_num_threads()
    seen = []
    monkeypatch.setattr(np, "matmul", lambda a, b: seen.append(library.get_num_threads()))
    square = np.zeros((256, 256), np.float32)
    NUMPY.matmul(square, square)
    other = threading.Thread(target=NUMPY.matmul, args=(square, square))
    other.start()
    other.join()
    assert seen == [1, 1]
    assert library.get_num_threads() == before


def test_of_several_libraries_numpys_is_told():
    def library(user_api, filepath):
        return SimpleNamespace(user_api=user_api, filepath=filepath)

    packages = "/home/numpy/lib/python3.11/site-packages"
    scipys = library("blas", f"{packages}/scipy.libs/libscipy_openblas.so")
    numpys = library("blas", f"{packages}/numpy.libs/libscipy_openblas64_.so")
    shared = library("blas", "/usr/lib/libopenblas.so")
    others = library("openmp", f"{packages}/numpy.libs/libgomp.so")
    assert threads._of_numpy([others, scipys, numpys]) is numpys
    assert threads._of_numpy([others, shared]) is shared
    assert threads._of_numpy([others]) is None
