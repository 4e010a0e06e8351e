"""Layers applied several times, one upon the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.ops.variables.scope import variable_scope


def repeat(
    inputs: Any, repetitions: int, layer: Callable[..., Any], *args: Any, **kwargs: Any
) -> Any:
    """Applies `layer(x, *args, **kwargs)` `repetitions` times; the scopes end in _1, _2, ...

    `scope` among the keywords names the whole, and each layer within.
    """
    return _applied(inputs, layer, [args] * repetitions, kwargs, "Repeat")


def stack(inputs: Any, layer: Callable[..., Any], stack_args: Sequence[Any], **kwargs: Any) -> Any:
    """Applies `layer` once for each of `stack_args`: an argument, or a list or tuple of several.

    `scope` among the keywords names the whole, and each layer within.

    Raises:
      ValueError: `stack_args` is neither a list nor a tuple.
    """
    if not isinstance(stack_args, (list, tuple)):
        raise ValueError("stack_args need to be a list or tuple")
    each = [args if isinstance(args, (list, tuple)) else [args] for args in stack_args]
    return _applied(inputs, layer, each, kwargs, "Stack")


def _applied(
    inputs: Any,
    layer: Callable[..., Any],
    arguments: Sequence[Sequence[Any]],
    kwargs: dict[str, Any],
    kind: str,
) -> Any:
    scope = kwargs.pop("scope", None)
    with variable_scope(scope, kind, [inputs]):
        outputs = convert_to_tensor(inputs)
        if scope is None:
            named = getattr(layer, "func", layer)  # a partial's function has the name
            scope = getattr(layer, "__name__", getattr(named, "__name__", kind.lower()))
        for number, args in enumerate(arguments, 1):
            outputs = layer(outputs, *args, **kwargs, scope=f"{scope}_{number}")
        return outputs
