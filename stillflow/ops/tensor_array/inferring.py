"""What is known of arrays of tensors, and of their elements, while a graph is built."""

from __future__ import annotations

from stillflow.declare import shapes
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor

HANDLE: Sizes = (2,)  # handles count as vectors of two strings, which TensorFlow's were once


def made(ctx: ShapeContext) -> list[Sizes]:
    shapes.with_rank(ctx.shape(0), 0)
    return [HANDLE, ()]


def _check_handle(ctx: ShapeContext) -> None:
    (size,) = shapes.with_rank(ctx.shape(0), 1)
    if size not in (2, None):
        raise ShapeError(f"Dimension must be 2 but is {size}")


def _elements(handle: Tensor) -> tuple[Sizes] | None:
    """The shape of the elements of the array behind `handle`, when all are known to have one."""
    prepended = 0
    while handle.op.type != "TensorArrayV3":
        if handle.op.type == "TensorArrayGradWithShape":
            prepended += handle.op.inputs[2].shape.num_elements() or 0
        handle = handle.op.inputs[0] if handle.op.inputs else None  # type: ignore[assignment]
        if handle is None or handle.dtype is not dtypes.resource:
            return None
    attrs = handle.op.attrs
    sizes = attrs["element_shape"].sizes
    if not attrs["identical_element_shapes"] and (sizes is None or None in sizes):
        return None
    return (None if sizes is None else (None,) * prepended + sizes,)


def of_flow(ctx: ShapeContext) -> Sizes:
    """Input 0 is the handle, the last one the flow."""
    _check_handle(ctx)
    shapes.with_rank(ctx.shape(len(ctx.inputs) - 1), 0)
    return ()


def gradient_array(ctx: ShapeContext) -> list[Sizes]:
    _check_handle(ctx)
    return [HANDLE, ()]


def written(ctx: ShapeContext) -> Sizes:
    shapes.with_rank(ctx.shape(1), 0)
    known = _elements(ctx.inputs[0])
    if known:
        shapes.merge(known[0], ctx.shape(2))
    return of_flow(ctx)


def read(ctx: ShapeContext) -> Sizes:
    shapes.with_rank(ctx.shape(1), 0)
    of_flow(ctx)
    known = _elements(ctx.inputs[0])
    return known[0] if known else None


def gathered(ctx: ShapeContext) -> Sizes:
    (count,) = shapes.with_rank(ctx.shape(1), 1)
    of_flow(ctx)
    known = _elements(ctx.inputs[0])
    sizes = known[0] if known else ctx.attrs["element_shape"].sizes
    return None if sizes is None else (count, *sizes)


def scattered(ctx: ShapeContext) -> Sizes:
    (count,) = shapes.with_rank(ctx.shape(1), 1)
    values = shapes.with_rank_at_least(ctx.shape(2), 1)
    if values is not None:
        shapes.merge_size(values[0], count)
        known = _elements(ctx.inputs[0])
        if known:
            shapes.merge(known[0], values[1:])
    return of_flow(ctx)


def concatenated(ctx: ShapeContext) -> list[Sizes]:
    of_flow(ctx)
    return [None, (None,)]


def split(ctx: ShapeContext) -> Sizes:
    shapes.with_rank(ctx.shape(2), 1)
    return of_flow(ctx)


def size(ctx: ShapeContext) -> Sizes:
    _check_handle(ctx)
    return ()


def closed(ctx: ShapeContext) -> list[Sizes]:
    _check_handle(ctx)
    return []
