"""Which of tf.keras' losses a loss is, whether it is an object or wraps a function."""

from __future__ import annotations

from typing import Any

from stillflow.keras.losses import classes, functions
from stillflow.keras.losses.loss import Loss, LossFunctionWrapper
from stillflow.keras.losses.naming import BY_NAME

_LIKE_OUTPUTS = (
    functions.mean_squared_error,
    functions.binary_crossentropy,
    functions.categorical_crossentropy,
)


def is_sparse_categorical_crossentropy(loss: Any) -> bool:
    return _is(
        loss, classes.SparseCategoricalCrossentropy, functions.sparse_categorical_crossentropy
    )


def is_binary_crossentropy(loss: Any) -> bool:
    return _is(loss, classes.BinaryCrossentropy, functions.binary_crossentropy)


def wants_targets_like_outputs(loss: Any) -> bool:
    """Whether a target's shape must be that of its output."""
    return isinstance(loss, LossFunctionWrapper) and loss.fn in _LIKE_OUTPUTS


def is_of_keras(loss: Any) -> bool:
    """Whether targets are known to be of their outputs' shape: not for a program's functions."""
    if isinstance(loss, LossFunctionWrapper):
        return loss.fn.__name__ in BY_NAME
    return isinstance(loss, Loss)


def name_of(loss: Any) -> str:
    """The name of a loss, for messages."""
    if loss.name is not None:
        return str(loss.name)
    return str(loss.fn.__name__ if isinstance(loss, LossFunctionWrapper) else type(loss).__name__)


def _is(loss: Any, kind: type, function: Any) -> bool:
    return isinstance(loss, kind) or (isinstance(loss, LossFunctionWrapper) and loss.fn == function)
