"""Cumulative distribution functions of the normal and the Laplace distribution, and their kin."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, selecting, shape_of
from stillflow.ops.array.constants import constant
from stillflow.ops.math import arithmetic, comparison, elementwise, special

# Between these, log_ndtr is computed as the logarithm of ndtr; beyond them by series.
LOGNDTR_FLOAT64_LOWER = np.array(-20, np.float64)
LOGNDTR_FLOAT32_LOWER = np.array(-10, np.float32)
LOGNDTR_FLOAT64_UPPER = np.array(8, np.float64)
LOGNDTR_FLOAT32_UPPER = np.array(5, np.float32)
_LIMITS = {
    np.float64: (LOGNDTR_FLOAT64_LOWER, LOGNDTR_FLOAT64_UPPER),
    np.float32: (LOGNDTR_FLOAT32_LOWER, LOGNDTR_FLOAT32_UPPER),
}


def ndtr(x: Any, name: str = "ndtr") -> Tensor:
    """Returns the probability of a standard normal number below `x`, f[...].

    Raises:
      TypeError: `x` is neither float32 nor float64.
    """
    with name_scope(name, values=[x]):
        return _ndtr(_single_or_double(x, "x"))


def _single_or_double(value: Any, name: str) -> Tensor:
    value = convert_to_tensor(value, name=name)
    if value.dtype.as_numpy_dtype not in (np.float32, np.float64):
        raise TypeError(
            f"{name}.dtype={value.dtype} is not handled, see docstring for supported types."
        )
    return value


def _ndtr(x: Tensor) -> Tensor:
    half_root_2 = constant(0.5 * np.sqrt(2.0), dtype=x.dtype, name="half_sqrt_2")
    w = x * half_root_2
    z = elementwise.abs_(w)
    is_small = comparison.less(z, half_root_2)
    small = 1.0 + special.erf(w)
    is_positive = comparison.greater(w, 0.0)
    positive = 2.0 - special.erfc(z)
    large = selecting.where_v2(is_positive, positive, special.erfc(z))
    return 0.5 * selecting.where_v2(is_small, small, large)


def log_ndtr(x: Any, series_order: int = 3, name: str = "log_ndtr") -> Tensor:
    """Returns the logarithm of `ndtr`, f[...], precise also far from 0.

    Args:
      series_order: how many terms of a series are used far below 0.

    Raises:
      TypeError: `x` is neither float32 nor float64, or `series_order` no int.
      ValueError: `series_order` is not from 0 to 30.
    """
    if not isinstance(series_order, int):
        raise TypeError("series_order must be a Python integer.")
    if series_order < 0:
        raise ValueError("series_order must be non-negative.")
    if series_order > 30:
        raise ValueError("series_order must be <= 30.")
    with name_scope(name, values=[x]):
        x = convert_to_tensor(x, name="x")
        kind = x.dtype.as_numpy_dtype
        if kind not in _LIMITS:
            raise TypeError(f"x.dtype={x.dtype} is not supported.")
        lower, upper = _LIMITS[kind]
        is_above = comparison.greater(x, upper)
        above = -_ndtr(-x)
        is_between = comparison.greater(x, lower)
        between = elementwise.log(_ndtr(arithmetic.maximum(x, lower)))
        below = _log_ndtr_below(arithmetic.minimum(x, lower), series_order)
        rest = selecting.where_v2(is_between, between, below)
        return selecting.where_v2(is_above, above, rest)


def _log_ndtr_below(x: Tensor, series_order: int) -> Tensor:
    square = elementwise.square(x)
    scale = -0.5 * square - elementwise.log(-x) - 0.5 * np.log(2.0 * np.pi)
    return scale + elementwise.log(_asymptotic_series(x, series_order))


def _asymptotic_series(x: Tensor, series_order: int) -> Any:
    """1 + sum over n of (-1)^n (2n - 1)!! / x^2n"""
    kind = x.dtype.as_numpy_dtype
    if series_order <= 0:
        return np.array(1, kind)
    square = elementwise.square(x)
    even, odd = filling.zeros_like(x), filling.zeros_like(x)
    power = square
    for n in range(1, series_order + 1):
        term = np.array(_double_factorial(2 * n - 1), kind) / power
        if n % 2:
            odd += term
        else:
            even += term
        power *= square
    return 1.0 + even - odd


def _double_factorial(n: int) -> Any:
    return np.prod(np.arange(n, 1, -2))


# Of Cephes' ndtri, by rising power: near the middle, near the ends, and nearer still.
_MIDDLE = (
    [
        -1.2391658386738125,
        13.931260938727968,
        -56.67628574690703,
        98.00107541859997,
        -59.96335010141079,
    ],
    [
        -1.1833162112133,
        15.90562251262117,
        -82.03722561683334,
        200.26021238006066,
        -225.46268785411937,
        86.36024213908905,
        4.676279128988815,
        1.9544885833814176,
        1.0,
    ],
)
_NEAR = (
    [
        -0.0008574567851546854,
        -0.03504246268278482,
        -0.1402560791713545,
        2.1866330685079025,
        14.684956192885803,
        44.08050738932008,
        57.16281922464213,
        31.525109459989388,
        4.0554489230596245,
    ],
    [
        -0.0009332594808954574,
        -0.03808064076915783,
        -0.14218292285478779,
        2.504649462083094,
        15.04253856929075,
        41.3172038254672,
        45.39076351288792,
        15.779988325646675,
        1.0,
    ],
)
_NEARER = (
    [
        6.239745391849833e-09,
        2.6580697468673755e-06,
        0.00030158155350823543,
        0.012371663481782003,
        0.20148538954917908,
        1.3330346081580755,
        3.9388102529247444,
        6.915228890689842,
        3.2377489177694603,
    ],
    [
        6.790194080099813e-09,
        2.8924786474538068e-06,
        0.00032801446468212774,
        0.013420400608854318,
        0.21623699359449663,
        1.3770209948908132,
        3.6798356385616087,
        6.02427039364742,
        1.0,
    ],
)


def ndtri(p: Any, name: str = "ndtri") -> Tensor:
    """Returns the number of which `ndtr` is `p`, f[...] (Moshier's Cephes library).

    Raises:
      TypeError: `p` is neither float32 nor float64.
    """
    with name_scope(name, values=[p]):
        return _ndtri(_single_or_double(p, "p"))


def _ndtri(p: Tensor) -> Tensor:
    kind = p.dtype.as_numpy_dtype
    lower = selecting.where_v2(p > -np.expm1(-2.0), 1.0 - p, p)
    is_nothing = lower <= 0.0
    half = filling.fill(shape_of.shape(p), np.array(0.5, kind))
    lower = selecting.where_v2(is_nothing, half, lower)

    w = lower - 0.5
    ww = w**2
    middle = w + w * ww * _ratio(ww, _MIDDLE)
    middle *= -np.sqrt(2.0 * np.pi)

    z = elementwise.sqrt(-2.0 * elementwise.log(lower))
    first = z - elementwise.log(z) / z
    nearer = _ratio_of_inverse(z, _NEARER)
    near = _ratio_of_inverse(z, _NEAR)
    x_nearer = first - nearer
    x_near = first - near
    is_middle = lower > np.exp(-2.0)
    ends = selecting.where_v2(z >= 8.0, x_nearer, x_near)
    x = selecting.where_v2(is_middle, middle, ends)
    x = selecting.where_v2(p > 1.0 - np.exp(-2.0), x, -x)
    one = constant(np.inf, dtype=p.dtype)
    infinity = filling.fill(shape_of.shape(p), one)
    is_least, least = p <= 0.0, -infinity
    return selecting.where_v2(is_least, least, selecting.where_v2(p >= 1.0, infinity, x))


def _ratio(x: Tensor, coefficients: tuple[list[float], list[float]]) -> Tensor:
    return _polynomial(x, coefficients[0]) / _polynomial(x, coefficients[1])


def _ratio_of_inverse(z: Tensor, coefficients: tuple[list[float], list[float]]) -> Tensor:
    above = _polynomial(1.0 / z, coefficients[0])
    return above / _polynomial(1.0 / z, coefficients[1]) / z


def _polynomial(x: Tensor, coefficients: list[float]) -> Tensor:
    """By Horner's rule, which adds a zero to the highest coefficient as TensorFlow does."""
    made = filling.zeros_like(x)
    for coefficient in reversed(np.array(coefficients, x.dtype.as_numpy_dtype)):
        made = coefficient + made * x
    return made


def erfinv(x: Any, name: str = "erfinv") -> Tensor:
    """Returns the number of which `tf.erf` is `x`, f[...].

    Raises:
      TypeError: `x` is neither float32 nor float64.
    """
    with name_scope(name, values=[x]):
        x = _single_or_double(x, "x")
        return ndtri((x + 1.0) / 2.0) / np.sqrt(2)


def log_cdf_laplace(x: Any, name: str = "log_cdf_laplace") -> Tensor:
    """Returns the log-probability of a standard Laplace number below `x`, f[...]."""
    with name_scope(name, values=[x]):
        x = convert_to_tensor(x, name="x")
        below = -np.log(2.0) + x
        tail = elementwise.exp(-elementwise.abs_(x))
        above = elementwise.log1p(-0.5 * tail)
        return selecting.where_v2(x < 0.0, below, above)
