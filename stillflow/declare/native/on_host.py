"""Convolutions, and products of matrices, on the host by the library, on all cores."""

from __future__ import annotations

import numpy as np

from stillflow.declare.native.forms import Form, Kind
from stillflow.declare.native.library import library, numbers
from stillflow.declare.native.products import Product
from stillflow.declare.numpy import together


def convolve(x: np.ndarray, w: np.ndarray, form: Form) -> np.ndarray:
    """What `form` says of `x` and `w`, as `convolve` takes them: f32, of the form's shapes."""
    loaded = library()
    assert loaded is not None
    if form.kind == Kind.INPUT_GRADIENT:
        w = w[::-1, ::-1]  # they come mirrored
    x, w = np.ascontiguousarray(x), np.ascontiguousarray(w)
    y = np.empty(form.result, np.float32)
    # The library takes images, filters and results, whichever of them are computed.
    arrays = {
        Kind.FORWARD: (x, w, y),
        Kind.INPUT_GRADIENT: (y, w, x),
        Kind.FILTER_GRADIENT: (x, y, w),
    }[form.kind]
    job = loaded.stillflow_begin(
        form.kind, numbers(form.geometry), *(array.ctypes.data for array in arrays)
    )
    _complete(job, "convolution")
    return y


def multiply(a: np.ndarray, b: np.ndarray, product: Product) -> np.ndarray:
    """What `product` says of `a` and `b`: f32, of the product's shapes."""
    loaded = library()
    assert loaded is not None
    a, b = np.ascontiguousarray(a), np.ascontiguousarray(b)
    y = np.empty((*a.shape[:-2], product.rows, product.columns), np.float32)
    addresses = (array.ctypes.data for array in (a, b, y))
    _complete(loaded.stillflow_begin_product(numbers(product), *addresses), "product")
    return y


def _complete(job: int | None, what: str) -> None:
    loaded = library()
    assert loaded is not None
    if not job:
        raise MemoryError(f"stillflow-native has no memory for a {what}")
    try:
        threads = min(together.cores(), loaded.stillflow_pieces(job))
        together.for_each(lambda _: loaded.stillflow_work(job), range(threads))
    finally:
        done = loaded.stillflow_end(job)
    if not done:
        raise MemoryError(f"stillflow-native has failed in a {what}")
