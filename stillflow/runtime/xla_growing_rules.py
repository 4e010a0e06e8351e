"""Loops whose values grow: what equations do with arrays of which a turn uses the beginning.

Each rule computes for the sizes of the last turn, so that what a turn uses of the results follows
from what it uses of the arguments alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple, Protocol

import jax.numpy as jnp
import numpy as np
from jax import lax

from stillflow.runtime.xla_equations import bound
from stillflow.runtime.xla_holders import NotTraceable

Shape = tuple[int, ...]
Params = dict[str, list[Any]]  # of an equation, in each turn that was traced


class Numbers(Protocol):
    """Knows which turn it is."""

    def at(self, numbers: Sequence[Any]) -> Any:
        """What is `numbers` in the turns that were traced, now; int32[] if it differs."""


class Value(NamedTuple):
    """An array of the last turn's size, and its shape in each turn that was traced.

    room: an array that has more room along an axis and the same elements before that, or None.
    ends_in_zeros: whether those that the turn does not use are zeros.
    """

    array: Any
    shapes: tuple[Shape, ...]
    room: Any = None
    ends_in_zeros: bool = False

    @property
    def growing(self) -> list[int]:
        """The axes along which it has another size in another turn."""
        return [axis for axis, sizes in enumerate(zip(*self.shapes, strict=True)) if vary(sizes)]

    def sizes(self, axis: int) -> list[int]:
        return [shape[axis] for shape in self.shapes]


def _whole(walk: Numbers, eqn: Any, params: Params, inputs: list[Value], shapes: Any) -> list[Any]:
    """It takes element by element, or rearranges axes as they are."""
    _same_but(params, "shape")
    return bound(eqn, [value.array for value in inputs])


def _reshaped(
    walk: Numbers, eqn: Any, params: Params, inputs: list[Value], shapes: Any
) -> list[Any]:
    """What grows stays an axis of its own."""
    _same_but(params, "new_sizes")
    if _places(inputs[0].shapes) != _places(shapes[0]):
        raise NotTraceable("a reshape mixes an axis that grows with others")
    return bound(eqn, [inputs[0].array])


def _along_others(
    walk: Numbers, eqn: Any, params: Params, inputs: list[Value], shapes: Any
) -> list[Any]:
    """It works along an axis that does not grow."""
    _same_but(params)
    axis = eqn.params["axis" if "axis" in eqn.params else "dimension"]
    if any(axis in value.growing for value in inputs):
        raise NotTraceable(f"{eqn.primitive.name} along an axis that grows")
    return bound(eqn, [value.array for value in inputs])


def _summed_up(
    walk: Numbers, eqn: Any, params: Params, inputs: list[Value], shapes: Any
) -> list[Any]:
    """Forwards along an axis, what is behind the end does not matter."""
    _same_but(params)
    if eqn.params["reverse"] and eqn.params["axis"] in inputs[0].growing:
        raise NotTraceable(f"{eqn.primitive.name} backwards along an axis that grows")
    return bound(eqn, [inputs[0].array])


def _reduced(
    walk: Numbers, eqn: Any, params: Params, inputs: list[Value], shapes: Any
) -> list[Any]:
    _same_but(params)
    (value,) = inputs
    axes = [axis for axis in eqn.params["axes"] if axis in value.growing]
    neutral = _NEUTRAL[eqn.primitive.name](value.array.dtype)
    return bound(eqn, [_filled(walk, value, axes, neutral)])


def _product(
    walk: Numbers, eqn: Any, params: Params, inputs: list[Value], shapes: Any
) -> list[Any]:
    """Zeros stand for what is not there on both sides: nothing times infinity is no number."""
    _same_but(params)
    contracted, _ = eqn.params["dimension_numbers"]
    arrays = [
        value.array
        if value.ends_in_zeros
        else _filled(walk, value, [axis for axis in axes if axis in value.growing], 0)
        for value, axes in zip(inputs, contracted, strict=True)
    ]
    return bound(eqn, arrays)


def _joined(walk: Numbers, eqn: Any, params: Params, inputs: list[Value], shapes: Any) -> list[Any]:
    """Each array is put where the one before it ends, over what is behind that."""
    _same_but(params)
    axis = eqn.params["dimension"]
    if not any(axis in value.growing for value in inputs):
        return bound(eqn, [value.array for value in inputs])
    shape, first = shapes[0][-1], inputs[0]
    begin: Any = [0] * len(shapes[0])
    if first.room is not None and first.room.shape == shape:
        result, inputs = first.room, inputs[1:]  # in place, where nobody reads it later
        begin = first.sizes(axis)
    else:
        result = jnp.zeros(shape, first.array.dtype)
    for value in inputs:
        place: list[Any] = [np.int32(0)] * len(shape)
        place[axis] = jnp.int32(walk.at(begin))
        result = lax.dynamic_update_slice(result, value.array, place)
        begin = [a + b for a, b in zip(begin, value.sizes(axis), strict=True)]
    return [result]


def _sliced(walk: Numbers, eqn: Any, params: Params, inputs: list[Value], shapes: Any) -> list[Any]:
    """A part whose place may move, or whose size may grow, but not both."""
    _same_but(params, "start_indices", "limit_indices")
    starts = list(zip(*params["start_indices"], strict=True))
    moving = [axis for axis, places in enumerate(starts) if vary(places)]
    if not moving:
        return bound(eqn, [inputs[0].array])
    if eqn.params["strides"] is not None or any(grow(shape) for shape in shapes):
        raise NotTraceable("a part of what grows in a loop moves")
    places = [jnp.int32(walk.at(place)) for place in starts]
    return [lax.dynamic_slice(inputs[0].array, places, shapes[0][-1])]


def _gathered(
    walk: Numbers, eqn: Any, params: Params, inputs: list[Value], shapes: Any
) -> list[Any]:
    """Rows of what does not grow, or whole along the axes that do."""
    _same_but(params, "slice_sizes")
    operand, _ = inputs
    sizes = params["slice_sizes"]
    chosen = eqn.params["dimension_numbers"].start_index_map
    for axis in operand.growing:
        if axis in chosen or [size[axis] for size in sizes] != operand.sizes(axis):
            raise NotTraceable("a gather along an axis that grows")
    return bound(eqn, [value.array for value in inputs])


def ended(walk: Numbers, value: Value) -> Any:
    """The array of `value`, with zeros behind its ends."""
    return value.array if value.ends_in_zeros else _filled(walk, value, value.growing, 0)


def keeps_ends(name: str, params: Params, inputs: Sequence[Value]) -> bool:
    """Whether what an equation makes of what ends in zeros does so, too."""
    if not all(value.ends_in_zeros or not value.growing for value in inputs):
        return False
    if name == "slice":
        limits = zip(*params["limit_indices"], strict=True)
        ends = [list(found) for found in limits]
        return all(ends[axis] == inputs[0].sizes(axis) for axis in inputs[0].growing)
    return name in ("transpose", "squeeze", "reshape", "concatenate", "copy")


def _filled(walk: Numbers, value: Value, axes: Sequence[int], neutral: Any) -> Any:
    """`value` with `neutral` behind its ends along `axes`."""
    array = value.array
    for axis in axes:
        place = lax.broadcasted_iota(np.int32, array.shape, axis)
        is_there = place < walk.at(value.sizes(axis))
        array = jnp.where(is_there, array, jnp.asarray(neutral, array.dtype))
    return array


def vary(values: Sequence[Any]) -> bool:
    return any(value != values[0] for value in values)


def grow(shapes: Sequence[Shape]) -> bool:
    return len(set(shapes)) > 1


def differ(values: Sequence[Any]) -> bool:
    """Functions within parameters are the same if they read the same."""
    return any(value != values[0] and str(value) != str(values[0]) for value in values)


def _same_but(params: dict[str, list[Any]], *names: str) -> None:
    if any(differ(values) for name, values in params.items() if name not in names):
        raise NotTraceable("turns of a loop that grows differ")


def _places(shapes: Sequence[Shape]) -> list[tuple[tuple[int, int], ...]]:
    """Of each axis that grows, in each form: how many elements lie before it, and its size."""
    return [
        tuple((prod(shape[:axis]), shape[axis]) for shape in shapes)
        for axis, sizes in enumerate(zip(*shapes, strict=True))
        if vary(sizes)
    ]


def _lowest(dtype: Any) -> Any:
    return -np.inf if jnp.issubdtype(dtype, jnp.floating) else jnp.iinfo(dtype).min


def _highest(dtype: Any) -> Any:
    return np.inf if jnp.issubdtype(dtype, jnp.floating) else jnp.iinfo(dtype).max


_NEUTRAL: dict[str, Callable[[Any], Any]] = {
    "reduce_sum": lambda dtype: 0,
    "reduce_prod": lambda dtype: 1,
    "reduce_max": _lowest,
    "reduce_min": _highest,
    "reduce_and": lambda dtype: True,
    "reduce_or": lambda dtype: False,
    "argmax": _lowest,
    "argmin": _highest,
}
_ELEMENTWISE = (
    *("add", "add_any", "sub", "mul", "div", "rem", "neg", "abs", "sign", "max", "min", "pow"),
    *("exp", "exp2", "expm1", "log", "log1p", "tanh", "logistic", "erf", "erfc", "sqrt", "rsqrt"),
    *("square", "integer_pow", "cbrt", "sin", "cos", "tan", "floor", "ceil", "round", "is_finite"),
    *("eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not", "xor", "select_n", "clamp"),
    *("asin", "acos", "atan", "atan2", "sinh", "cosh", "asinh", "acosh", "atanh", "erf_inv"),
    *("lgamma", "digamma", "nextafter", "shift_left", "shift_right_logical", "real", "imag"),
    *("shift_right_arithmetic", "bitcast_convert_type", "convert_element_type", "copy", "copy_p"),
    *("stop_gradient", "optimization_barrier"),
)
RULES: dict[str, Callable[..., list[Any]]] = {
    **dict.fromkeys(_ELEMENTWISE, _whole),
    **dict.fromkeys(("transpose", "squeeze", "broadcast_in_dim", "iota"), _whole),
    **dict.fromkeys(("split", "sort"), _along_others),
    **dict.fromkeys(("cumsum", "cumprod", "cummax", "cummin"), _summed_up),
    **dict.fromkeys(_NEUTRAL, _reduced),
    "reshape": _reshaped,
    "dot_general": _product,
    "concatenate": _joined,
    "slice": _sliced,
    "gather": _gathered,
}
