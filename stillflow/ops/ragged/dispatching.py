"""What functions of tensors make of ragged ones: see `declare.composites`.

Functions of elements are of the flat values, in common rows; others have a namesake for ragged
tensors beside this.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import OpDef
from stillflow.graph.operation import Tensor
from stillflow.ops.array import (
    batch_gather,
    filling,
    gathering,
    joining,
    one_hot,
    partition,
    reshaping,
    selecting,
    shape_of,
    stacking,
    tiling,
)
from stillflow.ops.control import ordering
from stillflow.ops.debug import asserting
from stillflow.ops.math import (
    arithmetic,
    casts,
    clip,
    comparison,
    complex_numbers,
    conjugate,
    division,
    elementwise,
)
from stillflow.ops.parsing import serialized
from stillflow.ops.ragged import arranging, broadcasting, choosing, partitioning, reducing
from stillflow.ops.ragged import joining as ragged_joining
from stillflow.ops.ragged.mapping import map_flat_values
from stillflow.ops.ragged.ragged_tensor import (
    RaggedTensor,
    convert_to_tensor_or_ragged_tensor,
    is_ragged,
)
from stillflow.ops.reduce import reductions, segments
from stillflow.ops.strings import hashing, numbers, parts, regex
from stillflow.ops.strings import joining as string_joining

Given = dict[str, Any]

# The types of the operations of elements.
_UNARY_OPS = frozenset(
    [
        "Invert",
        "Acos",
        "Acosh",
        "Asin",
        "Asinh",
        "Atan",
        "Atanh",
        "Ceil",
        "Cos",
        "Cosh",
        "Digamma",
        "Erf",
        "Erfc",
        "Exp",
        "Expm1",
        "Floor",
        "IsFinite",
        "IsInf",
        "IsNan",
        "Lgamma",
        "Log",
        "Log1p",
        "LogicalNot",
        "Neg",
        "Reciprocal",
        "Rint",
        "Rsqrt",
        "Sign",
        "Sin",
        "Sinh",
        "Sqrt",
        "Square",
        "Tan",
        "AsString",
        "DecodeBase64",
        "EncodeBase64",
        "StringStrip",
        "StringToHashBucket",
        "StringToHashBucketFast",
        "StringToHashBucketStrong",
        "StringToNumber",
        "UnicodeScript",
    ]
)
_BINARY_OPS = frozenset(
    [
        "BitwiseAnd",
        "BitwiseOr",
        "BitwiseXor",
        "LeftShift",
        "RightShift",
        "Add",
        "AddV2",
        "Atan2",
        "FloorMod",
        "Greater",
        "GreaterEqual",
        "Less",
        "LessEqual",
        "LogicalAnd",
        "LogicalOr",
        "Maximum",
        "Minimum",
        "Mul",
        "RealDiv",
        "SquaredDifference",
        "Sub",
        "TruncateDiv",
        "TruncateMod",
    ]
)
_UNARY = {
    *(asserting.check_numerics, ordering.identity, filling.ones_like, filling.zeros_like),
    *(clip.clip_by_value, clip.saturate_cast, elementwise.abs_, elementwise.log_sigmoid),
    *(elementwise.round_, complex_numbers.angle, complex_numbers.imag, complex_numbers.real),
    *(casts.cast, conjugate.conj, serialized.decode_compressed, numbers.string_to_number),
    *(hashing.string_to_hash_bucket, regex.regex_full_match, regex.regex_replace, parts.substr),
    *(parts.string_length, parts.string_length_v2, one_hot.one_hot),
}
_BINARY = {
    *(complex_numbers.complex_, division.div_no_nan, division.divide, division.floordiv),
    *(division.truediv, division.div, comparison.equal, comparison.not_equal),
    *(comparison.logical_xor, arithmetic.pow_),
}
_OF_LISTS = {arithmetic.add_n, string_joining.string_join}


def carry_out(function: Any, args: tuple, kwargs: Given) -> Any:
    """What `function` gives for arguments of which one is ragged; NotImplemented if nothing."""
    args, kwargs = _with_tensors(args), {name: _with_tensors(kwargs[name]) for name in kwargs}
    is_op = isinstance(function, OpDef)
    if function in _UNARY or (is_op and function.type in _UNARY_OPS):
        return _of_flat_values(function, args, kwargs)
    if function in _BINARY or (is_op and function.type in _BINARY_OPS):
        return _in_common_rows(function, args, kwargs)
    if function in _OF_LISTS:
        return map_flat_values(function, *args, **kwargs)
    own = _OWN.get(function)
    return NotImplemented if own is None else own(_given(function, args, kwargs))


def _with_tensors(value: Any) -> Any:
    """`value`, or what is in a list of it, with a RaggedTensor in place of the value of one."""
    if isinstance(value, (list, tuple)):
        parts = [_with_tensors(part) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    return convert_to_tensor_or_ragged_tensor(value) if is_ragged(value) else value


def _given(function: Any, args: tuple, kwargs: Given) -> Given:
    """The arguments of a call by name, those that are left out as None."""
    signature = inspect.signature(function)
    given = signature.bind(*args, **kwargs).arguments
    return {name: given.get(name) for name in signature.parameters}


def _of_flat_values(function: Any, args: tuple, kwargs: Given) -> Any:
    first, *_ = inspect.signature(function).parameters
    x = args[0] if args else kwargs.pop(first)
    if not is_ragged(x):
        return NotImplemented
    return x.with_flat_values(function(x.flat_values, *args[1:], **kwargs))


def _in_common_rows(function: Any, args: tuple, kwargs: Given) -> Any:
    names = list(inspect.signature(function).parameters)[:2]
    kwargs = dict(kwargs)
    x, y = [*args[:2], *(kwargs.pop(name) for name in names[len(args) :])]
    try:
        x, y = _as_operand(x, y), _as_operand(y, x)
    except (TypeError, ValueError):
        return NotImplemented
    x, y = broadcasting.with_common_rows(x, y)
    flat = [value.flat_values if is_ragged(value) else value for value in (x, y)]
    result = function(*flat, *args[2:], **kwargs)
    return (x if is_ragged(x) else y).with_flat_values(result)


def _as_operand(value: Any, other: Any) -> Any:
    return value if is_ragged(value) else convert_to_tensor(value, preferred_dtype=other.dtype)


# Functions with a namesake ------------------------------------------------------------------------


def _reducing(reduce: Callable[..., Any]) -> Callable[[Given], Any]:
    def reduced(given: Given) -> Any:
        axis = given.get("reduction_indices") if given["axis"] is None else given["axis"]
        keeps = given.get("keep_dims") or given["keepdims"]
        return reduce(given["input_tensor"], axis, keeps, given["name"])

    return reduced


def _of_segments(function: Any) -> Callable[[Given], Any]:
    def combined(given: Given) -> Any:
        ids, count = given["segment_ids"], given["num_segments"]
        return reducing.of_segments(function, given["data"], ids, count, name=given["name"])

    return combined


def _gathered(given: Given) -> Any:
    axis, batch_dims = given["axis"], given["batch_dims"]
    if not isinstance(axis or 0, int) or axis:
        raise ValueError("axis != 0 is not supported for ragged gather yet.")
    if not isinstance(batch_dims or 0, int) or batch_dims:
        raise ValueError("batch_dims != 0 is not supported for ragged gather yet.")
    return arranging.gather(given["params"], given["indices"], name=given["name"])


def _axis(given: Given, older: str) -> Any:
    return given[older] if given["axis"] is None else given["axis"]


def _partitioned(given: Given) -> list[Any]:
    count = given["num_partitions"]
    if not isinstance(count, int) or count < 0:
        raise TypeError("num_partitions must be a non-negative integer")
    stacked = partitioning.stack_dynamic_partitions(
        given["data"], given["partitions"], count, given["name"]
    )
    return [stacked[i] for i in range(count)]


def _join(given: Given) -> Any:
    return reducing.reduced(
        string_joining.reduce_join_v2,
        string_joining.unsorted_segment_join,
        given["inputs"],
        given["axis"],
        given["keepdims"],
        given["separator"] or "",
        given["name"] or "RaggedStringReduceJoin",
    )


def _rank(given: Given) -> Tensor:
    ragged: RaggedTensor = given["input"]
    rank = ragged.shape.ndims
    if rank is not None:
        return convert_to_tensor(rank)
    inner: Tensor = shape_of.rank(ragged.flat_values)
    return inner + ragged.ragged_rank


def _size(given: Given) -> Tensor:
    more = {} if given["out_type"] is None else {"out_type": given["out_type"]}
    return shape_of.size(given["input"].flat_values, name=given["name"], **more)


_OWN: dict[Any, Callable[[Given], Any]] = {
    batch_gather.batch_gather: lambda g: choosing.batch_gather(
        g["params"], g["indices"], g["name"]
    ),
    batch_gather.gather_nd: lambda g: choosing.gather_nd(
        g["params"], g["indices"], g["batch_dims"] or 0, g["name"]
    ),
    joining.concat: lambda g: ragged_joining.concat(g["values"], g["axis"], g["name"]),
    stacking.stack: lambda g: ragged_joining.stack(g["values"], g["axis"] or 0, g["name"]),
    reshaping.expand_dims: lambda g: arranging.expand_dims(g["input"], _axis(g, "dim"), g["name"]),
    reshaping.squeeze: lambda g: choosing.squeeze(g["input"], _axis(g, "squeeze_dims"), g["name"]),
    gathering.gather: _gathered,
    shape_of.rank: _rank,
    shape_of.size: _size,
    tiling.tile: lambda g: choosing.tile(g["input"], g["multiples"], g["name"]),
    selecting.where: lambda g: choosing.where(g["condition"], g["x"], g["y"], g["name"]),
    partition.dynamic_partition: _partitioned,
    gathering.unsorted_segment_sum: _of_segments(gathering.unsorted_segment_sum),
    segments.unsorted_segment_prod: _of_segments(segments.unsorted_segment_prod),
    segments.unsorted_segment_min: _of_segments(segments.unsorted_segment_min),
    segments.unsorted_segment_max: _of_segments(segments.unsorted_segment_max),
    segments.unsorted_segment_mean: _of_segments(segments.unsorted_segment_mean),
    segments.unsorted_segment_sqrt_n: _of_segments(segments.unsorted_segment_sqrt_n),
    string_joining.reduce_join_v2: _join,
    reductions.reduce_sum: _reducing(reducing.reduce_sum),
    reductions.reduce_prod: _reducing(reducing.reduce_prod),
    reductions.reduce_min: _reducing(reducing.reduce_min),
    reductions.reduce_max: _reducing(reducing.reduce_max),
    reductions.reduce_mean: _reducing(reducing.reduce_mean),
    reductions.reduce_any: _reducing(reducing.reduce_any),
    reductions.reduce_all: _reducing(reducing.reduce_all),
}
