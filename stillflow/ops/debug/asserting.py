"""Operations that fail the run: unless a condition holds, or a tensor is finite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.arguments import renamed
from stillflow.declare.composites import or_of_composites
from stillflow.declare.convert import convert_n_to_tensor, convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.type_sets import FLOATS
from stillflow.declare.value_text import summary
from stillflow.graph import dtypes
from stillflow.graph.context import check_not_eager, executing_eagerly
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, control_dependencies, name_scope
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import group, no_op, with_dependencies

_SUMMARIZED = 3  # elements of each tensor


@op("Assert", "condition: bool, data: [T] ->", stateful=True)
def assert_op(xp, condition, *data, summarize: int = _SUMMARIZED):
    """condition: bool[], data: any -> nothing; fails unless the condition holds, showing data."""

    def failed(*data: np.ndarray) -> str:
        return f"assertion failed: {' '.join(f'[{summary(value, summarize)}]' for value in data)}"

    xp.check(condition, failed, *data)
    return ()


def assert_that(
    condition: Any, data: Sequence[Any], summarize: int | None = None, name: str | None = None
) -> Operation:
    """Returns an operation that fails, showing `data`, unless every element of `condition` holds.

    It must run to have an effect: name it in `tf.control_dependencies`. `summarize` says how many
    elements of each of `data` are shown; a negative number shows all.
    """
    shown = _SUMMARIZED if summarize is None else summarize
    if executing_eagerly():
        _check_now(condition, data, shown)
        return None  # type: ignore[return-value]
    with name_scope(name, "Assert", [condition, *data]):
        tensors = convert_n_to_tensor(data)
        if all(tensor.dtype in (dtypes.string, dtypes.int32) for tensor in tensors):
            asserting: Any = assert_op(condition, list(data), summarize=shown, name="Assert")
            return asserting
        condition = convert_to_tensor(condition, name="Condition")

        def fail() -> Operation:
            asserting: Any = assert_op(condition, list(data), summarize=shown, name="Assert")
            return asserting

        # Its data are looked at only when it fails.
        return cond(condition, no_op, fail, name="AssertGuard").op


def _check_now(condition: Any, data: Sequence[Any], summarize: int) -> None:
    if not condition:
        tensors = convert_n_to_tensor(data)
        shown = "\n".join(_summarized(tensor.numpy(), summarize) for tensor in tensors)  # type: ignore[attr-defined]
        raise InvalidArgumentError(
            None, None, f"Expected '{condition!s}' to be true. Summarized data: {shown}"
        )


def _summarized(value: Any, summarize: int) -> str:
    """The first elements of an array, as eager assertions show it."""
    elements = np.ravel(value)
    count = elements.size if summarize < 0 else summarize
    shown = [str(element) for element in elements[:count]]
    return ", ".join(shown if len(shown) == elements.size else [*shown, "..."])


# Finite numbers ---------------------------------------------------------------------------------


@op(
    "CheckNumerics", "tensor: T -> output: T", shape=shapes.same, types={"T": FLOATS}, stateful=True
)
def check_numerics_op(xp, x, *, message: str):
    """x: f[...] -> x; fails, saying `message`, when an element is infinite or no number."""
    xp.check(xp.isfinite(x), lambda x: f"{message} : Tensor had {_not_finite(x)} values", x)
    return x


def _not_finite(x: np.ndarray) -> str:
    found = ["Inf"] * bool(np.isinf(x).any()) + ["NaN"] * bool(np.isnan(x).any())
    return " and ".join(found)


@check_numerics_op.gradient
def check_numerics_gradient(op, dy):
    message = op.attrs["message"]
    shown = message.encode()  # TensorFlow's attributes are bytes
    said = f"Not a number (NaN) or infinity (Inf) values detected in gradient. {shown!r}"
    return check_numerics_op(dy, message=said)


@or_of_composites
def check_numerics(tensor: Any, message: str, name: str | None = None) -> Tensor:
    """Returns `tensor`; the run fails when it has an element that is infinite or no number."""
    return check_numerics_op(tensor, message=message, name=name)


def verify_tensor_all_finite(
    t: Any = None,
    msg: str | None = None,
    name: str | None = None,
    x: Any = None,
    message: str | None = None,
) -> Tensor:
    """Returns `x` once it is known to be finite; `t` and `msg` are older names of the arguments."""
    x = renamed("x", x, "t", t)
    message = renamed("message", message, "msg", msg)
    with name_scope(name, "VerifyFinite", [x]):
        x = convert_to_tensor(x, name="x")
        with colocate_with(x):
            checked = check_numerics(x, message or "")
        return with_dependencies([checked], x)


def add_check_numerics_ops() -> Operation:
    """Returns an operation that fails where a float tensor built so far is infinite or no number.

    The tensors are checked in the order of building.

    Raises:
      ValueError: one of them is inside a choice or a loop.
    """
    check_not_eager(
        "add_check_numerics_ops() is not compatible with eager execution. To check for Inf's and "
        "NaN's under eager execution, call tfe.seterr(inf_or_nan='raise') once before executing "
        "the checked operations."
    )
    checks: list[Any] = []
    for built in get_default_graph().get_operations():
        for tensor in built.outputs:
            if tensor.dtype not in (dtypes.float16, dtypes.float32, dtypes.float64):
                continue
            if built._control_flow_context is not None:
                raise ValueError(
                    "`tf.add_check_numerics_ops() is not compatible with TensorFlow control flow "
                    "operations such as `tf.cond()` or `tf.while_loop()`.\n"
                    f"  {tensor.name} is inside of one: use tf.check_numerics there."
                )
            with control_dependencies(checks):
                checks = [check_numerics(tensor, message=f"{built.name}:{tensor.value_index}")]
    return group(*checks)
