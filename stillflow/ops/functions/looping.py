"""Loops over functions that attributes name: `functional_ops.While` and `For`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare import shapes
from stillflow.declare.expanding import Body
from stillflow.declare.opdef import op
from stillflow.graph import dtypes
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.function_library import FunctionName
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.control.ordering import identity
from stillflow.ops.control.while_loop import while_loop
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.functions.callable import GraphFunction
from stillflow.ops.functions.defun import Defun, get_extra_args
from stillflow.ops.functions.lowering import Lowering, as_condition
from stillflow.ops.math import casts, comparison, elementwise

_UNDECLARED: Any = []
_SIGNATURE = "input: [T] -> output: [T]"


def _shapes_of_inputs(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    return [shape.sizes for shape in ctx.attrs["output_shapes"]] or ctx.shapes()


def _loop(operation: Operation) -> Body:
    """A loop that calls the condition and the body."""
    lowering = Lowering(operation)
    count = len(lowering.inputs)

    def goes_on(*values: Tensor) -> Tensor:
        results = lowering.call(operation.attrs["cond"], values)
        if isinstance(results, Operation) or len(results) != 1:
            given = 0 if isinstance(results, Operation) else len(results)
            raise InvalidArgumentError(
                None,
                operation,
                f"Expected a single scalar return value from WhileOp cond, got {given} tensors.",
            )
        return as_condition(results[0])

    def iteration(*values: Tensor) -> list[Tensor]:
        return _next_values(
            operation, lowering.call(operation.attrs["body"], values), count, "While"
        )

    with lowering.graph.as_default():
        results = while_loop(
            goes_on,
            iteration,
            lowering.inputs,
            parallel_iterations=operation.attrs["parallel_iterations"],
            return_same_structure=True,
        )
    return lowering.body(results)


def _next_values(
    operation: Operation, results: list[Tensor] | Operation, count: int, kind: str
) -> list[Tensor]:
    values = [] if isinstance(results, Operation) else results
    if len(values) != count:
        raise InvalidArgumentError(
            None,
            operation,
            f"{kind} loop body returned {len(values)} arguments. Expected: {count}",
        )
    return values


_LOOP: dict[str, Any] = {"shape": _shapes_of_inputs, "expands": _loop}


@op("While", _SIGNATURE, stateful=True, **_LOOP)
def while_op(
    xp,
    *inputs,
    cond: FunctionName,
    body: FunctionName,
    output_shapes: list[TensorShape] = _UNDECLARED,
    parallel_iterations: int = 10,
):
    """What function `body` makes of `inputs` as often as function `cond` holds of them."""
    raise AssertionError("a loop runs in its place")


@op("StatelessWhile", _SIGNATURE, **_LOOP)
def stateless_while_op(
    xp,
    *inputs,
    cond: FunctionName,
    body: FunctionName,
    output_shapes: list[TensorShape] = _UNDECLARED,
    parallel_iterations: int = 10,
):
    """`While` of functions without effects."""
    raise AssertionError("a loop runs in its place")


def _counted(operation: Operation) -> Body:
    """A loop that calls the body with a counter."""
    for name, tensor in zip(("start", "limit", "delta"), operation.inputs, strict=False):
        if tensor.shape.ndims:
            sizes = shapes.format_sizes(tensor.shape.sizes)
            raise InvalidArgumentError(None, operation, f"{name} must be a scalar, but {sizes}")
    lowering = Lowering(operation)
    start, limit, delta, *values = lowering.inputs

    def goes_on(i: Tensor, *_: Tensor) -> Tensor:
        return comparison.less(i * elementwise.sign(delta), limit * elementwise.sign(delta))

    def iteration(i: Tensor, *values: Tensor) -> list[Tensor]:
        results = lowering.call(operation.attrs["body"], [i, *values])
        return [i + delta, *_next_values(operation, results, len(values), "For")]

    with lowering.graph.as_default():
        is_valid = comparison.less_equal(
            start * elementwise.sign(delta), limit * elementwise.sign(delta)
        )
        shown = ["Invalid start/limit/delta:", start, limit, delta]
        with control_dependencies([assert_that(is_valid, shown)]):
            first = identity(start)
        _, *results = while_loop(goes_on, iteration, [first, *values])
    return lowering.body(results)


@op(
    "For",
    "start: int32, limit: int32, delta: int32, input: [T] -> output: [T]",
    shape=shapes.unknown,
    expands=_counted,
)
def for_op(xp, start, limit, delta, *inputs, body: FunctionName):
    """What function `body` makes of a counter and `inputs`, for each in start, start + delta..."""
    raise AssertionError("a loop runs in its place")


# TensorFlow's functions ---------------------------------------------------------------------------


def while_(
    input_: Sequence[Any],
    cond: GraphFunction,
    body: GraphFunction,
    name: str | None = None,
    hostmem: Sequence[int] | None = None,
) -> list[Tensor]:
    """`functional_ops.While`: `input_` after `body`, a function, as often as `cond` says.

    Args:
      hostmem: recorded.

    Raises:
      ValueError: the functions take different types, or `cond` takes what is outside.
    """
    if cond.captured_inputs:
        raise ValueError(
            "While op 'cond' argument must be a function without implicitly captured inputs."
        )
    types = body.declared_input_types
    if cond.declared_input_types != types:
        raise ValueError(
            "While op 'cond' and 'body' signatures do not match. "
            f"{cond.declared_input_types!r} vs {types!r}"
        )
    captured = body.captured_inputs
    if not captured:
        results: Any = while_op(input_, cond=cond, body=body, name=name)
    else:
        taken = [*types, *(tensor.dtype for tensor in captured)]
        plain = Defun(*taken, func_name=f"{cond.name}_Wrapper")(
            lambda *args: cond(*args[: len(types)])
        )
        results = while_op(
            [*input_, *captured], cond=plain, body=_carrying_captured(body), name=name
        )
    _note_host_memory(results, hostmem, 0)
    return results[: len(results) - len(captured)]


def for_(
    start: Any,
    limit: Any,
    delta: Any,
    inputs: Sequence[Any],
    body: GraphFunction,
    name: str | None = None,
    hostmem: Sequence[int] | None = None,
    rewrite_with_while: bool | None = None,
) -> list[Tensor]:
    """`functional_ops.For`: `inputs` after body(i, *inputs) for i in range(start, limit, delta).

    Args:
      hostmem: recorded.
      rewrite_with_while: builds a While.
    """
    if rewrite_with_while:
        return _by_while(start, limit, delta, inputs, body, name, hostmem)
    captured = body.captured_inputs
    called = _carrying_captured(body) if captured else body
    results: Any = for_op(start, limit, delta, [*inputs, *captured], body=called, name=name)
    _note_host_memory(results, hostmem, 3)
    return results[: len(results) - len(captured)]


def _carrying_captured(body: GraphFunction) -> GraphFunction:
    """`body`, which also takes and gives what it takes from outside."""

    def wrapper(*args: Tensor) -> tuple:
        result = body(*args)
        values = () if isinstance(result, Operation) else result
        given = values if isinstance(values, tuple) else (values,)
        return (*given, *get_extra_args())

    return Defun(*body.declared_input_types, func_name=f"{body.name}_Wrapper")(wrapper)


def _note_host_memory(results: list[Tensor], hostmem: Sequence[int] | None, before: int) -> None:
    if hostmem:
        results[0].op._set_attr("_input_hostmem", [before + index for index in hostmem])
        results[0].op._set_attr("_output_hostmem", list(hostmem))


def _by_while(
    start: Any,
    limit: Any,
    delta: Any,
    inputs: Sequence[Any],
    body: GraphFunction,
    name: str | None,
    hostmem: Sequence[int] | None,
) -> list[Tensor]:
    size = elementwise.abs_(delta)
    distance = elementwise.abs_(limit - start) + size - 1
    count = casts.cast(
        casts.cast(distance, dtypes.float32) / casts.cast(size, dtypes.float32), dtypes.int32
    )
    types = [dtypes.int32] * 4 + list(body.declared_input_types)[1:]

    def goes_on(i: Tensor, n: Tensor, *args: Tensor) -> Tensor:
        return i < n

    def iteration(i: Tensor, n: Tensor, start: Tensor, delta: Tensor, *args: Tensor) -> tuple:
        result = body(start + i * delta, *args)
        values = () if isinstance(result, Operation) else result
        given = values if isinstance(values, tuple) else (values,)
        return (i + 1, n, start, delta, *given)

    results = while_(
        [0, count, start, delta, *inputs],
        Defun(*types, func_name=f"{body.name}_Cond")(goes_on),
        Defun(*types, func_name=f"{body.name}_Body")(iteration),
        name,
        [0, 1, 2, 3, *(4 + index for index in hostmem or ())],
    )
    return list(results[4:])
