"""Convolutions on the host by the library, on all cores."""

from __future__ import annotations

import numpy as np

from stillflow.declare.native.forms import Form, Kind
from stillflow.declare.native.library import library, numbers
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
    if not job:
        raise MemoryError("stillflow-native has no memory for a convolution")
    try:
        threads = min(together.cores(), loaded.stillflow_pieces(job))
        together.for_each(lambda _: loaded.stillflow_work(job), range(threads))
    finally:
        done = loaded.stillflow_end(job)
    if not done:
        raise MemoryError("stillflow-native has failed in a convolution")
    return y
