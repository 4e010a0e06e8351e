"""`Session`: runs parts of a graph, and holds the values of its variables."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from stillflow.graph import context
from stillflow.graph.dtypes import string
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.constants import as_array
from stillflow.runtime.executor import Executor, SessionState, tier_setting, uninitialized
from stillflow.runtime.fetches import FetchStructure
from stillflow.runtime.plan import make_plan, unfed


class BaseSession:
    """Runs a graph. Variables' values live in the session, not in the graph.

    `target` and `config` are accepted as TensorFlow has them; Stillflow runs in this process.
    """

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None):
        if graph is not None and not isinstance(graph, Graph):
            raise TypeError(f"graph must be a tf.Graph, but got {type(graph)}")
        if target and not isinstance(target, (str, bytes)):
            raise TypeError(f"target must be a string, but got {type(target)}")
        if config is not None and not hasattr(config, "SerializeToString"):
            raise TypeError(f"config must be a tf.ConfigProto, but got {type(config)}")
        self._graph: Graph = graph if graph is not None else context.get_default_graph()
        self._target = target
        self._config = config
        self._tier = tier_setting()
        self._state = SessionState()
        self._executors: dict[tuple, Executor] = {}
        self._structures: dict[Any, FetchStructure] = {}
        self._lock = threading.RLock()
        self._closed = False

    @property
    def graph(self) -> Graph:
        return self._graph

    @property
    def graph_def(self):
        return self._graph.as_graph_def()

    @property
    def sess_str(self) -> str:
        return self._target

    def as_default(self):
        """A `with` block in which this is the default session; leaving it does not close it."""
        return context.sessions.entered(self)

    def close(self) -> None:
        """Frees the variables. A closed session runs nothing."""
        with self._lock:
            self._closed = True
            self._state = SessionState()
            self._executors.clear()
            self._structures.clear()

    def run(
        self,
        fetches: Any,
        feed_dict: dict | None = None,
        options: Any = None,
        run_metadata: Any = None,
    ) -> Any:
        """Runs what `fetches` needs and returns its values, in the same structure.

        Args:
          fetches: a tensor, variable, operation or name, or nested lists, tuples and dicts of them.
          feed_dict: the value that each of some tensors has in this run.
          options, run_metadata: accepted; no tracing information is collected.

        Returns:
          NumPy arrays, which are the caller's own; None for an operation.

        Raises:
          RuntimeError: the session is closed.
          ValueError: a fed value has the wrong shape, or a fetch is of another graph.
          TypeError: a fetch or a fed value has the wrong type.
          tf.errors.OpError: the run failed; every variable is as it was before.
        """
        structure = self._structure(fetches)
        feeds, values = self._feeds(feed_dict)
        return structure.pack(self._run(structure.elements, feeds, values))

    def make_callable(
        self, fetches: Any, feed_list: Sequence[Any] | None = None, accept_options: bool = False
    ) -> Callable[..., Any]:
        """Returns a function of the values for `feed_list` that runs `fetches`."""
        structure = self._structure(fetches)
        tensors = [self._fed_tensor(feed) for feed in feed_list or ()]

        def call(*args: Any, options: Any = None, run_metadata: Any = None) -> Any:
            if len(args) < len(tensors):
                raise unfed(tensors[len(args)].op)
            if len(args) != len(tensors):
                raise ValueError(
                    f"The number of feeds is {len(args)}, but the callable takes {len(tensors)}: "
                    f"{', '.join(t.name for t in tensors) or 'none'}."
                )
            values = [as_feed(t, value) for t, value in zip(tensors, args, strict=True)]
            return structure.pack(self._run(structure.elements, tensors, values))

        return call

    def list_devices(self) -> list:
        """The devices that TensorFlow would list; Stillflow names the host alone."""
        return []

    def partial_run_setup(self, fetches: Any, feeds: Any = None) -> str:
        raise NotImplementedError(
            "partial_run_setup is in TensorFlow 1.15 but not yet in Stillflow.\n"
            "  Run the two parts with two calls of sess.run, feeding what the first gave."
        )

    partial_run = partial_run_setup

    # --------------------------------------------------------------------------------------------

    def _structure(self, fetches: Any) -> FetchStructure:
        try:
            known = self._structures.get(fetches)
        except TypeError:  # a list or a dict has no hash
            return FetchStructure(self._graph, fetches)
        if known is None:
            known = FetchStructure(self._graph, fetches)
            if isinstance(fetches, (Tensor, Operation)):
                self._structures[fetches] = known
        return known

    def _feeds(self, feed_dict: dict | None) -> tuple[list[Tensor], list[Any]]:
        if not feed_dict:
            return [], []
        if not isinstance(feed_dict, Mapping):
            raise TypeError(
                f"input must be a dictionary\n  feed_dict is a {type(feed_dict).__name__}."
            )
        tensors, values = [], []
        for key, value in feed_dict.items():
            if isinstance(key, tuple):
                tensors += [self._fed_tensor(item) for item in key]
                values += list(value)
            elif getattr(key, "_is_indexed_slices", False):
                tensors += key.fetch_parts()
                values += list(value)
            else:
                tensors.append(self._fed_tensor(key))
                values.append(value)
        return tensors, [as_feed(t, value) for t, value in zip(tensors, values, strict=True)]

    def _fed_tensor(self, key: Any) -> Tensor:
        if isinstance(key, Tensor) and key.op.graph is self._graph:
            tensor = key
        else:
            try:
                tensor = self._graph.as_graph_element(key, allow_operation=False)
            except (KeyError, ValueError, TypeError) as error:
                raise TypeError(
                    f"Cannot interpret feed_dict key as Tensor: {error.args[0]}"
                ) from None
        if self._graph._unfeedable and not self._graph.is_feedable(tensor):
            raise ValueError(f"Tensor {tensor} may not be fed.")
        return tensor

    def _run(
        self, elements: Sequence[Tensor | Operation], feeds: Sequence[Tensor], values: list[Any]
    ) -> list[Any]:
        with self._lock:
            if self._closed:
                raise RuntimeError("Attempted to use a closed Session.")
            if self._graph.version == 0:
                raise RuntimeError(
                    "The Session graph is empty.  Add operations to the graph before calling run()."
                )
            return self._executor(elements, feeds).run(self._state, values)

    def _executor(
        self, elements: Sequence[Tensor | Operation], feeds: Sequence[Tensor]
    ) -> Executor:
        # A node that is added cannot change what earlier ones do, but a rewired one can.
        key = (self._graph.rewirings, *elements, None, *feeds)
        executor = self._executors.get(key)
        if executor is None:
            executor = Executor(make_plan(elements, feeds), self._tier)
            self._executors[key] = executor
        return executor

    # What the Saver needs: all variables at once, without a graph -------------------------------

    def _variable_values(self, variables: Sequence[Operation]) -> list[np.ndarray]:
        """The values of `variables`; FailedPreconditionError when one has none."""
        with self._lock:
            values = [self._state.variables.get(variable) for variable in variables]
        for variable, value in zip(variables, values, strict=True):
            if value is None:
                raise uninitialized(variable)
        return [np.asarray(value) for value in values]

    def _set_variable_values(self, values: dict[Operation, np.ndarray]) -> None:
        """Gives all of `values` to their variables at once."""
        with self._lock:
            self._state.variables.update(values)


def as_feed(tensor: Tensor, value: Any) -> np.ndarray:
    """Returns `value` as an array of the type and shape of `tensor`.

    Raises:
      TypeError: a Tensor as the value, or an int that the type cannot hold.
      ValueError: the shape does not fit, or the elements are no numbers.
    """
    dtype = tensor._dtype.as_numpy_dtype
    if isinstance(value, Tensor):
        raise TypeError(
            "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include "
            "Python scalars, strings, lists, numpy ndarrays, or TensorHandles. For reference, the "
            f"tensor object was {value} which was passed to the feed with key {tensor}."
        )
    if isinstance(value, int) and np.asarray(value).astype(dtype) != value:
        raise TypeError(
            f"Type of feed value {value} with type {type(value)} is not compatible with Tensor "
            f"type {dtype}. Try explicitly setting the type of the feed tensor to a larger type "
            "(e.g. int64)."
        )
    if dtype is np.object_:
        array = as_array(value, string)
    elif type(value) is np.ndarray and value.dtype == dtype:
        array = value
    else:
        with np.errstate(all="ignore"):  # a number too large becomes infinite, as in TensorFlow
            array = np.asarray(value, dtype=dtype)
    if not _fits(array.shape, tensor._shape.sizes):
        raise ValueError(
            f"Cannot feed value of shape {array.shape} for Tensor {tensor.name!r}, which has shape "
            f"'{tensor._shape}'"
        )
    return array


def _fits(shape: tuple[int, ...], sizes: tuple[int | None, ...] | None) -> bool:
    if sizes is None or shape == sizes:
        return True
    if len(shape) != len(sizes):
        return False
    for given, declared in zip(shape, sizes, strict=True):  # a loop: `all` costs more per feed
        if declared is not None and given != declared:
            return False
    return True


class Session(BaseSession):
    """A session that a `with` block makes the default one, and closes at its end."""

    def __enter__(self) -> Session:
        self._graph_block = self._graph.as_default()
        self._session_block = self.as_default()
        self._graph_block.__enter__()
        self._session_block.__enter__()
        return self

    def __exit__(self, *exc: Any) -> None:
        self._session_block.__exit__(*exc)
        self._graph_block.__exit__(*exc)
        self.close()

    @staticmethod
    def reset(target: str, containers: Any = None, config: Any = None) -> None:
        """Accepted; there is no server whose resources could be reset."""


class InteractiveSession(BaseSession):
    """A session that is the default one from its making to its close, for a shell or a notebook."""

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None):
        super().__init__(target, graph, config)
        self._blocks = [self.as_default()]
        if graph is not None:
            self._blocks.insert(0, graph.as_default())
        for block in self._blocks:
            block.__enter__()

    def close(self) -> None:
        super().close()
        while self._blocks:
            self._blocks.pop().__exit__(None, None, None)
