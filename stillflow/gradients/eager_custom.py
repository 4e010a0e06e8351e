"""`tf.custom_gradient` in eager mode: the tape gets one record in place of what was computed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.gradients.gradient_tape import GradientTape
from stillflow.graph import nest
from stillflow.graph.recording import record_operation
from stillflow.ops.control.ordering import identity


def call(f: Callable, args: tuple, kwargs: dict[str, Any]) -> Any:
    """What `f` gives besides its gradient, which tapes are told of.

    Raises:
      TypeError: `f` reads variables, of which its gradient does not know.
    """
    with GradientTape() as tape:
        result, grad_fn = f(*args, **kwargs)
    inputs = [*args, *kwargs.values()]
    given = {id(part) for each in inputs for part in parts_of(each)}
    variables = [v for v in tape.watched_variables() if id(v) not in given]
    spec = inspect.getfullargspec(grad_fn)
    if variables and "variables" not in spec.args + spec.kwonlyargs and not spec.varkw:
        raise TypeError(
            "If using @custom_gradient with a function that uses variables, then grad_fn must "
            "accept a keyword argument 'variables'."
        )
    flat = [identity(part) for part in nest.flatten(result)]
    tensors = [convert_to_tensor(x) for x in [*args, *variables]]

    def backward(*grads: Any) -> list:
        return _gradients(grad_fn, grads, variables, len(args))

    record_operation(f.__name__, flat, tensors, backward)
    return nest.pack_sequence_as(result, flat)


def parts_of(value: Any) -> tuple:
    """The copies of a variable of several replicas; all else as one."""
    copies = getattr(value, "values", None)
    return copies if isinstance(copies, tuple) else (value,)


def _gradients(grad_fn: Callable, grads: tuple, variables: list, count: int) -> list:
    """Those of `count` arguments, then those of the variables."""
    by_variable: list = []
    if variables:
        by_input, by_variable = grad_fn(*grads, variables=variables)
        if len(by_variable) != len(variables):
            raise ValueError(
                "Must return gradient for each variable from @custom_gradient grad_fn."
            )
    else:
        by_input = grad_fn(*grads)
    flat = nest.flatten(by_input)
    if len(flat) != count:
        raise ValueError(
            "custom_gradient function expected to return", count, "gradients but returned",
            len(flat), "instead.",
        )  # fmt: skip
    return [*flat, *by_variable]
