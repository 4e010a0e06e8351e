"""The optional library `stillflow-native`, for those who look whether it works."""

from __future__ import annotations

import numpy as np

from stillflow.declare.native import library, on_host
from stillflow.declare.native.forms import form_of
from stillflow.declare.native.library import native_setting as native_setting


def is_to_work() -> bool:
    """Whether it is installed, and the environment does not keep runs from using it."""
    return library.is_installed() and native_setting() != "off"


def sums_of_four_ones() -> list[float]:
    """A convolution of ones by 2x2 ones, on the host and compiled.

    Raises:
      ImportError, OSError: the library does not load.
      RuntimeError: XLA refuses it.
    """
    from stillflow.runtime.tiers import xla

    loaded = library.loaded()
    xla()
    from stillflow.runtime import xla_native  # it imports jax

    xla_native.register(loaded)
    x, w = np.ones((1, 2, 2, 1), np.float32), np.ones((2, 2, 1, 1), np.float32)
    form = form_of(x, w, ("NHWC", "HWIO", "NHWC"), (1, 1), [(0, 0)] * 2, None, None)
    assert form is not None
    found = on_host.convolve(x, w, form), xla_native.convolve(x, w, form)
    return [float(np.asarray(value).item()) for value in found]
