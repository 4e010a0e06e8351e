"""What a recurrent layer is called with: inputs, initial states, constants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.layers.call_signature import call_signature


def takes(call: Callable[..., Any], name: str) -> bool:
    """Whether a function or method has an argument `name`."""
    return name in call_signature(call).arguments


def separated(
    inputs: Any, initial_state: Any, constants: Any, num_constants: int | None
) -> tuple[Any, list[Any] | None, list[Any] | None]:
    """(inputs, the list of initial states or None, the list of constants or None)

    Args:
      inputs: as they are, or in one list with initial states and constants behind them, as a model
        that was loaded gives them.
      num_constants: how many constants such a list ends with.

    Raises:
      AssertionError: there is such a list, and states or constants besides.
    """
    if isinstance(inputs, list):
        assert initial_state is None
        assert constants is None
        if num_constants:
            inputs, constants = inputs[:-num_constants], inputs[-num_constants:]
        if len(inputs) > 1:
            inputs, initial_state = inputs[:1], inputs[1:]
        inputs = inputs[0]
    return inputs, _list_or_none(initial_state), _list_or_none(constants)


def _list_or_none(values: Any) -> list[Any] | None:
    if values is None or isinstance(values, list):
        return values
    return list(values) if isinstance(values, tuple) else [values]


def are_keras_tensors(tensors: list[Any], refusal: str) -> bool:
    """Whether tensors come from layers. ValueError with the words `refusal` when only some do."""
    known = {hasattr(tensor, "_keras_history") for tensor in tensors}
    if len(known) > 1:
        raise ValueError(
            f"{refusal} cannot be specified with a mix of Keras tensors and non-Keras tensors (a "
            '"Keras tensor" is a tensor that was returned by a Keras layer, or by `Input`)'
        )
    return known.pop()
