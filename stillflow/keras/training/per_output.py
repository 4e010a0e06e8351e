"""What `compile` is given for all outputs at once, told apart by output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stillflow.declare.convert import is_tensor
from stillflow.keras.losses.loss import Loss, LossFunctionWrapper
from stillflow.keras.losses.naming import get as loss_named
from stillflow.keras.training.checking_names import check_for_unexpected_keys
from stillflow.keras.training.endpoints import TrainingEndpoint
from stillflow.ops.losses.sample_weights import Reduction
from stillflow.platform import logging

# Losses -------------------------------------------------------------------------------------------


def loss_functions(loss: Any, output_names: Sequence[str]) -> list[Any]:
    """Returns the loss of each output; None where it has none.

    Args:
      loss: a name, a function or a Loss for all of them, a list of one each, or a dict by name.

    Raises:
      ValueError: an unknown loss, a list of another length, or a name of no output.
    """
    if isinstance(loss, Mapping):
        check_for_unexpected_keys("loss", loss, output_names)
        for name in output_names:
            if name not in loss:
                logging.warning(
                    f"Output {name} missing from loss dictionary. We assume this was done on "
                    "purpose. The fit and evaluate APIs will not be expecting any data to be "
                    f"passed to {name}."
                )
        return [_loss_function(loss.get(name)) for name in output_names]
    if isinstance(loss, Sequence) and not isinstance(loss, str):
        if len(loss) != len(output_names):
            raise ValueError(
                "When passing a list as loss, it should have one entry per model outputs. The "
                f"model has {len(output_names)} outputs, but you passed loss={loss}"
            )
        return [_loss_function(each) for each in loss]
    return [_loss_function(loss) for _ in output_names]


def _loss_function(loss: Any) -> Any:
    if loss is None or isinstance(loss, Loss):
        return loss
    if isinstance(loss, Mapping):
        loss = loss_named(loss)
    if callable(loss) and not hasattr(loss, "__name__"):
        return loss
    function = loss_named(loss)
    return LossFunctionWrapper(
        function, name=function.__name__, reduction=Reduction.SUM_OVER_BATCH_SIZE
    )


def set_loss_weights(endpoints: Sequence[TrainingEndpoint], weights: Any) -> None:
    """Gives each output the weight of its loss; 1 by default.

    Raises:
      TypeError: `weights` is neither a list nor a dict.
      ValueError: a list of another length, or a name of no output.
    """
    if weights is None or isinstance(weights, Mapping):
        by_name = weights or {}
        check_for_unexpected_keys("loss_weights", by_name, [e.output_name for e in endpoints])
        found = [by_name.get(endpoint.output_name, 1.0) for endpoint in endpoints]
    elif isinstance(weights, list):
        if len(weights) != len(endpoints):
            raise ValueError(
                "When passing a list as loss_weights, it should have one entry per model output. "
                f"The model has {len(endpoints)} outputs, but you passed loss_weights={weights}"
            )
        found = weights
    else:
        raise TypeError(
            f"Could not interpret loss_weights argument: {weights} - expected a list of dicts."
        )
    for endpoint, weight in zip(endpoints, found, strict=True):
        endpoint.loss_weight = weight


# Targets and weights of samples -------------------------------------------------------------------


def target_tensors(given: Any, outputs: Sequence[Any], names: Sequence[str]) -> list[Any]:
    """Returns the tensor that each output is compared with; None where training feeds one.

    Raises:
      TypeError: neither a list, a dict nor a tensor.
      ValueError: a list of another length, or a name of no output.
    """
    if given is None or (isinstance(given, list) and not given):
        return [None for _ in names]
    if isinstance(given, list):
        if len(given) != len(outputs):
            raise ValueError(
                "When passing a list as `target_tensors`, it should have one entry per model "
                f"output. The model has {len(outputs)} outputs, but you passed target_tensors="
                f"{given}"
            )
        return given
    if isinstance(given, dict):
        unexpected = set(given) - set(names)
        if unexpected:
            raise ValueError(
                f'Unknown entry in `target_tensors` dictionary: "{unexpected}". Only expected the '
                f"following keys: {names}"
            )
        return [given.get(name) for name in names]
    if is_tensor(given):
        return [given]
    raise TypeError(
        "Expected `target_tensors` to be a list or tuple or dict or a single tensor, but got:",
        given,
    )


def set_sample_weight_modes(endpoints: Sequence[TrainingEndpoint], mode: Any) -> None:
    """Tells each output that has a target how its samples are weighted.

    Args:
      mode: "temporal" or None, for all outputs; or a list or a dict by name.

    Raises:
      ValueError: a list of another length, or names that are not those of the outputs.
    """
    if isinstance(mode, Mapping):
        names = [endpoint.output_name for endpoint in endpoints]
        check_for_unexpected_keys("sample_weight_mode", mode, names)
        modes = [mode.get(name) for name in names]
    elif isinstance(mode, (list, tuple)):
        if len(mode) != len(endpoints):
            raise ValueError(
                "When passing a list as sample_weight_mode, it should have one entry per model "
                f"output. The model has {len(endpoints)} outputs, but you passed {len(mode)}"
                "_sample_weight_modes."
            )
        modes = list(mode)
    else:
        modes = [mode] * len(endpoints)
    for endpoint, each in zip(endpoints, modes, strict=True):
        if endpoint.should_skip_target_weights():
            continue
        if isinstance(mode, Mapping) and endpoint.output_name not in mode:
            raise ValueError(
                f"Output {endpoint.output_name}missing from `_sample_weight_modes` dictionary"
            )
        endpoint.sample_weight_mode = each
