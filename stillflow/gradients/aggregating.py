"""The sum of the gradients that reach one tensor from several sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array.indexed_slices import concat_slices
from stillflow.ops.math.arithmetic import accumulate_n, add_n

Gradient = Tensor | IndexedSlices


class AggregationMethod:
    """How gradients of one tensor are summed: all at once, two by two, or in any order."""

    ADD_N = 0
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


def checked_method(method: Any) -> int:
    """`method`, the default one for None.

    Raises:
      ValueError: there is no such method.
    """
    if method is None:
        return AggregationMethod.DEFAULT
    if method not in (0, 1, 2):
        raise ValueError(
            f"Invalid aggregation_method specified {method}.\n"
            "  tf.AggregationMethod has those there are."
        )
    return method


def total_of(grads: list[Gradient], op: Operation, method: int) -> Gradient:
    """The sum of `grads`, gradients by one output of `op`.

    Sparse ones are joined, unless a dense one is among them.
    """
    if len(grads) == 1:
        return grads[0]
    dense = [grad for grad in grads if isinstance(grad, Tensor)]
    if not dense:
        return concat_slices(grads)  # type: ignore[arg-type]
    if len(dense) < len(grads):
        return add_n(grads)
    if method == AggregationMethod.ADD_N:
        return _sum_by_device(dense)
    is_known = any(grad.shape.is_fully_defined() for grad in dense)
    if method == AggregationMethod.EXPERIMENTAL_ACCUMULATE_N and len(dense) > 2 and is_known:
        return accumulate_n(dense)
    with name_scope(f"{op.name}_gradient_sum"):
        total = dense[0]
        for grad in dense[1:]:
            total = add_n([total, grad])
        return total


def total_of_any(grads: Sequence[Gradient | None]) -> Gradient | None:
    """The sum of those of `grads` that are there, sparse if all are; None where none is."""
    present = [grad for grad in grads if grad is not None]
    if len(present) < 2:
        return present[0] if present else None
    if any(isinstance(grad, Tensor) for grad in present):
        return add_n(present)
    return concat_slices(present)  # type: ignore[arg-type]


def _sum_by_device(grads: list[Tensor]) -> Tensor:
    """Adds what is on one device there, then the sums."""
    by_device: dict[str, list[Tensor]] = {}
    for grad in grads:
        by_device.setdefault(grad.device, []).append(grad)
    sums = []
    for _, there in sorted(by_device.items()):
        with there[0].graph.colocate_with(there[0].op, ignore_existing=True):
            sums.append(add_n(there))
    return add_n(sums)
