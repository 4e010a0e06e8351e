"""`tf.xla.experimental.compile`: what a function builds, marked as one cluster of XLA.

Stillflow compiles what is hot in any case; the graph records what TensorFlow would compile.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from stillflow.declare.convert import to_tensor
from stillflow.graph import nest
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, device
from stillflow.ops.control.ordering import group, identity, no_op
from stillflow.ops.control.xla_context import XLACompileContext, xla_cluster_output
from stillflow.ops.summaries.common import without_summaries
from stillflow.ops.variables.scope import get_variable_scope


def compile(computation: Callable[..., Any], inputs: Sequence[Any] | None = None) -> Any:
    """Builds `computation(*inputs)` as one part that XLA compiles; returns what it returns.

    Variables in it are resources, and summaries are not built.

    Args:
      computation: takes tensors, in the structures of `inputs`; returns None, a value, a list of
        tensors with operations behind them, or a structure of tensors.
      inputs: values or structures of them; a list of numbers becomes as many scalars.

    Returns:
      An operation where nothing but operations, or nothing, was returned; a list where tensors
      were, which run the operations; else the structure.

    Raises:
      TypeError: `inputs` is no list or tuple.
      ValueError: what was returned is none of this, or one such call is in another.
      NotImplementedError: it uses a variable that is not a resource.
    """
    inputs = [] if inputs is None else inputs
    if not isinstance(inputs, Sequence):
        raise TypeError(f"inputs must be a list\n  This is {inputs!r}: put it in one.")
    values = [to_tensor(value) for value in nest.flatten(inputs)]
    cluster = get_default_graph().unique_name("cluster")
    context = XLACompileContext(cluster, no_op(name=f"{cluster}/pivot"))
    context.Enter()
    try:
        entered = [identity(value, name=f"input_{i}") for i, value in enumerate(values)]
        with _with_resources(), without_summaries():
            outputs = computation(*nest.pack_sequence_as(inputs, entered))
        flat = _is_flat(outputs)
        tensors, waits = _flat_outputs(outputs) if flat else (_nested_outputs(outputs), [])
        context.ExitResult(tensors)
    finally:
        context.report_unsupported_operations()
        context.Exit()
    if not tensors:
        return group(*waits, name="output_0")
    left = [xla_cluster_output(tensor, name=f"output{i}") for i, tensor in enumerate(tensors)]
    with control_dependencies(waits):
        results = [identity(tensor, name=f"output_{i}") for i, tensor in enumerate(left)]
    return results if flat else nest.pack_sequence_as(outputs, results)


@contextmanager
def _with_resources() -> Iterator[None]:
    """A block in which new variables are resources."""
    scope = get_variable_scope()
    before = scope.use_resource
    scope.set_use_resource(True)
    try:
        yield
    finally:
        scope.set_use_resource(before)


def _is_flat(outputs: Any) -> bool:
    if isinstance(outputs, Sequence):
        return not any(isinstance(output, Sequence | dict) for output in outputs)
    return not isinstance(outputs, dict)


def _flat_outputs(outputs: Any) -> tuple[list[Tensor], list[Operation]]:
    """(tensors, each anew, and operations) of what a computation returned."""
    if outputs is None:
        outputs = ()
    elif not isinstance(outputs, Sequence):
        outputs = (outputs,)
    # One operation at least runs the cluster.
    every = [_as_output(output) for output in (*outputs, no_op())]
    operations = [output for output in every if isinstance(output, Operation)]
    tensors = [output for output in every if not isinstance(output, Operation)]
    if any(isinstance(output, Operation) for output in every[: len(tensors)]):
        raise ValueError(
            "XLA computation function must return zero or more Tensor values followed by zero or "
            f"more Operations.\n  It returned {list(outputs)}."
        )
    return [_again(tensor) for tensor in tensors], operations


def _nested_outputs(outputs: Any) -> list[Tensor]:
    tensors = []
    for output in nest.flatten(outputs):
        if isinstance(output, Operation):
            raise ValueError(
                "xla.compile does not support Operation as return value in non-flat output "
                "structure. You can set returned Operations as control dependencies of returned "
                "Tensors so Operations are triggered when Tensors are evaluated. Operation found: "
                f'"{output.name}"'
            )
        tensors.append(_again(_as_output(output)))
    return tensors


def _as_output(output: Any) -> Any:
    if isinstance(output, Operation):
        return output
    try:
        return to_tensor(output)
    except Exception as error:
        raise ValueError(
            "XLA computation function return values must all either be Operations or convertible "
            f'to Tensors. Got error: "{error}"'
        ) from error


def _again(tensor: Tensor) -> Tensor:
    """The tensor as one of the cluster, whatever it was of, on its device."""
    with device(tensor.device or ""):
        return identity(tensor)


def check_function_argument_count(
    func: Callable[..., Any], input_arity: int, infeed_queue: Any
) -> str | None:
    """What is wrong with calling `func` with so many inputs, "exactly 2 arguments"; or None.

    Args:
      func: what is to be called.
      input_arity: how many inputs a caller gives.
      infeed_queue: None, or what adds `number_of_tuple_elements` to them.
    """
    given = input_arity + (0 if infeed_queue is None else infeed_queue.number_of_tuple_elements)
    spec = inspect.getfullargspec(func)
    most, defaults = len(spec.args), len(spec.defaults or ())
    if given < most - defaults:
        exact = not defaults and spec.varargs is None
        return _counted("exactly" if exact else "at least", most - defaults)
    if given > most and spec.varargs is None:
        return _counted("at most" if defaults else "exactly", most)
    return None


def _counted(bound: str, count: int) -> str:
    return f"{bound} {count} argument{'' if count == 1 else 's'}"
