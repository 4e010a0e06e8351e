"""`tf.contrib.eager`'s functions of functions: gradients of what a Python function computes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.gradients import tape as tapes
from stillflow.gradients.tape import Tape
from stillflow.gradients.tape_walk import tape_gradients
from stillflow.gradients.walk import UnconnectedGradients
from stillflow.graph import nest
from stillflow.ops.control.ordering import identity


def implicit_value_and_gradients(f: Callable) -> Callable:
    """A function that gives what `f` gives, and a list of (gradient, variable).

    The variables are the trainable ones that `f` reads.

    Raises:
      ValueError: `f` returns None, or reads no trainable variable.
    """

    def grad_fn(*args: Any, **kwds: Any) -> tuple[Any, list]:
        tape = Tape()
        tapes.push(tape)
        try:
            value = _not_none(f(*args, **kwds), f)
        finally:
            tapes.pop(tape)
        variables = tape.watched_variables()
        if not variables:
            raise ValueError(
                "No trainable variables were accessed while the function was being computed."
            )
        grads = _gradients(tape, value, [variable.handle for variable in variables], None)
        return value, list(zip(grads, variables, strict=True))

    return grad_fn


def implicit_gradients(f: Callable) -> Callable:
    """The second part of `implicit_value_and_gradients`."""

    def grad_fn(*args: Any, **kwds: Any) -> list:
        pairs: list = implicit_value_and_gradients(f)(*args, **kwds)[1]
        return pairs

    return grad_fn


def value_and_gradients_function(f: Callable, params: Sequence[Any] | None = None) -> Callable:
    """A function that gives what `f` gives, and its gradients for the parameters `params`.

    `params` are names or positions; all by default. The function takes the weight of the value of
    `f` as `dy`.

    Raises:
      ValueError: `params` are neither; the function is called with other arguments by name.
    """

    def decorated(*args: Any, **kwds: Any) -> tuple[Any, list]:
        dy = kwds.pop("dy", None)
        if kwds:
            raise ValueError("Functions to be differentiated cannot receive keyword arguments.")
        value, vjp = make_vjp(f, params)(*args)
        return value, vjp(dy=dy)

    return decorated


def gradients_function(f: Callable, params: Sequence[Any] | None = None) -> Callable:
    """The second part of `value_and_gradients_function`."""

    def decorated(*args: Any, **kwds: Any) -> list:
        grads: list = value_and_gradients_function(f, params)(*args, **kwds)[1]
        return grads

    return decorated


def make_vjp(f: Callable, params: Sequence[Any] | None = None, persistent: bool = True) -> Callable:
    """A function that gives what `f` gives, and a function from its weights to the gradients.

    Args:
      params: names or positions of the parameters; all by default.
      persistent: the second function may be called more than once.

    Raises:
      ValueError: `f` returns None; `params` are neither names nor positions.
    """

    def decorated(*args: Any, **kwds: Any) -> tuple[Any, Callable]:
        positions = _positions(f, params, args)
        assert not kwds, "The gradient function can't take keyword arguments."
        tape = Tape()
        tapes.push(tape)
        try:
            given = _unique_tensors(positions, args)
            sources = [given[i] for i in positions]
            for source in sources:
                tape.watch(source)
            value = _not_none(f(*given), f)
            flat = [identity(part) for part in nest.flatten(value)]
            value = nest.pack_sequence_as(value, flat)
        finally:
            tapes.pop(tape)

        def vjp(dy: Any = None) -> list:
            weights = None if dy is None else [convert_to_tensor(x) for x in nest.flatten(dy)]
            return _gradients(tape, value, sources, weights)

        return value, vjp

    return decorated


def _gradients(tape: Tape, value: Any, sources: list, weights: list | None) -> list:
    return tape_gradients(tape, nest.flatten(value), sources, weights, UnconnectedGradients.NONE)


def _not_none(value: Any, f: Callable) -> Any:
    if value is None:
        raise ValueError(
            "Cannot differentiate a function that returns None; did you forget to return a value "
            f"from {f.__name__}?"
        )
    return value


def _unique_tensors(positions: Sequence[int], args: tuple) -> list:
    """The arguments, those at `positions` as tensors, no two of them the same."""
    given, seen = list(args), set()
    for i in positions:
        tensor = convert_to_tensor(given[i])
        given[i] = identity(tensor) if id(tensor) in seen else tensor
        seen.add(id(given[i]))
    return given


def _positions(f: Callable, params: Sequence[Any] | None, args: tuple) -> Sequence[int]:
    """Those of the parameters to differentiate by."""
    try:
        names = inspect.getfullargspec(f).args
    except TypeError as error:
        if params is None:
            return range(len(args))
        if all(isinstance(param, int) for param in params):
            return params
        raise ValueError(
            "Either callable provided is not a function or could not inspect its arguments by "
            f"name: {f}. Original error: {error}"
        ) from None
    if params is None:
        return range(len(names) if names else len(args))
    if all(isinstance(param, str) for param in params):
        return [names.index(param) for param in params]
    if all(isinstance(param, int) for param in params):
        return params
    raise ValueError(f"params must be all strings or all integers; got {params}.")
