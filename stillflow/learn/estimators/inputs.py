"""What an estimator is given to train on: a function, or arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import is_tensor
from stillflow.graph.graph import Graph
from stillflow.input.columns.contrib.layers import infer_real_valued_columns
from stillflow.learn.feeding.feeders import setup_train_data_feeder
from stillflow.platform.deprecation import deprecated

_EXPLICITLY = "Please specify feature columns explicitly."


def verify_input_args(x: Any, y: Any, input_fn: Any, feed_fn: Any, batch_size: Any) -> None:
    """ValueError where a function and arrays are given, or neither, or tensors for arrays."""
    if input_fn is None:
        if x is None:
            raise ValueError("Either x or input_fn must be provided.")
        if is_tensor(x) or (y is not None and is_tensor(y)):
            raise ValueError("Inputs cannot be tensors. Please provide input_fn.")
        if feed_fn is not None:
            raise ValueError("Can not provide both feed_fn and x or y.")
    elif x is not None or y is not None:
        raise ValueError("Can not provide both input_fn and x or y.")
    elif batch_size is not None:
        raise ValueError("Can not provide both input_fn and batch_size.")


def input_and_feed_fn(
    x: Any,
    y: Any,
    input_fn: Callable[..., Any] | None,
    feed_fn: Callable[..., Any] | None,
    batch_size: int | None,
    shuffle: bool = False,
    epochs: int | None = 1,
) -> tuple[Callable[..., Any], Callable[..., Any] | None]:
    """(what builds the inputs, what feeds them): what is given, or a feeder of arrays."""
    verify_input_args(x, y, input_fn, feed_fn, batch_size)
    if input_fn is not None:
        return input_fn, feed_fn
    feeder = setup_train_data_feeder(
        x, y, n_classes=None, batch_size=batch_size, shuffle=shuffle, epochs=epochs
    )
    return feeder.input_builder, feeder.get_feed_dict_fn()


@deprecated(None, _EXPLICITLY)
def infer_real_valued_columns_from_input_fn(input_fn: Callable[[], Any]) -> list[Any]:
    """A real-valued column for each feature that `input_fn` gives, with labels, as tensors."""
    with Graph().as_default():
        features, _ = input_fn()
        return infer_real_valued_columns(features)


@deprecated(None, _EXPLICITLY)
def infer_real_valued_columns_from_input(x: Any) -> list[Any]:
    """A real-valued column for an array of features, [rows, ...], or for each in a dict."""
    input_fn, _ = input_and_feed_fn(x, None, None, None, None)
    return infer_real_valued_columns_from_input_fn(input_fn)
