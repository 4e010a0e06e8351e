"""Inputs for each of the optimizers' update ops; `tools/record_training.py` records the results."""

import collections

import numpy as np

#: An op type, the order of its inputs (r: reference, s: non-negative reference, g: gradient,
#: i: indices, t: int64 step, a number: a scalar), and its attributes.
Case = collections.namedtuple("Case", "type inputs attrs dtype")

SHAPE = (5, 3)
ROWS = (4, 0, 2)

_LR, _MOMENTUM, _EPSILON = 0.1, 0.9, 1e-3
_ADAM = ["r", "r", "s", 0.729, 0.997, _LR, 0.9, 0.999, _EPSILON, "g"]
_RMS = [_LR, 0.8, 0.5, _EPSILON, "g"]
_DENSE = [
    ("ApplyGradientDescent", ["r", _LR, "g"], {}),
    ("ApplyMomentum", ["r", "r", _LR, "g", _MOMENTUM], {}),
    ("ApplyMomentum", ["r", "r", _LR, "g", _MOMENTUM], {"use_nesterov": True}),
    ("ApplyAdam", _ADAM, {}),
    ("ApplyAdam", _ADAM, {"use_nesterov": True}),
    ("ApplyAdaMax", ["r", "r", "s", 0.729, _LR, 0.9, 0.999, _EPSILON, "g"], {}),
    ("ApplyAdagrad", ["r", "s", _LR, "g"], {}),
    ("ApplyAdagrad", ["r", "s", _LR, "g"], {"update_slots": False}),
    ("ApplyAdagradV2", ["r", "s", _LR, _EPSILON, "g"], {}),
    ("ApplyAdagradV2", ["r", "s", _LR, _EPSILON, "g"], {"update_slots": False}),
    ("ApplyAdadelta", ["r", "s", "s", _LR, 0.95, _EPSILON, "g"], {}),
    ("ApplyRMSProp", ["r", "s", "r", *_RMS], {}),
    ("ApplyCenteredRMSProp", ["r", "r", "s2", "r", *_RMS], {}),
    ("ApplyFtrl", ["r", "s", "r", "g", _LR, 0.2, 0.3, -0.5], {}),
    ("ApplyFtrl", ["r", "s", "r", "g", _LR, 0.0, 0.0, -0.3], {}),
    ("ApplyFtrlV2", ["r", "s", "r", "g", _LR, 0.2, 0.3, 0.4, -0.5], {}),
    ("ApplyFtrlV2", ["r", "s", "r", "g", _LR, 0.0, 0.0, 0.4, -0.8], {}),
    ("ApplyProximalGradientDescent", ["r", _LR, 2.0, 0.3, "g"], {}),
    ("ApplyProximalGradientDescent", ["r", _LR, 0.0, 0.3, "g"], {}),
    ("ApplyProximalAdagrad", ["r", "s", _LR, 2.0, 0.3, "g"], {}),
    ("ApplyProximalAdagrad", ["r", "s", _LR, 0.0, 0.3, "g"], {}),
    ("ApplyAdagradDA", ["r", "r", "s", "g", _LR, 0.2, 0.3, "t"], {}),
    ("ApplyAdagradDA", ["r", "r", "s", "g", _LR, 0.0, 0.0, "t"], {}),
    ("ApplyAddSign", ["r", "r", _LR, 1.0, 0.7, 0.9, "g"], {}),
    ("ApplyPowerSign", ["r", "r", _LR, 1.5, 0.7, 0.9, "g"], {}),
]
_NOT_SPARSE = {
    "ApplyGradientDescent", "ApplyAdam", "ApplyAdaMax", "ApplyAddSign", "ApplyPowerSign",
}  # fmt: skip
_NOT_HALF = {"ApplyProximalGradientDescent", "ApplyProximalAdagrad", "ApplyAdagradDA"}


def _sparse(inputs):
    at = inputs.index("g") + 1
    return [*inputs[:at], "i", *inputs[at:]]


CASES = [
    Case(prefix + type_name, order(inputs), attrs, dtype)
    for type_name, inputs, attrs in _DENSE
    for prefix, order in (("", list), ("Sparse", _sparse))
    if not (prefix and type_name in _NOT_SPARSE)
    for dtype in ("float32", "float64", "float16")
    if not (dtype == "float16" and type_name in _NOT_HALF)
]

#: The twins on handles compute the same, so that one case of each shows how it is called.
_ONCE = {case.type: case for case in reversed(CASES) if case.dtype == "float32"}
_KERAS = ["r", "r", _LR, "g", _MOMENTUM]
CASES += [Case(f"Resource{type_name}", *_ONCE[type_name][1:]) for type_name in sorted(_ONCE)] + [
    Case(f"Resource{type_name}", inputs, attrs, "float32")
    for type_name, inputs, attrs in (
        ("ApplyAdamWithAmsgrad", ["r", "r", "s", *_ADAM[2:]], {}),
        ("ApplyKerasMomentum", _KERAS, {}),
        ("ApplyKerasMomentum", _KERAS, {"use_nesterov": True}),
        ("SparseApplyKerasMomentum", _sparse(_KERAS), {}),
        ("SparseApplyKerasMomentum", _sparse(_KERAS), {"use_nesterov": True}),
    )
]


def case_id(case):
    options = ",".join(f"{name}={case.attrs[name]}" for name in sorted(case.attrs))
    scalars = ",".join(str(item) for item in case.inputs if not isinstance(item, str))
    return f"{case.type}({scalars};{options};{case.dtype})"


def arrays(case):
    """The inputs of `case`, in order: the same ones on every machine."""
    return [_array(kind, position, case) for position, kind in enumerate(case.inputs)]


def _array(kind, position, case):
    if kind == "t":
        return np.array(7, np.int64)
    if kind == "i":
        return np.array(ROWS, np.int32)
    if not isinstance(kind, str):
        return np.array(kind, case.dtype)
    shape = (len(ROWS), *SHAPE[1:]) if kind == "g" and "i" in case.inputs else SHAPE
    values = _numbers(int(np.prod(shape)), position).reshape(shape)
    if kind[0] == "s":  # at least the square of a mean of gradients
        values = np.abs(values) + (4.0 if kind == "s2" else 0.05)
    return values.astype(case.dtype)


def _numbers(count, salt):
    """Multiples of 1/16 within [-2, 2], zero among them."""
    return ((np.arange(count) * 29 + salt * 17) % 65 - 32) / 16.0


def references(case):
    """The positions of the variable and its slots."""
    return [i for i, kind in enumerate(case.inputs) if kind in ("r", "s", "s2")]
