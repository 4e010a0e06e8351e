"""What TensorFlow's graph optimizer makes of arithmetic with constants before a run.

Of its many rules these change values: where something overflows, is lost in a rounding, or has no
value. `log(1 - p + 1e-7)` for p = 1 is one that programs meet: 1 + 1e-7 is rounded before the
difference is taken.
"""

from __future__ import annotations

import numpy as np

from stillflow.declare.numpy.namespace import NUMPY
from stillflow.declare.opdef import OpDef
from stillflow.declare.rewriting import Instead, Operand, Seen, constant_operand
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.ops.math import arithmetic, division, elementwise

# Of sums and of products: the ops that join, the op that takes away.
_SUMS = ((arithmetic.add_v2, arithmetic.add), arithmetic.subtract)
_PRODUCTS = ((arithmetic.multiply,), division.divide_op)
_LOW_PRECISION = (dtypes.bfloat16, dtypes.float16)


def _may_regroup(dtype: DType) -> bool:
    """Not strings, which add up in one order only, nor numbers of low precision."""
    is_number = dtype.is_integer or dtype.is_floating or dtype.is_complex
    return is_number and dtype not in _LOW_PRECISION


def _family(defn: OpDef):
    return next((f for f in (_SUMS, _PRODUCTS) if defn in (*f[0], f[1])), None)


def _constant_index(seen: Seen) -> int | None:
    """The index of the one operand that is a constant."""
    at = [i for i, operand in enumerate(seen.operands) if operand.constant is not None]
    return at[0] if len(at) == 1 and len(seen.operands) == 2 else None


def _is_inexact(seen: Seen) -> bool:
    return seen.dtype.is_floating or seen.dtype.is_complex


def _computed(defn: OpDef, x: np.ndarray, y: np.ndarray) -> Operand:
    with np.errstate(all="ignore"):
        return constant_operand(np.asarray(defn.fn(NUMPY, x, y)))


def constants_together(seen: Seen) -> Instead | None:
    """(x + c) - d is computed as x + (c - d), (x * c) * d as x * (c * d), and so on."""
    family, at = _family(seen.defn), _constant_index(seen)
    if family is None or at is None or not _may_regroup(seen.dtype):
        return None
    child = seen.producer(1 - at)
    inner = None if child is None else _constant_index(child)
    if child is None or inner is None or _family(child.defn) is not family:
        return None
    joins, takes_away = family
    is_joined, is_inner_joined = seen.defn in joins, child.defn in joins
    if not (is_joined and is_inner_joined) and not _is_inexact(seen):
        return None
    outer_constant, inner_constant = seen.operands[at].constant, child.operands[inner].constant
    assert outer_constant is not None
    assert inner_constant is not None
    if outer_constant.dtype != inner_constant.dtype:  # a damaged graph, which its run refuses
        return None
    # Which of the three terms are taken away.
    is_child_taken = not is_joined and at == 0
    outer = not is_joined and at == 1
    of_x = (not is_inner_joined and inner == 0) != is_child_taken
    of_inner = (not is_inner_joined and inner == 1) != is_child_taken
    first, second = outer_constant, inner_constant
    if outer:
        first, second = second, first
    both = _computed(takes_away if outer != of_inner else joins[0], first, second)
    x = child.operands[1 - inner]
    result = takes_away if of_x or (outer and of_inner) else joins[0]
    return Instead(result, (both, x) if of_x else (x, both))


def multiplied_by_reciprocal(seen: Seen) -> Instead | None:
    """x / c is computed as x * (1 / c)."""
    divisor, dividend = seen.operands[1].constant, seen.operands[0].constant
    if divisor is None or dividend is not None or not _is_inexact(seen):
        return None
    return Instead(
        arithmetic.multiply,
        (seen.operands[0], _computed(division.real_divide, np.ones((), divisor.dtype), divisor)),
    )


def _is_one_added(seen: Seen, at: int) -> bool:
    """Whether operand `at` is 1 throughout, and no larger than the other operand."""
    value = seen.operands[at].constant
    if value is None or not np.all(value == 1):
        return False
    sizes = seen.shape(1 - at)
    return value.ndim == 0 or (sizes is not None and None not in sizes and value.shape == sizes)


def log_of_sum_with_one(seen: Seen) -> Instead | None:
    """log(x + 1) is computed as log1p(x)."""
    child = seen.producer(0)
    if child is None or child.defn not in _SUMS[0]:
        return None
    at = next((i for i in (1, 0) if _is_one_added(child, i)), None)
    return None if at is None else Instead(elementwise.log1p, (child.operands[1 - at],))


def exp_less_one(seen: Seen) -> Instead | None:
    """exp(x) - 1 is computed as expm1(x)."""
    child = seen.producer(0)
    if child is None or child.defn is not elementwise.exp or not _is_one_added(seen, 1):
        return None
    return Instead(elementwise.expm1, child.operands)


_POWERS = {
    2.0: elementwise.square,
    0.5: elementwise.sqrt,
    -0.5: elementwise.rsqrt,
    -1.0: elementwise.reciprocal,
}


def power_of_constant(seen: Seen) -> Instead | None:
    """pow(x, 2) is computed as square(x), pow(x, 0.5) as sqrt(x), and so on."""
    exponent = seen.operands[1].constant
    if exponent is None or exponent.ndim or not _is_inexact(seen):
        return None
    function = _POWERS.get(complex(exponent).real) if complex(exponent).imag == 0 else None
    return None if function is None else Instead(function, seen.operands[:1])


for _defn in (*_SUMS[0], _SUMS[1], *_PRODUCTS[0], _PRODUCTS[1]):
    _defn.rewrite(constants_together)
division.real_divide.rewrite(multiplied_by_reciprocal)
arithmetic.subtract.rewrite(exp_less_one)
elementwise.log.rewrite(log_of_sum_with_one)
arithmetic.pow_op.rewrite(power_of_constant)
