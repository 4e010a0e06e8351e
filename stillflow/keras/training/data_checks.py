"""What is given as data, checked before anything is done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.convert import is_tensor
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.eager_tensor import EagerTensor
from stillflow.input.datasets.dataset import DatasetV2
from stillflow.input.datasets.iterator import Iterator
from stillflow.keras.losses.naming import is_categorical_crossentropy
from stillflow.keras.training import loss_kinds
from stillflow.platform import logging

_ARRAYS = (np.ndarray, list, tuple)
STEPS_OF_ARRAYS = (
    "When passing input data as arrays, do not specify `steps_per_epoch`/`steps` argument. "
    "Please use `batch_size` instead."
)


def has_tensors(data: Any) -> bool:
    """Whether one of what is given is a tensor; composites of tensors do not count."""
    if isinstance(data, dict):
        data = list(data.values())
    given = data if isinstance(data, (list, tuple)) else [data]
    return any(is_tensor(each) and not isinstance(each, CompositeTensor) for each in given)


def check_array_lengths(inputs: Any, targets: Any, weights: Any = None) -> None:
    """Raises ValueError when arrays are not of the same number of samples."""
    of_inputs, of_targets, of_weights = map(_lengths, (inputs, targets, weights))
    for lengths, arrays, what in (
        (of_inputs, inputs, "input arrays (x)"),
        (of_targets, targets, "target arrays (y)"),
    ):
        if len(lengths) > 1:
            raise ValueError(
                f"All {what} should have the same number of samples. Got array shapes: "
                f"{[each.shape for each in arrays]}"
            )
    if of_inputs and of_targets and of_inputs != of_targets:
        raise ValueError(
            "Input arrays should have the same number of samples as target arrays. Found "
            f"{of_inputs[0]} input samples and {of_targets[0]} target samples."
        )
    if len(of_weights) > 1:
        raise ValueError(
            "All sample_weight arrays should have the same number of samples. Got array shapes: "
            f"{[each.shape for each in weights]}"
        )
    if of_targets and of_weights and of_targets != of_weights:
        raise ValueError(
            "Sample_weight arrays should have the same number of samples as target arrays. Got "
            f"{of_targets[0]} input samples and {of_weights[0]} target samples."
        )


def _lengths(arrays: Any) -> list[int]:
    """The different numbers of samples; those of tensors are not loss_kinds."""
    given = [each for each in arrays or () if each is not None and not is_tensor(each)]
    return sorted({each.shape[0] for each in given})


def check_loss_and_target_compatibility(
    targets: Sequence[Any], loss_fns: Sequence[Any], output_shapes: Sequence[Any]
) -> None:
    """Raises ValueError when a target's shape is one that its loss would misread."""
    for target, loss, shape in zip(targets, loss_fns, output_shapes, strict=False):
        if target is None or loss is None or is_tensor(target):
            continue
        if is_categorical_crossentropy(loss) and target.shape[-1] == 1:
            raise ValueError(
                f"You are passing a target array of shape {target.shape} while using as loss "
                "`categorical_crossentropy`. `categorical_crossentropy` expects targets to be "
                "binary matrices (1s and 0s) of shape (samples, classes). If your targets are "
                "integer classes, make such matrices of them:\n\n"
                "    y_binary = tf.keras.utils.to_categorical(y_int)\n\n"
                "or use the loss `sparse_categorical_crossentropy`, which takes the integers."
            )
        if loss_kinds.wants_targets_like_outputs(loss) and not _fits(target.shape[1:], shape[1:]):
            raise ValueError(
                f"A target array with shape {target.shape} was passed for an output of shape "
                f"{shape} while using as loss `{loss_kinds.name_of(loss)}`. This loss expects "
                "targets to have the same shape as the output."
            )


def _fits(target: Sequence[int], output: Sequence[int | None]) -> bool:
    return all(size in (None, given) for given, size in zip(target, output, strict=False))


def check_dataset_alone(x: Any, y: Any, sample_weight: Any, validation_split: Any = None) -> None:
    """Raises ValueError when there is more beside a dataset, whose elements hold it all."""
    if y is not None:
        raise ValueError(
            f"You passed a dataset or dataset iterator ({x}) as input `x` to your model. In that "
            "case, you should not specify a target (`y`) argument, since the dataset or dataset "
            f"iterator generates both input data and target data. Received: {y}"
        )
    if sample_weight is not None:
        raise ValueError(
            "`sample_weight` argument is not supported when input `x` is a dataset or a dataset "
            "iterator. Instead, youcan provide sample_weight as the third element  of yourdataset, "
            f"i.e. (inputs, targets, sample_weight). Received: x={x}, sample_weight={sample_weight}"
        )
    if validation_split:
        raise ValueError(
            "`validation_split` argument is not supported when input `x` is a dataset or a dataset "
            f"iterator. Received: x={x}, validation_split={validation_split:f}"
        )


def check_generator_alone(
    y: Any = None, sample_weight: Any = None, validation_split: Any = None
) -> None:
    """Raises ValueError when there is more beside a generator, whose batches hold it all."""
    for name, given, what, place in (
        ("y", y, "targets", "second"),
        ("sample_weight", sample_weight, "sample weights", "third"),
    ):
        if given is not None:
            raise ValueError(
                f"`{name}` argument is not supported when data isa generator or Sequence instance. "
                f"Instead pass {what} as the {place} element of the generator."
            )
    if validation_split:
        raise ValueError(
            "If your data is in the form of a Python generator, you cannot use `validation_split`."
        )


def check_input_types(
    given: Any, original: Any, allow_dict: bool = True, field_name: str = "inputs"
) -> None:
    """Raises ValueError unless `given` is an array or a tensor, a list of them, or a dict."""
    if isinstance(given, dict):
        if not allow_dict:
            raise ValueError(f"You cannot pass a dictionary as model {field_name}.")
        return
    each = given if isinstance(given, (list, tuple)) else [given]
    if not all(isinstance(value, np.ndarray) or is_tensor(value) for value in each):
        raise ValueError(
            "Please provide as model inputs either a single array or a list of arrays. You passed: "
            f"{field_name}={original}"
        )


def check_steps(data: Any, steps: int | None, steps_name: str) -> bool:
    """Whether the data go by steps, rather than by batches of their samples.

    Raises:
      ValueError: they do, and there is no telling how many.
    """
    if isinstance(data, DatasetV2):
        return True
    is_iterator = isinstance(data, Iterator)
    is_empty = data is None or (isinstance(data, list) and not data)
    if is_empty or is_iterator or has_tensors(data):
        if steps is None:
            kind = "a Dataset iterator" if is_iterator else "data tensors"
            raise ValueError(
                f"When using {kind} as input to a model, you should specify the `{steps_name}` "
                "argument."
            )
        return True
    if steps is not None and _has_arrays(data):
        logging.warning(STEPS_OF_ARRAYS)
    return False


def check_not_arrays(data: Any) -> None:
    """Raises ValueError for arrays and values, of which nobody has said how large batches are."""
    if _has_arrays(data) or isinstance(data, EagerTensor):
        raise ValueError(STEPS_OF_ARRAYS)


def _has_arrays(data: Any) -> bool:
    values = list(data.values()) if isinstance(data, dict) else [data]
    return any(isinstance(value, _ARRAYS) for value in values)
