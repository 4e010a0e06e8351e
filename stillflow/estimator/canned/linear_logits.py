"""`tf.estimator.experimental.linear_logit_fn_builder`: logits as weighted sums of columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes, nest
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.input.columns import feature_layers, linear_model
from stillflow.input.columns.column import is_new
from stillflow.ops.array.shape_of import size
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import identity
from stillflow.ops.math.arithmetic import add_n
from stillflow.ops.math.casts import cast, to_float
from stillflow.ops.math.comparison import equal
from stillflow.ops.nn.moments import zero_fraction
from stillflow.ops.summaries.histogram import histogram
from stillflow.ops.summaries.scalar import scalar
from stillflow.ops.variables.partitioned import PartitionedVariable


def linear_logit_fn_builder(
    units: int, feature_columns: Any, sparse_combiner: str = "sum"
) -> Callable[[dict[str, Any]], Tensor]:
    """Returns a function from features to logits, f32[n, units].

    Args:
      feature_columns: columns of numbers or of categories.
      sparse_combiner: what becomes of several categories: "sum", "mean" or "sqrtn".
    """

    def linear_logit_fn(features: dict[str, Any]) -> Tensor:
        build = _logits if are_new(feature_columns) else _logits_of_old
        logits, bias, weights = build(features, feature_columns, units, sparse_combiner)
        if units > 1:
            histogram("bias", bias)
        else:
            scalar("bias", bias[0][0])
        scalar("fraction_of_zero_weights", fraction_of_zero(weights))
        return logits

    return linear_logit_fn


def are_new(feature_columns: Any) -> bool:
    """Whether all columns are of the newer protocol."""
    return all(is_new(column) for column in feature_columns)


def _logits(features: Any, columns: Any, units: int, combiner: str) -> tuple[Tensor, Any, Any]:
    model = feature_layers.LinearModel(columns, units, combiner, name="linear_model")
    logits = model(features)
    weights = [variable for variable in model.variables if variable is not model.bias]
    return logits, _parts([model.bias]), _parts(weights)


def _logits_of_old(
    features: Any, columns: Any, units: int, combiner: str
) -> tuple[Tensor, Any, Any]:
    model = linear_model.LinearModel(columns, units, combiner, name="linear_model")
    logits = model(features)
    variables = dict(model.cols_to_vars())
    bias = variables.pop("bias")
    return logits, bias, _parts(variables.values())


def _parts(variables: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for variable in variables:
        is_many = isinstance(variable, (PartitionedVariable, list))
        found.extend(variable if is_many else [variable])
    return found


def fraction_of_zero(variables: Any) -> Tensor:
    """How much of the elements of all variables is 0: f32[], NaN without any."""
    with name_scope("zero_fraction"):
        variables = nest.flatten(variables)
        with name_scope("total_size"):
            sizes = [size(each, out_type=dtypes.int64) for each in variables]
            elements = add_n(sizes)
        with name_scope("total_zero"):
            zeros = [_zeros(*each) for each in zip(variables, sizes, strict=True)]
            zero = add_n(zeros)
        with name_scope("compute"):
            fraction = zero / cast(elements, dtypes.float32, name="float32_size")
        return identity(fraction, name="zero_fraction_or_nan")


def _zeros(variable: Any, elements: Tensor) -> Tensor:
    return cond(
        equal(elements, constant(0, dtype=dtypes.int64)),
        true_fn=lambda: constant(0, dtype=dtypes.float32),
        false_fn=lambda: zero_fraction(variable) * to_float(elements),
        name="zero_count",
    )
