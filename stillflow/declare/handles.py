"""What is known, while a graph is built, of the variable behind a tensor of type resource.

A handle is a tensor that names a variable: the output of the operation that stands for it, or of
operations that hand that on. Its own shape is that of a scalar; the variable has another.
"""

from __future__ import annotations

from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation, Tensor


def variable_behind(handle: Tensor) -> Operation | None:
    """The operation that stands for the variable; None where a run alone can tell which it is."""
    maker = maker_of_handle(handle)
    return maker if maker is not None and maker.defn.is_variable else None


def maker_of_handle(handle: Tensor) -> Operation | None:
    """The operation that gives the handle which others hand on; None where a run alone can tell."""
    while True:
        if handle._is_eager:
            named = handle._value  # type: ignore[attr-defined]
            return getattr(named, "variable", None)
        defn, graph = handle.op.defn, handle.graph
        if defn.is_placeholder and graph.building_function:
            outside = graph.original(handle)  # type: ignore[attr-defined]
            if outside is None:
                return None
            handle = outside
        elif defn.forwards or defn.splits or defn.frame == "enter":
            handle = handle.op.inputs[0]
        else:
            return handle.op


def is_handle(tensor: Tensor) -> bool:
    return tensor.dtype is dtypes.resource


def value_sizes(tensor: Tensor) -> Sizes:
    """The static sizes of the variable that a handle names, and of any other tensor its own."""
    if not is_handle(tensor):
        return tensor.shape.sizes
    variable = variable_behind(tensor)
    if variable is not None:
        return variable.attrs["shape"].sizes
    told = getattr(tensor, "_handle_data", None)  # by what gives the handle, of a call say
    return None if told is None else told.shape.sizes


def value_dtype(handle: Tensor) -> DType:
    """The type of the variable that `handle` names; float32, as TensorFlow takes it, if unknown."""
    variable = variable_behind(handle)
    return dtypes.float32 if variable is None else variable.attrs["dtype"]


class OfVariables(ShapeContext):
    """The inputs of an op, in which a handle has the shape of its variable."""

    __slots__ = ()

    def __init__(self, ctx: ShapeContext):
        super().__init__(ctx.inputs, ctx.attrs, ctx._signature)
        self._used, self._shapes_used = ctx._used, ctx._shapes_used

    def shape(self, index: int) -> Sizes:
        return value_sizes(self.inputs[index])

    def shapes(self, start: int = 0, stop: int | None = None) -> list[Sizes]:
        return [value_sizes(tensor) for tensor in self.inputs[start:stop]]

    def rank(self, index: int) -> int | None:
        sizes = self.shape(index)
        return None if sizes is None else len(sizes)


def check_dtype(ctx: ShapeContext, wanted: DType) -> None:
    """ShapeError when the handle, the first input, names a variable of another type."""
    variable = variable_behind(ctx.inputs[0]) if is_handle(ctx.inputs[0]) else None
    if variable is not None and variable.attrs["dtype"] is not wanted:
        names = variable.attrs["dtype"].runtime_name, wanted.runtime_name
        raise ShapeError(
            f"Trying to read variable with wrong dtype. Expected {names[0]} got {names[1]}"
        )
