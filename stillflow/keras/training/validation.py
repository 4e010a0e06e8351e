"""Data that a training is judged by: given beside those to train on, or split off them."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from stillflow.keras.training.batches import slice_arrays
from stillflow.keras.training.data_checks import has_tensors
from stillflow.keras.training.datasets import is_dataset_or_iterator


def unpack_validation_data(validation_data: Any) -> tuple[Any, Any, Any]:
    """Returns inputs, targets and weights; of a dataset, itself and None twice.

    Raises:
      ValueError: it is neither a dataset, a pair nor a triple.
    """
    if is_dataset_or_iterator(validation_data):
        return validation_data, None, None
    if len(validation_data) == 2:
        return (*validation_data, None)
    if len(validation_data) == 3:
        return tuple(validation_data)
    raise ValueError(
        "When passing a `validation_data` argument, it must contain either 2 items (x_val, y_val), "
        "or 3 items (x_val, y_val, val_sample_weights), or alternatively it could be a dataset or "
        "a dataset or a dataset iterator. However we received `validation_data="
        f"{validation_data}`"
    )


def split_training_and_validation_data(
    x: Any, y: Any, sample_weights: Any, validation_split: float
) -> tuple[Any, Any, Any, Any, Any, Any]:
    """Returns x, y and weights to train on, then those of the last samples to validate with.

    Args:
      validation_split: which share of the samples the latter are.

    Raises:
      ValueError: `x` has tensors, whose samples are not counted yet.
    """
    if has_tensors(x):
        raise ValueError(
            "If your data is in the form of symbolic tensors, you cannot use `validation_split`."
        )
    first = next(iter(x.values())) if isinstance(x, dict) else x[0]
    count = first.shape[0] if hasattr(first, "shape") else len(first)
    split_at = int(count * (1.0 - validation_split))
    parts = [_split(each, split_at) for each in (x, y)]
    weights = _split(sample_weights, split_at) if sample_weights else (sample_weights, None)
    (x, val_x), (y, val_y) = parts
    return x, y, weights[0], val_x, val_y, weights[1]


def _split(arrays: Any, at: int) -> tuple[Any, Any]:
    if isinstance(arrays, dict):
        cut = {name: _split([each], at) for name, each in arrays.items()}
        return tuple({name: each[side][0] for name, each in cut.items()} for side in (0, 1))  # type: ignore[return-value]
    return slice_arrays(arrays, 0, at), slice_arrays(arrays, at)


def should_run_validation(validation_freq: Any, epoch: int) -> bool:
    """Whether an epoch, counted from 0, ends with an evaluation.

    Args:
      validation_freq: after how many epochs there is one, or after which epochs, counted from 1.

    Raises:
      ValueError: it is neither, or less than 1.
    """
    if isinstance(validation_freq, int):
        if validation_freq < 1:
            raise ValueError("`validation_freq` can not be less than 1.")
        return (epoch + 1) % validation_freq == 0
    if not isinstance(validation_freq, Container):
        raise ValueError(
            "`validation_freq` must be an Integer or `collections_abc.Container` (e.g. list, "
            f"tuple, etc.). Got: {validation_freq}"
        )
    return epoch + 1 in validation_freq
