"""The networks of canned estimators: a deep one and a linear one, from feature columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stillflow.graph.scopes import get_collection
from stillflow.input.columns.contrib.column import ContribColumn
from stillflow.input.columns.contrib.embedding import EmbeddingColumn
from stillflow.input.columns.contrib.layers import (
    input_from_feature_columns,
    joint_weighted_sum_from_feature_columns,
    weighted_sum_from_feature_columns,
)
from stillflow.input.columns.input_layer import input_layer
from stillflow.input.columns.linear_model import linear_model
from stillflow.layers.contrib.dense import dropout, fully_connected
from stillflow.learn.estimators.model_fn_ops import ModeKeys
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.math.trigonometric import tanh
from stillflow.ops.nn.activations import relu
from stillflow.ops.nn.moments import zero_fraction
from stillflow.ops.summaries.histogram import histogram
from stillflow.ops.summaries.scalar import scalar
from stillflow.ops.variables.partitioners import min_max_variable_partitioner
from stillflow.ops.variables.scope import variable_scope

MIN_SLICE_SIZE = 64 << 20
_ACTIVATIONS = {"relu": relu, "tanh": tanh, "sigmoid": sigmoid}


def as_dict(features: Any) -> dict[Any, Any]:
    """Features by name; a single tensor has the name ""."""
    return features if isinstance(features, dict) else {"": features}


def activation_of(activation: Any) -> Any:
    """The function, or the one of that name; ValueError for another name."""
    if not isinstance(activation, str):
        return activation
    if activation not in _ACTIVATIONS:
        raise ValueError(
            f"Activation name should be one of [{', '.join(_ACTIVATIONS)}], you provided "
            f"{activation}."
        )
    return _ACTIVATIONS[activation]


def optimizer_of(optimizer: Any) -> Any:
    """The optimizer or its name, or what a function gives."""
    return optimizer() if callable(optimizer) else optimizer


def slices(config: Any, min_slice_size: int | None = None) -> Callable[..., Any]:
    """Splits large variables over the parameter servers of a cluster."""
    servers = config.num_ps_replicas if config else 0
    if min_slice_size is None:
        return min_max_variable_partitioner(max_partitions=servers)
    return min_max_variable_partitioner(max_partitions=servers, min_slice_size=min_slice_size)


def deep_logits(
    features: dict[Any, Any],
    columns: Sequence[Any],
    units: int,
    hidden_units: Sequence[int],
    activation: Any,
    dropout_rate: float | None,
    mode: str,
    separator: str,
    partitioner: Callable[..., Any],
    collection: str = "dnn",
) -> tuple[Any, str]:
    """(logits [n, units], the name of the input's scope); within the scope of the network.

    Args:
      separator: between a layer's name and those of its summaries.
      partitioner: of the variables of the input.
      collection: where its variables go.
    """
    values = tuple(features.values())
    with variable_scope(
        "input_from_feature_columns", values=values, partitioner=partitioner
    ) as input_scope:
        if are_of_contrib(columns):
            net = input_from_feature_columns(
                columns_to_tensors=features, feature_columns=columns,
                weight_collections=[collection], scope=input_scope,
            )  # fmt: skip
        else:
            net = input_layer(
                features=features, feature_columns=columns, weight_collections=[collection]
            )
    for number, size in enumerate(hidden_units):
        with variable_scope(f"hiddenlayer_{number}", values=(net,)) as scope:
            net = fully_connected(
                net, size, activation_fn=activation, variables_collections=[collection],
                scope=scope,
            )  # fmt: skip
            if dropout_rate is not None and mode == ModeKeys.TRAIN:
                net = dropout(net, keep_prob=1.0 - dropout_rate)
        summarise(net, scope.name, separator)
    with variable_scope("logits", values=(net,)) as scope:
        logits = fully_connected(
            net, units, activation_fn=None, variables_collections=[collection], scope=scope
        )
    summarise(logits, scope.name, separator)
    return logits, input_scope.name


def linear_logits(
    features: dict[Any, Any],
    columns: Sequence[Any],
    units: int,
    is_joint: bool,
    scope: Any,
    collection: str = "linear",
) -> Any:
    """logits [n, units], within `scope`; `is_joint` for the weights of all columns in one."""
    if not are_of_contrib(columns):
        return linear_model(
            features=features, feature_columns=columns, units=units,
            weight_collections=[collection],
        )  # fmt: skip
    layer: Any = weighted_sum_from_feature_columns
    if is_joint:
        layer = joint_weighted_sum_from_feature_columns
    logits, _, _ = layer(
        columns_to_tensors=features, feature_columns=columns, num_outputs=units,
        weight_collections=[collection], scope=scope,
    )  # fmt: skip
    return logits


def are_of_contrib(columns: Sequence[Any]) -> bool:
    return all(isinstance(column, ContribColumn) for column in columns)


def summarise(value: Any, layer: str, separator: str) -> None:
    scalar(f"{layer}{separator}fraction_of_zero_values", zero_fraction(value))
    histogram(f"{layer}{separator}activation", value)


def gradient_multipliers(
    rates: Mapping[Any, float] | None, collection: str, input_scope: str
) -> dict[Any, float] | None:
    """{variable: factor} of {embedding column: factor}, or None.

    Raises:
      ValueError: a column is of another kind, or has no variable.
    """
    if not rates:
        return None
    found = {}
    for column, rate in rates.items():
        if not isinstance(column, EmbeddingColumn):
            raise ValueError(
                "learning rate multipler can only be defined for embedding columns. It is defined "
                f"for {column}"
            )
        variables = get_collection(collection, f"{input_scope}/{column.name}")
        if not variables:
            raise ValueError(f"Couldn't find a variable for column {column}")
        found.update(dict.fromkeys(variables, rate))
    return found
