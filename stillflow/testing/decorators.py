"""Decorators and blocks for tests, of TensorFlow's `python.framework.test_util`: the graph half."""

from __future__ import annotations

import contextlib
import unittest
from collections.abc import Callable, Iterator
from typing import Any

from stillflow.graph import scopes
from stillflow.graph.operation import Tensor
from stillflow.ops.array import transposing
from stillflow.platform.decorators import contextmanager, make_decorator
from stillflow.runtime.eager.mode import eager_mode, graph_mode
from stillflow.testing import environment

_TO_NCHW = {4: [0, 3, 1, 2], 5: [0, 4, 1, 2, 3]}
_TO_NHWC = {4: [0, 2, 3, 1], 5: [0, 2, 3, 4, 1]}


def run_v1_only(reason: str, func: Any = None) -> Any:
    """Decorator of what runs with TensorFlow 1 alone, as all does here."""
    return _as_it_is(func)


def run_deprecated_v1(func: Any = None) -> Any:
    """Decorator of what runs in a graph, as all does here."""
    return _as_it_is(func)


deprecated_graph_mode_only = run_deprecated_v1


def run_in_graph_and_eager_modes(
    func: Callable | None = None,
    config: Any = None,
    use_gpu: bool = True,
    reset_test: bool = True,
    assert_no_eager_garbage: bool = False,
) -> Any:
    """Decorator of a test that runs in a graph, within a session of its own, and then eagerly.

    Args:
      reset_test: the test is set up anew in between.
    """
    if func is None:
        return lambda given: run_in_graph_and_eager_modes(given, config, use_gpu, reset_test)
    if isinstance(func, type):
        raise ValueError(
            "`run_in_graph_and_eager_modes` only supports test methods. Did you mean to use "
            "`run_all_in_graph_and_eager_modes`?"
        )

    def in_both(self: Any, *args: Any, **kwargs: Any) -> None:
        with (
            contextlib.suppress(unittest.SkipTest),  # the other half may run
            graph_mode(),
            self.test_session(use_gpu=use_gpu, config=config),
        ):
            func(self, *args, **kwargs)
        with eager_mode():
            if reset_test:
                self.tearDown()
                self._folder = None
                self.setUp()
            func(self, *args, **kwargs)

    return make_decorator(func, in_both, "run_in_graph_and_eager_modes")


def run_all_in_graph_and_eager_modes(cls: Any) -> Any:
    """Decorator of a class whose tests all are as `run_in_graph_and_eager_modes` makes one."""
    for name in dir(cls):
        is_test = name.startswith("test") and name != "test_session"
        if is_test and not name.lower().replace("_", "").startswith("testskipeager"):
            setattr(cls, name, run_in_graph_and_eager_modes(getattr(cls, name)))
    return cls


def disable_xla(description: str) -> Callable[[Any], Any]:
    """Decorator of what TensorFlow's own tests do not run with XLA."""
    return _as_it_is


no_xla_auto_jit = xla_allow_fallback = disable_control_flow_v2 = disable_xla


def run_v2_only(func: Any = None) -> Any:
    """Decorator of what is skipped, as it needs TensorFlow 2."""
    return _skipped("Test is only compatible with v2", func)


def run_gpu_only(func: Any = None) -> Any:
    """Decorator of what is skipped unless there is a GPU to place operations on."""
    is_there = environment.is_gpu_available()
    return _as_it_is(func) if is_there else _skipped("Test requires GPU", func)


def run_cuda_only(func: Any = None) -> Any:
    """Decorator of what is skipped unless there is a GPU with CUDA."""
    is_there = environment.is_gpu_available(cuda_only=True)
    return _as_it_is(func) if is_there else _skipped("Test requires CUDA GPU", func)


def skip_if(condition: Any) -> Callable[[Callable], Callable]:
    """Decorator of what is not run where `condition`, a bool or a function of none, holds."""

    def decorate(func: Callable) -> Callable:
        def unless(*args: Any, **kwargs: Any) -> Any:
            holds = condition() if callable(condition) else condition
            return None if holds else func(*args, **kwargs)

        return make_decorator(func, unless, "skip_if")

    return decorate


@contextmanager
def device(use_gpu: bool) -> Iterator[None]:
    """A block whose operations are on a GPU if that is wanted and can be, else on the host."""
    with force_gpu() if use_gpu and environment.is_gpu_available() else force_cpu():
        yield


def use_gpu() -> Any:
    """A block whose operations are on a GPU if there is one, else on the host."""
    return device(use_gpu=True)


def force_gpu() -> Any:
    """A block whose operations say that they are on a GPU."""
    return scopes.device("/device:GPU:0")


def force_cpu() -> Any:
    """A block whose operations say that they are on the host."""
    return scopes.device("/device:CPU:0")


def assert_ops_in_graph(expected_ops: dict[str, str], graph: Any) -> dict[str, Any]:
    """{name: node} of the operations that a graph must have: {name: type}.

    Raises:
      ValueError: one is not there, or of another type.
    """
    found = {}
    for node in graph.as_graph_def().node:
        if node.name in expected_ops:
            if expected_ops[node.name] != node.op:
                raise ValueError(
                    f"Expected op for node {node.name} is different. "
                    f"{expected_ops[node.name]} vs {node.op}"
                )
            found[node.name] = node
    if found.keys() != expected_ops.keys():
        raise ValueError(
            f"Not all expected ops are present. Expected {expected_ops.keys()}, "
            f"found {found.keys()}"
        )
    return found


def NHWCToNCHW(input_tensor: Any) -> Any:
    """A tensor, or the list of its sizes, with its channels in front."""
    return _permuted(input_tensor, _TO_NCHW)


def NCHWToNHWC(input_tensor: Any) -> Any:
    """A tensor, or the list of its sizes, with its channels behind."""
    return _permuted(input_tensor, _TO_NHWC)


def is_absent() -> bool:
    """False, to whoever asks for MKL, CUDA or XLA in the build."""
    return False


def _permuted(input_tensor: Any, orders: dict[int, list[int]]) -> Any:
    if isinstance(input_tensor, Tensor):
        return transposing.transpose(input_tensor, orders[len(input_tensor.shape.as_list())])
    return [input_tensor[axis] for axis in orders[len(input_tensor)]]


def _as_it_is(func: Any) -> Any:
    """`func`; without one, a decorator that changes nothing."""
    return func if func is not None else _as_it_is


def _skipped(message: str, func: Any) -> Any:
    """A test that is skipped, or a class whose tests are; without one, a decorator of such."""
    if func is None:
        return lambda given: _skipped(message, given)
    if isinstance(func, type):
        tests: Any = func
        tests.setUp = _skipped(message, tests.setUp)
        return tests

    def skip(self: Any, *args: Any, **kwargs: Any) -> None:
        self.skipTest(message)

    return make_decorator(func, skip, "skipped")
