"""Compares what was observed with what was recorded, as encoded by `observe`."""

import numpy as np

#: Of more differences than this at one level, the rest is left out.
MAX_DIFFERENCES = 4


def difference(got, want, rtol, atol):
    """Says how `got` differs from `want`, or "" where they agree.

    Float arrays agree within the tolerance, all else exactly; NaN equals NaN.
    """
    if is_array(got) and is_array(want):
        return _array_difference(got, want, rtol, atol)
    if isinstance(got, list) and isinstance(want, list):
        pairs = dict(enumerate(got)), dict(enumerate(want))
    elif isinstance(got, dict) and isinstance(want, dict):
        pairs = got, want
    else:
        return "" if got == want else f"got {got!r}, TensorFlow gives {want!r}"
    return _items_difference(*pairs, rtol, atol)


def _items_difference(got, want, rtol, atol):
    """`difference` of two dicts, key by key, the first few."""
    both = [key for key in want if key in got]
    found = [(key, difference(got[key], want[key], rtol, atol)) for key in both]
    found = [f"[{key}] {text}" for key, text in found if text]
    found += [f"[{key}] is missing: {want[key]!r}" for key in want if key not in got]
    found += [f"[{key}] is not TensorFlow's: {got[key]!r}" for key in got if key not in want]
    return "; ".join(found[:MAX_DIFFERENCES])


def is_array(value):
    """Whether `value` is an encoded array: [dtype, shape, flat values]."""
    return isinstance(value, list) and [type(part) for part in value] == [str, list, list]


def _array_difference(got, want, rtol, atol):
    if got[:2] != want[:2]:
        return "got {} {}, TensorFlow gives {} {}".format(*got[:2], *want[:2])
    if not want[0].startswith("float"):
        return "" if got[2] == want[2] else f"got {got[2]}, TensorFlow gives {want[2]}"
    a, b = np.array(got[2], np.float64), np.array(want[2], np.float64)
    if np.allclose(a, b, rtol, atol, equal_nan=True):
        return ""
    return f"got {got[2]}, TensorFlow gives {want[2]}"


def contradicts(got, want):
    """Whether two static shapes, as lists with None or None, cannot both be true."""
    if got is None or want is None:
        return False
    sizes = range(min(len(got), len(want)))
    return len(got) != len(want) or any(
        None not in (got[i], want[i]) and got[i] != want[i] for i in sizes
    )
