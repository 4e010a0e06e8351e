"""What samples weigh: by themselves, by their classes, or by both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from stillflow.declare.convert import is_tensor
from stillflow.keras.training.checking_names import check_for_unexpected_keys
from stillflow.keras.training.endpoints import SAMPLEWISE, TEMPORAL


def standardize_sample_weights(sample_weight: Any, output_names: Sequence[str]) -> Sequence[Any]:
    """Returns what the samples of each output weigh; see `weights_of_outputs`."""
    return weights_of_outputs(sample_weight, output_names, "sample_weight")


def standardize_class_weights(class_weight: Any, output_names: Sequence[str]) -> Sequence[Any]:
    """Returns what the classes of each output weigh; see `weights_of_outputs`."""
    return weights_of_outputs(class_weight, output_names, "class_weight")


def weights_of_outputs(given: Any, output_names: Sequence[str], weight_type: str) -> Sequence[Any]:
    """Returns the weights of each output; None where it has none.

    Args:
      given: those of the only output, a list of each one's, or a dict by name.
      weight_type: "sample_weight" or "class_weight", for messages.

    Raises:
      TypeError: there are several outputs, and `given` is neither a list nor a dict.
      ValueError: a list of another length, or a name of no output.
    """
    is_list = isinstance(given, (list, tuple))
    if given is None or (is_list and len(given) == 0):
        return [None for _ in output_names]
    if len(output_names) == 1:
        if is_list and len(given) == 1:
            return given
        if isinstance(given, dict) and output_names[0] in given:
            return [given[output_names[0]]]
        return [given]
    if is_list:
        if len(given) != len(output_names):
            raise ValueError(
                f"Provided `{weight_type}` was a list of {len(given)} elements, but the model has "
                f"{len(output_names)} outputs. You should provide one `{weight_type}`array per "
                "model output."
            )
        return given
    if isinstance(given, Mapping):
        check_for_unexpected_keys(weight_type, given, output_names)
        return [given.get(name) for name in output_names]
    raise TypeError(
        f"The model has multiple outputs, so `{weight_type}` should be either a list or a dict. "
        f"Provided `{weight_type}` type not understood: {given}"
    )


def standardize_weights(
    y: Any, sample_weight: Any = None, class_weight: Any = None, sample_weight_mode: Any = None
) -> Any:
    """Returns what the samples of an output weigh: an array, or None.

    Args:
      y: the targets, n[...].
      sample_weight: n[samples], or n[samples, steps] when the mode is "temporal".
      class_weight: a dict from the number of a class to its weight.

    Raises:
      ValueError: shapes or mode do not fit, or a class has no weight.
    """
    if isinstance(sample_weight, tuple):
        sample_weight = sample_weight[0]
    _check_mode(y, sample_weight, sample_weight_mode)
    if sample_weight is not None:
        _check_shape(y, sample_weight)
    of_classes = _of_classes(y, class_weight) if isinstance(class_weight, dict) else None
    if of_classes is not None and sample_weight is not None:
        return of_classes * sample_weight
    return of_classes if sample_weight is None else sample_weight


def _check_mode(y: Any, sample_weight: Any, mode: Any) -> None:
    given = None if sample_weight is None else tuple(sample_weight.shape)
    if mode in (None, SAMPLEWISE):
        if given is not None and len(given) != 1:
            raise ValueError(
                f"Found a sample_weight array with shape {given}. In order to use timestep-wise "
                'sample weights, you should specify sample_weight_mode="temporal" in compile(). If '
                "you just mean to use sample-wise weights, make sure your sample_weight array is "
                "1D."
            )
        return
    if mode != TEMPORAL:
        raise ValueError(f'"sample_weight_mode should be None or "temporal". Found: {mode}')
    if len(y.shape) < 3:
        raise ValueError(
            f"Found a sample_weight array for an input with shape {y.shape}. Timestep-wise sample "
            'weighting (use of sample_weight_mode="temporal") is restricted to outputs that are at '
            "least 3D, i.e. that have a time dimension."
        )
    if given is not None and len(given) != 2:
        raise ValueError(
            f"Found a sample_weight array with shape {given}. In order to use timestep-wise sample "
            "weighting, you should pass a 2D sample_weight array."
        )


def _check_shape(y: Any, sample_weight: Any) -> None:
    if len(sample_weight.shape) > len(y.shape):
        raise ValueError(
            f"Found a sample_weight with shape{sample_weight.shape}.Expected sample_weight with "
            f"rank less than or equal to {len(y.shape)}"
        )
    if is_tensor(sample_weight):
        return
    if y.shape[: sample_weight.ndim] != sample_weight.shape:
        raise ValueError(
            f"Found a sample_weight array with shape {sample_weight.shape} for an input with shape "
            f"{y.shape}. sample_weight cannot be broadcast."
        )


def _of_classes(y: Any, class_weight: Mapping[Any, float]) -> np.ndarray:
    """What each sample weighs by its class: the largest of a row of targets, or the only one."""
    if len(y.shape) > 2:
        raise ValueError("`class_weight` not supported for 3+ dimensional targets.")
    classes = np.asarray(y)
    if classes.ndim == 2:
        classes = classes.argmax(axis=1) if classes.shape[1] > 1 else classes.reshape(-1)
    present, positions = np.unique(classes, return_inverse=True)
    missing = set(present.tolist()) - set(class_weight)
    if missing:
        raise ValueError(
            "`class_weight` must contain all classes in the data. The classes "
            f"{missing} exist in the data but not in `class_weight`."
        )
    return np.asarray([class_weight[each] for each in present.tolist()])[positions]
