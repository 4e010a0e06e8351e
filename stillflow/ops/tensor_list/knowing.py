"""What is known, while a graph is built, of the list behind a variant tensor."""

from __future__ import annotations

from typing import NamedTuple

from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes, merge
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor


class ListData(NamedTuple):
    """The shape and the type of the elements."""

    sizes: Sizes
    dtype: DType


_PASSED_ON = ("Identity", "Switch", "Enter", "ZerosLike", "AddN", "TensorListResize")
_KEPT = (
    "TensorListPushBack",
    "TensorListPushBackBatch",
    "TensorListPopBack",
    "TensorListSetItem",
    "TensorListScatterIntoExistingList",
    "TensorListConcatLists",
)
_CALLS = ("PartitionedCall", "StatefulPartitionedCall")
_SHAPED_BY = {
    "EmptyTensorList": 0,
    "TensorListReserve": 0,
    "TensorListFromTensor": 1,
    "TensorListSplit": 1,
    "TensorListScatter": 2,
    "TensorListScatterV2": 2,
}


def known_of(tensor: Tensor) -> ListData | None:
    """What is known of the list that `tensor` is, or of all that it holds; None for nothing.

    It is kept on the tensors, so that a chain of operations is gone through once.
    """
    chain = []
    while getattr(tensor, "_handle_data", None) is None and not tensor._is_eager:
        chain.append(tensor)
        if not _hands_on(tensor):
            break
        tensor = tensor.op.inputs[0]
    data = getattr(tensor, "_handle_data", None)
    for link in reversed(chain):
        data = _of_output(link, data)
        if data is not None:
            link._handle_data = data
    return data


def _hands_on(tensor: Tensor) -> bool:
    """Whether its operation gives on the list of its first input, though perhaps a changed one."""
    is_element = tensor.op.type == "TensorListPopBack" and tensor.value_index == 1
    return tensor.op.type in (*_PASSED_ON, *_KEPT) and not is_element


def _of_output(tensor: Tensor, before: ListData | None) -> ListData | None:
    """Of an output, by what is known of its operation's first input."""
    op = tensor.op
    if op.type in _SHAPED_BY:
        ctx = ShapeContext(op.inputs, op.attrs, op.defn.signature)
        return ListData(shape_said(ctx, _SHAPED_BY[op.type]), op.attrs["element_dtype"])
    if op.type == "Pack":
        seen = {known_of(part) for part in op.inputs}
        return seen.pop() if len(seen) == 1 else None
    if op.type in _CALLS:
        return _of_result(tensor)
    if op.type in _KEPT and before is None and _hands_on(tensor):
        return ListData(None, op.attrs["element_dtype"])
    return before


def _of_result(tensor: Tensor) -> ListData | None:
    """Of what a function gives."""
    from stillflow.ops.functions.calls import function_called

    called = function_called(tensor.op, tensor.op.attrs["f"].name)
    return known_of(called.body.outputs[tensor.value_index])


def shape_said(ctx: ShapeContext, index: int) -> Sizes:
    """The shape of elements that an input says; a scalar says nothing."""
    return ctx.value_as_shape(index) if ctx.rank(index) else None


def element_sizes(ctx: ShapeContext, message: str, said: int | None = None) -> Sizes:
    """The shape of the elements of the list that is input 0, which are of the op's type.

    Args:
      message: what to say of another type, with `list` and `op` for the two.
      said: the number of the input that says the shape too.
    """
    known = known_of(ctx.inputs[0])
    sizes: Sizes = None
    if known is not None:
        dtype = ctx.attrs["element_dtype"]
        if known.dtype is not dtype:
            names = {"list": known.dtype.runtime_name, "op": dtype.runtime_name}
            raise ShapeError(message.format(**names))
        sizes = known.sizes
    return sizes if said is None else merge(sizes, shape_said(ctx, said))
