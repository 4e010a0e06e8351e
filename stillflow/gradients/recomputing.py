"""`tf.recompute_grad`: less memory for more time."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from stillflow.gradients.custom import custom_gradient
from stillflow.gradients.gradient_tape import GradientTape
from stillflow.graph.scopes import control_dependencies


def recompute_grad(f: Callable) -> Callable:
    """A function that gives what `f(*tensors)` gives, and keeps nothing of how it came to it.

    For its gradient `f`, which gives one tensor, is called once more.
    """

    @custom_gradient
    def again(*args: Any, **kwargs: Any) -> tuple[Any, Callable]:
        def gradient(dresult: Any, variables: Any = None) -> Any:
            own = list(variables or ())
            with GradientTape() as tape:
                tape.watch([*args, *own])
                with control_dependencies([dresult]):
                    result = f(*args, **kwargs)
            grads = tape.gradient(result, [*args, *own], output_gradients=[dresult])
            return grads if variables is None else (grads[: len(args)], grads[len(args) :])

        return f(*args, **kwargs), gradient

    return functools.wraps(f)(again)
