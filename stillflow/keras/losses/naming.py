"""Losses by name or description: `tf.keras.losses.get`."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.keras.losses import classes, functions
from stillflow.keras.losses.loss import Loss, LossFunctionWrapper
from stillflow.layers.custom_objects import deserialize_keras_object, serialize_keras_object
from stillflow.ops.losses.functions import sparse_softmax_cross_entropy

serialize = serialize_keras_object

# The short names of some.
ALIASES: dict[str, Any] = {
    **dict.fromkeys(("mse", "MSE"), functions.mean_squared_error),
    **dict.fromkeys(("mae", "MAE"), functions.mean_absolute_error),
    **dict.fromkeys(("mape", "MAPE"), functions.mean_absolute_percentage_error),
    **dict.fromkeys(("msle", "MSLE"), functions.mean_squared_logarithmic_error),
    **dict.fromkeys(("kld", "KLD"), functions.kullback_leibler_divergence),
    "cosine_similarity": functions.cosine_proximity,
}
BY_NAME: dict[str, Any] = {
    "Loss": Loss,
    "LossFunctionWrapper": LossFunctionWrapper,
    **{
        each.__name__: each
        for each in (
            *(functions.mean_squared_error, functions.mean_absolute_error),
            *(functions.mean_absolute_percentage_error, functions.mean_squared_logarithmic_error),
            *(functions.squared_hinge, functions.hinge, functions.categorical_hinge),
            *(functions.huber_loss, functions.logcosh, functions.categorical_crossentropy),
            *(functions.sparse_categorical_crossentropy, functions.binary_crossentropy),
            *(functions.kullback_leibler_divergence, functions.poisson),
            functions.cosine_proximity,
            *(classes.MeanSquaredError, classes.MeanAbsoluteError),
            *(classes.MeanAbsolutePercentageError, classes.MeanSquaredLogarithmicError),
            *(classes.BinaryCrossentropy, classes.CategoricalCrossentropy),
            *(classes.SparseCategoricalCrossentropy, classes.Hinge, classes.SquaredHinge),
            *(classes.CategoricalHinge, classes.Poisson, classes.LogCosh, classes.KLDivergence),
            *(classes.Huber, classes.CosineSimilarity),
        )
    },
    **ALIASES,
}
# The types of the labels of losses that take no float ones.
LABEL_DTYPES_FOR_LOSSES: dict[Any, str] = {
    sparse_softmax_cross_entropy: dtypes.int32.name,
    functions.sparse_categorical_crossentropy: dtypes.int32.name,
}


def deserialize(name: Any, custom_objects: Any = None) -> Any:
    """The loss that is described; ValueError where there is none of that name."""
    return deserialize_keras_object(name, BY_NAME, custom_objects, "loss function")


def get(identifier: Any) -> Any:
    """The loss that is given as itself, by its name or its configuration; None for None.

    Raises:
      ValueError: there is none of that name, or it is no description.
    """
    if identifier is None:
        return None
    if isinstance(identifier, (str, dict)):
        return deserialize(identifier)
    if callable(identifier):
        return identifier
    raise ValueError("Could not interpret loss function identifier:", identifier)


def is_categorical_crossentropy(loss: Any) -> bool:
    """Whether a loss, or the name of one, is `categorical_crossentropy` in one of its forms."""
    if isinstance(loss, classes.CategoricalCrossentropy):
        return True
    if isinstance(loss, LossFunctionWrapper):
        return loss.fn == functions.categorical_crossentropy
    return "categorical_crossentropy" in (loss, getattr(loss, "__name__", None))
