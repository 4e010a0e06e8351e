"""What functions of pictures ask first: is it a picture, and how large?

What is known while building is checked then; for the rest there are operations to wait for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import reshaping, shape_of, stacking
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug import checks
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.math import arithmetic, comparison

WRONG_RANK = "'image' must have either 3 or 4 dimensions."


def check(condition: Any, message: str) -> list[Operation]:
    """ValueError unless `condition` holds; of a tensor, the operation that fails in the run."""
    if is_tensor(condition):
        return [assert_that(condition, [message])]
    if not condition:
        raise ValueError(message)
    return []


def maximum(x: Any, y: Any) -> Any:
    return arithmetic.maximum(x, y) if is_tensor(x) or is_tensor(y) else max(x, y)


def minimum(x: Any, y: Any) -> Any:
    return arithmetic.minimum(x, y) if is_tensor(x) or is_tensor(y) else min(x, y)


def equal(x: Any, y: Any) -> Any:
    return comparison.equal(x, y) if is_tensor(x) or is_tensor(y) else x == y


def dimensions(image: Tensor, rank: int) -> list[Any]:
    """The size of each axis: an int where it is known, else i32[]."""
    if image.shape.is_fully_defined():
        return image.shape.as_list()
    known = image.shape.with_rank(rank).as_list()
    sizes = stacking.unstack(shape_of.shape(image), rank)
    return [sizes[i] if size is None else size for i, size in enumerate(known)]


def _no_zero(shape: TensorShape) -> None:
    if any(size == 0 for size in shape.as_list()):
        raise ValueError(f"all dims of 'image.shape' must be > 0: {shape}")


def _positive(image: Tensor) -> Operation:
    return checks.assert_positive(shape_of.shape(image), ["all dims of 'image.shape' must be > 0."])


def _ranked(image: Tensor, rank: int, message: str) -> TensorShape:
    """The shape of an image of at least that rank, of just that if it is not known."""
    try:
        if image.shape.ndims is None:
            return image.shape.with_rank(rank)
        return image.shape.with_rank_at_least(rank)
    except ValueError:
        raise ValueError(message) from None


def check_3d(image: Tensor) -> list[Operation]:
    """The checks of a run that `image` is n[h, w, c], and not empty."""
    try:
        shape = image.shape.with_rank(3)
    except ValueError:
        raise ValueError(f"'image' (shape {image.shape}) must be three-dimensional.") from None
    _no_zero(shape)
    return [] if shape.is_fully_defined() else [_positive(image)]


def check_at_least_3d(image: Tensor) -> list[Operation]:
    """The checks of a run that `image` is n[..., h, w, c], and not empty."""
    message = "'image' must be at least three-dimensional."
    shape = _ranked(image, 3, message)
    _no_zero(shape)
    if shape.is_fully_defined():
        return []
    return [
        _positive(image),
        checks.assert_greater_equal(shape_of.rank(image), 3, message=message),
    ]


def check_grayscale(image: Tensor) -> list[Operation]:
    """The checks of a run that `image` is n[..., 1]."""
    message = "A grayscale image must be at least two-dimensional."
    size_message = "Last dimension of a grayscale image should be size 1."
    shape = _ranked(image, 2, message)
    if shape.is_fully_defined():
        if shape[-1] != 1:
            raise ValueError(size_message)
        return []
    return [
        checks.assert_equal(shape_of.shape(image)[-1], 1, message=size_message),
        checks.assert_greater_equal(shape_of.rank(image), 3, message=message),
    ]


def at_least_3d(image: Tensor) -> Tensor:
    """`image`, after the checks that it is n[..., h, w, c]."""
    return with_dependencies(check_at_least_3d(image), image)


def as_batch(image: Any) -> tuple[Tensor, bool]:
    """(n[n, h, w, c], whether it was that: one picture is taken for a batch of one)."""
    image = convert_to_tensor(image, name="image")
    rank = image.shape.ndims
    if rank == 4:
        return image, True
    if rank not in (3, None):
        raise ValueError(WRONG_RANK)
    batch = reshaping.expand_dims(image, 0)
    if rank is None:
        batch.set_shape([None] * 4)
    return batch, False


def unbatched(images: Tensor, was_batch: bool) -> Tensor:
    """What `as_batch` was given, again."""
    return images if was_batch else reshaping.squeeze(images, axis=[0])


def by_rank(image: Tensor, of_one: Callable[[], Any], of_batch: Callable[[], Any]) -> Any:
    """What the one function makes of n[h, w, c], the other of n[n, h, w, c]."""
    rank = image.shape.ndims
    if rank in (3, None):
        return of_one()
    if rank == 4:
        return of_batch()
    raise ValueError(WRONG_RANK)
