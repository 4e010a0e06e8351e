"""Compares what was observed with what was recorded, as encoded by `observe`."""

import numpy as np


def difference(got, want, rtol, atol):
    """Says how `got` differs from `want`, or "" where they agree.

    Float arrays agree within the tolerance, all else exactly; NaN equals NaN.
    """
    if is_array(got) and is_array(want):
        return _array_difference(got, want, rtol, atol)
    if isinstance(got, list) and isinstance(want, list) and len(got) == len(want):
        found = [difference(got[i], want[i], rtol, atol) for i in range(len(want))]
        return "; ".join(f"[{i}] {text}" for i, text in enumerate(found) if text)
    if isinstance(got, dict) and isinstance(want, dict) and got.keys() == want.keys():
        found = {key: difference(got[key], want[key], rtol, atol) for key in want}
        return "; ".join("{}: {}".format(*item) for item in found.items() if item[1])
    return "" if got == want else f"got {got}, TensorFlow gives {want}"


def is_array(value):
    """Whether `value` is an encoded array: [dtype, shape, flat values]."""
    return isinstance(value, list) and len(value) == 3 and isinstance(value[0], str)


def _array_difference(got, want, rtol, atol):
    if got[:2] != want[:2]:
        return "got {} {}, TensorFlow gives {} {}".format(*got[:2], *want[:2])
    if not want[0].startswith("float"):
        return "" if got[2] == want[2] else f"got {got[2]}, TensorFlow gives {want[2]}"
    a, b = np.array(got[2], np.float64), np.array(want[2], np.float64)
    if np.allclose(a, b, rtol, atol, equal_nan=True):
        return ""
    return f"got {got[2]}, TensorFlow gives {want[2]}"
