"""Values of variables, read and written in the session that Keras runs in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from stillflow.declare.convert import is_tensor
from stillflow.functions.lifting import lifted
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly, executing_eagerly_outside_functions
from stillflow.graph.eager_graph import eager_mode
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import init_scope
from stillflow.layers.default_session import get_session
from stillflow.layers.keras_graph import runs_in_function
from stillflow.ops.control.ordering import placeholder


def get_value(x: Any) -> Any:
    """Returns the value of a tensor or variable as an array; what is no tensor, as it is."""
    if not is_tensor(x):
        return x
    if executing_eagerly_outside_functions() and not runs_in_function():
        return _value_now(x)
    if not getattr(x, "_in_graph_mode", True):  # of eager mode, asked for in a graph beside it
        with eager_mode():
            return x.numpy()
    return x.eval(session=get_session((x,)))


def _value_now(x: Any) -> Any:
    """The value in eager mode, also of a tensor that is part of a model but of no input."""
    if not isinstance(x, Tensor) or x._is_eager:
        return x.numpy()
    with init_scope():
        value: Any = lifted(x, ())
    return value.numpy()


def batch_get_value(tensors: Sequence[Any]) -> list[Any]:
    """Returns the values of tensors or variables, read in one run.

    Raises:
      RuntimeError: a function's body is being built.
    """
    if executing_eagerly():
        return [get_value(each) for each in tensors]
    if get_default_graph().building_function:
        raise RuntimeError(
            "Cannot get value inside Tensorflow graph function.\n"
            "  Ask for it where the function is called, outside of its body."
        )
    return get_session(tensors).run(tensors) if tensors else []


def set_value(x: Any, value: Any) -> None:
    """Gives a variable the value of an array, or of what NumPy makes one of.

    Raises:
      ValueError: it is of another shape.
    """
    batch_set_value([(x, value)])


def batch_set_value(tuples: Iterable[tuple[Any, Any]]) -> None:
    """Gives variables values, all in one run: pairs of a variable and an array.

    Raises:
      ValueError: one is of another shape than its variable.
    """
    pairs = [(x, np.asarray(value, dtype=x.dtype.base_dtype.name)) for x, value in tuples]
    if executing_eagerly_outside_functions():
        with init_scope():
            for x, value in pairs:
                x.assign(value)
        return
    assignments = [_assignment(x, value.ndim) for x, value in pairs]
    if pairs:
        fed = {x._assign_placeholder: value for x, value in pairs}
        get_session().run(assignments, feed_dict=fed)


def _assignment(variable: Any, rank: int) -> Any:
    """What assigns the variable's `_assign_placeholder`: nodes that are made once a variable."""
    if not hasattr(variable, "_assign_placeholder"):
        dtype = dtypes.as_dtype(variable.dtype).base_dtype
        variable._assign_placeholder = placeholder(dtype, shape=[None] * rank)
        variable._assign_op = variable.assign(variable._assign_placeholder)
    return variable._assign_op
