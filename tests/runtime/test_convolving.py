"""Convolutions whose windows are larger than the images: both tiers, whatever the layout."""

import jax
import numpy as np
import pytest

from stillflow.declare.numpy.convolving import convolve as on_host
from stillflow.runtime import xla_convolving


@pytest.mark.parametrize("layouts", [("NHWC", "HWIO", "NHWC"), ("NCHW", "OIHW", "CNHW")])
@pytest.mark.parametrize(
    ("size", "window", "stride", "padding", "x_dilation", "w_dilation"),
    [
        (2, 3, 1, (1, 1), 1, 1),
        (1, 5, 1, (2, 2), 1, 1),
        (2, 3, 2, (2, 1), 1, 1),
        (2, 2, 1, (1, 2), 1, 2),
        (2, 3, 1, (0, 1), 2, 1),
        (2, 5, 1, (4, 4), 3, 1),
        (4, 3, 1, (3, -1), 1, 2),
        (2, 4, 1, (1, 0), 1, 1),
    ],
)
def test_windows_that_exceed_the_images(
    monkeypatch, layouts, size, window, stride, padding, x_dilation, w_dilation
):
    lengths = {"N": 2, "C": 3, "H": size, "W": size}
    filters = {"I": 3, "O": 4, "H": window, "W": window}
    random = np.random.RandomState(5)
    x = random.randint(-9, 9, [lengths[letter] for letter in layouts[0]]).astype(np.float32)
    w = random.randint(-9, 9, [filters[letter] for letter in layouts[1]]).astype(np.float32)
    pairs = [(n, n) for n in (stride, x_dilation, w_dilation)]
    arguments = (x, w, layouts, pairs[0], [padding] * 2, *pairs[1:])
    convolutions = []
    monkeypatch.setattr(
        xla_convolving.lax,
        "conv_general_dilated",
        lambda *args, **options: convolutions.append(args),
    )
    result = jax.jit(lambda x, w: xla_convolving.convolve(x, w, *arguments[2:]))(x, w)
    assert not convolutions
    np.testing.assert_array_equal(result, on_host(*arguments))
