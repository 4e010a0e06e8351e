"""Weights of examples, which a head finds among the features."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.input.columns.features import LazyBuilder
from stillflow.input.columns.numeric import NumericColumn, numeric_column
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import expand_dims
from stillflow.ops.array.shape_of import shape
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.debug.checks import assert_equal
from stillflow.ops.math.casts import to_float
from stillflow.ops.math.comparison import equal
from stillflow.ops.reduce.reductions import reduce_all, reduce_any

_SHAPES = "weights shape must be [D0, D1, ... DN] or [D0, D1, ... DN, 1]"
_SHAPES_OF_EACH = (
    "weights shape must be [D0, D1, ... DN], [D0, D1, ... DN, 1] or "
    "[D0, D1, ... DN, logits_dimension]"
)


def weights_like(
    features: dict[str, Any], weight_column: Any, logits: Tensor, each_logit: bool = False
) -> Any:
    """The weights of logits n[..., k]: 1 without a column, else f32[..., 1] or with `each_logit`
    also f32[..., k].

    Raises:
      TypeError: the column is neither a name nor a numeric column.
      ValueError: its values are no numbers.
    """
    with name_scope(None, "weights", (*features.values(), logits)) as scope:
        if weight_column is None:
            return 1.0
        weights = to_float(_values(features, weight_column), name="weights")
        own = shape(weights, name="weights_shape")
        theirs = shape(logits, name="logits_shape")
        message = _SHAPES_OF_EACH if each_logit else _SHAPES
        ranks = weights.shape.ndims, logits.shape.ndims
        if None not in ranks and ranks[0] == ranks[1] - 1:  # type: ignore[operator]
            fits = assert_equal(theirs[:-1], own, message=message, data=_shown(own, theirs))
            with control_dependencies([fits]):
                return expand_dims(weights, -1, name=scope)
        of_rows = concat([theirs[:-1], [1]], axis=0)
        check = _is_either if each_logit else _is_of_rows
        with control_dependencies([check(own, theirs, of_rows)]):
            return identity(weights, name=scope)


def _values(features: dict[str, Any], weight_column: Any) -> Tensor:
    if isinstance(weight_column, str):
        weight_column = numeric_column(key=weight_column, shape=(1,))
    if not isinstance(weight_column, NumericColumn):
        raise TypeError(
            "Weight column must be either a string or _NumericColumn. Given type: "
            f"{type(weight_column)}."
        )
    values = weight_column._get_dense_tensor(LazyBuilder(features))
    if not (values.dtype.is_floating or values.dtype.is_integer):
        raise ValueError(f"Weight column should be castable to float. Given dtype: {values.dtype}")
    return values


def _is_of_rows(own: Tensor, theirs: Tensor, of_rows: Tensor) -> Operation:
    return assert_equal(of_rows, own, message=_SHAPES, data=_shown(own, theirs))


def _is_either(own: Tensor, theirs: Tensor, of_rows: Tensor) -> Operation:
    holds = reduce_any([reduce_all(equal(theirs, own)), reduce_all(equal(of_rows, own))])
    return assert_that(holds, [_SHAPES_OF_EACH, *_shown(own, theirs)])


def _shown(own: Tensor, theirs: Tensor) -> list[Any]:
    return ["logits_shape: ", theirs, "weights_shape: ", own]
