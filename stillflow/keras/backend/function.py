"""`K.function`: a part of a graph as a function of arrays, which may also change variables."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare.convert import is_tensor
from stillflow.gradients import walk
from stillflow.graph import nest
from stillflow.graph.context import executing_eagerly_outside_functions
from stillflow.graph.scopes import control_dependencies
from stillflow.keras.backend.eager_function import EagerExecutionFunction
from stillflow.layers.default_session import get_session
from stillflow.ops.control import ordering
from stillflow.ops.math import casts
from stillflow.ops.variables import state
from stillflow.ops.variables.variable import Variable
from stillflow.runtime.session import BaseSession


class GraphExecutionFunction:
    """Runs outputs, and operations that change variables after the first output is known.

    It is called with values for `inputs`, in their structure, and returns those of `outputs`. A
    value that is a tensor is evaluated and fed, None is not fed at all. As in TensorFlow nobody
    looks at the shapes of values: one that its tensor does not have is fed as it is.

    Args:
      inputs: what is fed: placeholders, or any other tensors, in a nest.
      outputs: what is fetched, in a nest.
      updates: operations, or pairs of a variable and its new value, run with each call.
      name: not looked at.
      feed_dict: values of further tensors, which may be changed between calls.
      fetches: what each call runs besides; `fetch_callbacks` may hold functions of their values, by
        the elements of the attribute `fetches`.
      options, run_metadata: as `Session.run` takes them.

    Raises:
      TypeError: `updates` is no list or tuple.
      ValueError: another keyword is given.
    """

    def __init__(
        self,
        inputs: Any,
        outputs: Any,
        updates: Any = None,
        name: Any = None,
        **session_kwargs: Any,
    ):
        updates = updates or []
        if not isinstance(updates, (list, tuple)):
            raise TypeError(
                "`updates` in a Keras backend function should be a list or tuple.\n"
                f"  It is a {type(updates).__name__}: put it into a list."
            )
        self.name = name
        self.inputs = nest.flatten(inputs, expand_composites=True)
        self._outputs_structure = outputs
        self.outputs = cast_variables_to_tensor(nest.flatten(outputs, expand_composites=True))
        if not self.outputs:
            raise IndexError(
                "list index out of range\n  A Keras backend function needs an output, after which "
                "its updates are done."
            )
        with control_dependencies([self.outputs[0]]):
            self.updates_op = ordering.group(*map(_update, updates))
        self.feed_dict = session_kwargs.pop("feed_dict", None)
        fetches = session_kwargs.pop("fetches", [])
        self.run_options = session_kwargs.pop("options", None)
        self.run_metadata = session_kwargs.pop("run_metadata", None)
        fetches = fetches if isinstance(fetches, list) else [fetches]
        self.fetches = [ordering.identity(each) for each in fetches]
        self.fetch_callbacks: dict[Any, Callable[[Any], None]] = {}
        self.session_kwargs = session_kwargs
        if session_kwargs:
            raise ValueError(
                f"Some keys in session_kwargs are not supported at this time: "
                f"{session_kwargs.keys()}"
            )
        self._made_for: tuple[Any, ...] | None = None

    def __call__(self, inputs: Any) -> Any:
        values = nest.flatten(inputs, expand_composites=True)
        session = get_session(values)
        pairs = [(t, v) for t, v in zip(self.inputs, values, strict=False) if v is not None]
        arrays = [(tensor, value) for tensor, value in pairs if not is_tensor(value)]
        arrays += (self.feed_dict or {}).items()
        symbols = [(tensor, value) for tensor, value in pairs if is_tensor(value)]
        fed = [tensor for tensor, _ in arrays]
        self._settle(session, fed, symbols)
        given = [np.asarray(v, dtype=t.dtype.base_dtype.as_numpy_dtype) for t, v in arrays]
        if self._evaluate is not None:
            given += self._evaluate(*given)
        fetched = self._run(*given)
        self._call_back(fetched)
        return self._packed(fetched)

    def _settle(self, session: BaseSession, fed: list[Any], symbols: list[tuple[Any, Any]]) -> None:
        """Makes what a call runs, unless it is as at the last one: `_evaluate` and `_run`."""
        made_for = (session, *fed, None, *(each for pair in symbols for each in pair))
        made_for = (*made_for, None, *self.fetches)
        if self._made_for == made_for:
            return
        self._evaluate: Callable[..., list[Any]] | None = None
        if symbols:
            values = [_of_type(value, tensor.dtype) for tensor, value in symbols]
            self._evaluate = session._make_callable_of_any_shape(values, fed)
        feeds = [*fed, *(tensor for tensor, _ in symbols)]
        fetched = [*self._fetched_outputs(), *self.fetches, self.updates_op]
        if self.run_options is not None or self.run_metadata is not None:
            self._run = self._observed(session, fetched, feeds)
        else:
            self._run = session._make_callable_of_any_shape(fetched, feeds)
        self._made_for = made_for

    def _observed(
        self, session: BaseSession, fetched: list[Any], feeds: Sequence[Any]
    ) -> Callable[..., Any]:
        """A run of which `run_metadata` gets what `run_options` ask for."""

        def run(*given: Any) -> Any:
            feed_dict = dict(zip(feeds, given, strict=True))
            if self.run_metadata is not None:
                self.run_metadata.Clear()
            return session.run(fetched, feed_dict, self.run_options, self.run_metadata)

        return run

    def _fetched_outputs(self) -> list[Any]:
        """The outputs, a composite of tensors being one."""
        packed = nest.pack_sequence_as(self._outputs_structure, self.outputs, True)
        return nest.flatten(packed)

    def _packed(self, fetched: list[Any]) -> Any:
        outputs = self._outputs_structure
        count = len(nest.flatten(outputs))
        return nest.pack_sequence_as(outputs, fetched[:count])

    def _call_back(self, fetched: list[Any]) -> None:
        values = fetched[len(fetched) - 1 - len(self.fetches) : -1]
        for fetch, value in zip(self.fetches, values, strict=True):
            if fetch in self.fetch_callbacks:
                self.fetch_callbacks[fetch](value)


def function(
    inputs: Any, outputs: Any, updates: Any = None, name: Any = None, **kwargs: Any
) -> GraphExecutionFunction | EagerExecutionFunction:
    """Returns a GraphExecutionFunction, or in eager mode an EagerExecutionFunction, which see.

    Raises:
      ValueError: a keyword that `Session.run` does not know.
    """
    if executing_eagerly_outside_functions():
        return EagerExecutionFunction(inputs, outputs, updates=updates, name=name, **kwargs)
    known = inspect.signature(BaseSession.run).parameters
    for key in kwargs:
        if key not in known:
            raise ValueError(
                f'Invalid argument "{key}" passed to K.function with TensorFlow backend\n'
                f"  Besides inputs, outputs, updates and name it takes {', '.join(known)}."
            )
    return GraphExecutionFunction(inputs, outputs, updates=updates, **kwargs)


def gradients(loss: Any, variables: Any) -> list[Any]:
    """Returns the derivatives of `loss` by each of `variables`; None where it depends on none."""
    return walk.gradients(loss, variables, colocate_gradients_with_ops=True)


def stop_gradient(variables: Any) -> Any:
    """Returns the same values, through which no gradient goes; of a list, an iterator of them."""
    if isinstance(variables, (list, tuple)):
        return map(ordering.stop_gradient, variables)
    return ordering.stop_gradient(variables)


def cast_variables_to_tensor(tensors: Any) -> Any:
    """Returns a nest in which each variable has become the tensor of its value."""
    return nest.map_structure(
        lambda each: ordering.identity(each) if isinstance(each, Variable) else each, tensors
    )


def _update(update: Any) -> Any:
    return state.assign(*update) if isinstance(update, tuple) else update


def _of_type(value: Any, dtype: Any) -> Any:
    return value if value.dtype == dtype else casts.cast(value, dtype=dtype)
