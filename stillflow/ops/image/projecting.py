"""Pictures turned, moved and seen from elsewhere: projective transforms."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes
from stillflow.declare.type_sets import types
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, joining, reshaping, shape_of
from stillflow.ops.array.constants import constant
from stillflow.ops.image.reading_between import read_or_zero
from stillflow.ops.image.resizing import sized
from stillflow.ops.known_values import constant_value
from stillflow.ops.linalg import solving
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import casts, trigonometric

_TYPES = types("uint8 int32 int64 float16 float32 float64")
_METHODS = ("NEAREST", "BILINEAR")
_BEYOND = np.float32(2**30)


def _transformed(ctx: ShapeContext) -> Sizes:
    batch, _, _, depth = shapes.with_rank(ctx.shape(0), 4)
    return (batch, *sized(ctx, 2), depth)


@op(
    "ImageProjectiveTransformV2",
    "images: dtype, transforms: float32, output_shape: int32 -> transformed_images: dtype",
    shape=_transformed,
    static=("output_shape",),
    types={"dtype": _TYPES},
)
def image_projective_transform_v2(xp, images, transforms, output_shape, *, interpolation: str):
    """images: n[b, h, w, c], transforms: f32[b or 1, 8], output_shape: i32[2] -> n[b, *, c]

    Pixel (x, y) is what the image has at ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k), where
    k = c0 x + c1 y + 1 and a transform is [a0, a1, a2, b0, b1, b2, c0, c1]; 0 outside.
    """
    if interpolation not in _METHODS:
        supported = ", ".join(_METHODS)
        refuse(f"Invalid interpolation {interpolation}. Supported types: {supported}")
    _check(images, transforms, output_shape)
    height, width = output_shape.tolist()
    y, x, exists = _sources(xp, transforms, height, width)
    y, x = (xp.broadcast_to(at, (len(images), height, width)) for at in (y, x))
    if interpolation == "NEAREST":
        found = read_or_zero(xp, images, _rounded(xp, y), _rounded(xp, x))
    else:
        found = _between(xp, images, y, x)
    return xp.where(exists[..., None], found, xp.zeros((), found.dtype)).astype(images.dtype)


def _check(images: Any, transforms: Any, size: Any) -> None:
    if images.ndim != 4:
        refuse("Input images must have rank 4")
    fits = transforms.ndim == 2 and transforms.shape[1] == 8
    if not fits or len(transforms) not in (1, len(images)):
        refuse("Input transform should be num_images x 8 or 1 x 8")
    if size.ndim != 1:
        refuse("output shape must be 1-dimensional")
    if size.size != 2:
        refuse("output shape must have two elements")
    if size.min() <= 0:
        refuse("output dimensions must be positive")


def _sources(xp: Any, transforms: Any, height: int, width: int) -> tuple[Any, Any, Any]:
    """Where each pixel comes from, y and x: f32[b, h, w], and whether that is anywhere."""
    y = np.arange(height, dtype=np.float32)[:, None]
    x = np.arange(width, dtype=np.float32)[None, :]
    a0, a1, a2, b0, b1, b2, c0, c1 = (transforms[:, i, None, None] for i in range(8))
    k = c0 * x + c1 * y + np.float32(1)
    exists = k != 0
    k = xp.where(exists, k, np.float32(1))
    from_x, from_y = (a0 * x + a1 * y + a2) / k, (b0 * x + b1 * y + b2) / k
    return _near(xp, from_y), _near(xp, from_x), exists


def _near(xp: Any, at: Any) -> Any:
    """Places that are far outside, or nowhere, as ones that integers can say."""
    return xp.clip(xp.where(xp.isnan(at), -_BEYOND, at), -_BEYOND, _BEYOND)


def _rounded(xp: Any, at: Any) -> Any:
    """The nearest pixel; a half is rounded away from 0."""
    at = at.astype(np.float64)
    return xp.trunc(at + xp.where(at < 0, -0.5, 0.5)).astype(np.int64)


def _between(xp: Any, images: Any, y: Any, x: Any) -> Any:
    below, left = xp.floor(y), xp.floor(x)
    above, right = below + np.float32(1), left + np.float32(1)

    def row(at: Any) -> Any:
        line = at.astype(np.int64)
        first = read_or_zero(xp, images, line, left.astype(np.int64)).astype(np.float32)
        second = read_or_zero(xp, images, line, right.astype(np.int64)).astype(np.float32)
        return (right - x)[..., None] * first + (x - left)[..., None] * second

    return (above - y)[..., None] * row(below) + (y - below)[..., None] * row(above)


@image_projective_transform_v2.gradient
def image_projective_transform_gradient(op, dy):
    images, transforms, _ = op.inputs
    inverse = matrices_to_flat_transforms(
        solving.matrix_inverse(flat_transforms_to_matrices(transforms))
    )
    size = shape_of.shape(images)[1:3]
    interpolation = op.get_attr("interpolation").decode()
    return image_projective_transform_v2(dy, inverse, size, interpolation=interpolation), None, None


# Pictures ---------------------------------------------------------------------------------------


def transform(
    images: Any,
    transforms: Any,
    interpolation: str = "NEAREST",
    output_shape: Any = None,
    name: str | None = None,
) -> Tensor:
    """Returns pictures transformed, of new sizes: n[h, w], n[h, w, c] or n[b, h, w, c].

    Args:
      images: of type uint8, int32, int64, float16, float32 or float64.
      transforms: f32[8], f32[1, 8] or one for each picture, f32[b, 8]; see the op.
      interpolation: "NEAREST" or "BILINEAR".
      output_shape: the new height and width, i32[2]; the old ones by default.

    Raises:
      TypeError: another type or rank, or a rank that is not known.
      ValueError: `output_shape` is not of two elements.
    """
    with name_scope(name, "transform"):
        pictures = convert_to_tensor(images, name="images")
        given = convert_to_tensor(transforms, name="transforms", dtype=dtypes.float32)
        batch = _as_batch(pictures)
        if output_shape is None:
            output_shape = shape_of.shape(batch)[1:3]
            known = constant_value(output_shape)
            output_shape = output_shape if known is None else known
        size = convert_to_tensor(output_shape, dtypes.int32, name="output_shape")
        if not size.shape.is_compatible_with([2]):
            raise ValueError(
                "output_shape must be a 1-D Tensor of 2 elements: new_height, new_width"
            )
        if given.shape.ndims is None:
            raise TypeError("transform_or_transforms rank must be statically known")
        if given.shape.ndims not in (1, 2):
            raise TypeError("Transforms should have rank 1 or 2.")
        given = given[None] if given.shape.ndims == 1 else given
        output = image_projective_transform_v2(
            batch, given, size, interpolation=interpolation.upper()
        )
        return _as_before(output, pictures.shape.ndims)


def _as_batch(pictures: Tensor) -> Tensor:
    """`pictures` as n[b, h, w, c]."""
    if pictures.dtype.base_dtype not in _TYPES:
        raise TypeError(f"Invalid dtype {pictures.dtype}.")
    if pictures.shape.ndims is None:
        raise TypeError("image_or_images rank must be statically known")
    if pictures.shape.ndims == 2:
        return pictures[None, :, :, None]
    if pictures.shape.ndims == 3:
        return pictures[None, :, :, :]
    if pictures.shape.ndims == 4:
        return pictures
    raise TypeError("Images should have rank between 2 and 4.")


def _as_before(batch: Tensor, rank: int | None) -> Tensor:
    if rank == 2:
        return batch[0, :, :, 0]
    return batch[0, :, :, :] if rank == 3 else batch


def rotate(
    images: Any, angles: Any, interpolation: str = "NEAREST", name: str | None = None
) -> Tensor:
    """Returns pictures turned counterclockwise about their centers: as of `transform`.

    Args:
      angles: in radians, f32[] or one for each picture, f32[b].

    Raises:
      TypeError: as of `transform`.
    """
    with name_scope(name, "rotate"):
        pictures = convert_to_tensor(images)
        batch = _as_batch(pictures)
        height = casts.cast(shape_of.shape(batch)[1], dtypes.float32)[None]
        width = casts.cast(shape_of.shape(batch)[2], dtypes.float32)[None]
        turned = angles_to_projective_transforms(angles, height, width)
        output = transform(batch, turned, interpolation=interpolation)
        return _as_before(output, pictures.shape.ndims)


def translate(
    images: Any, translations: Any, interpolation: str = "NEAREST", name: str | None = None
) -> Tensor:
    """Returns pictures moved by (dx, dy), f32[2] or one for each, f32[b, 2]: as of `transform`."""
    with name_scope(name, "translate"):
        moved = translations_to_projective_transforms(translations)
        return transform(images, moved, interpolation=interpolation)


# Transforms -------------------------------------------------------------------------------------


def angles_to_projective_transforms(
    angles: Any, image_height: Any, image_width: Any, name: str | None = None
) -> Tensor:
    """Returns the transforms, f32[n, 8], that turn by angles, f32[] or f32[n].

    Args:
      image_height, image_width: f32[n], or of one element.

    Raises:
      TypeError: `angles` are of another rank.
    """
    with name_scope(name, "angles_to_projective_transforms"):
        angles = convert_to_tensor(angles, name="angles", dtype=dtypes.float32)
        if angles.shape.ndims not in (0, 1):
            raise TypeError("Angles should have rank 0 or 1.")
        if angles.shape.ndims == 0:
            angles = angles[None]
        cos, sin = trigonometric.cos, trigonometric.sin
        x_offset = (
            (image_width - 1) - (cos(angles) * (image_width - 1) - sin(angles) * (image_height - 1))
        ) / 2.0
        y_offset = (
            (image_height - 1)
            - (sin(angles) * (image_width - 1) + cos(angles) * (image_height - 1))
        ) / 2.0
        count = shape_of.shape(angles)[0]
        columns = [
            cos(angles)[:, None],
            -sin(angles)[:, None],
            x_offset[:, None],
            sin(angles)[:, None],
            cos(angles)[:, None],
            y_offset[:, None],
            filling.zeros((count, 2), dtypes.float32),
        ]
        return joining.concat(columns, axis=1)


def translations_to_projective_transforms(translations: Any, name: str | None = None) -> Tensor:
    """Returns the transforms, f32[n, 8], that move by (dx, dy), f32[2] or f32[n, 2].

    Raises:
      TypeError: `translations` are of another rank, or one that is not known.
    """
    with name_scope(name, "translations_to_projective_transforms"):
        moves = convert_to_tensor(translations, name="translations", dtype=dtypes.float32)
        if moves.shape.ndims is None:
            raise TypeError("translation_or_translations rank must be statically known")
        if moves.shape.ndims not in (1, 2):
            raise TypeError("Translations should have rank 1 or 2.")
        if moves.shape.ndims == 1:
            moves = moves[None]
        count = shape_of.shape(moves)[0]
        columns = [
            filling.ones((count, 1), dtypes.float32),
            filling.zeros((count, 1), dtypes.float32),
            -moves[:, 0, None],
            filling.zeros((count, 1), dtypes.float32),
            filling.ones((count, 1), dtypes.float32),
            -moves[:, 1, None],
            filling.zeros((count, 2), dtypes.float32),
        ]
        return joining.concat(columns, axis=1)


def compose_transforms(*transforms: Any) -> Tensor:
    """Returns the transforms, f32[n, 8], that act as the given ones, the last of them first."""
    if not transforms:
        raise AssertionError("transforms cannot be empty")
    with name_scope("compose_transforms"):
        composed = flat_transforms_to_matrices(transforms[0])
        for other in transforms[1:]:
            composed = matmul(composed, flat_transforms_to_matrices(other))
        return matrices_to_flat_transforms(composed)


def flat_transforms_to_matrices(transforms: Any) -> Tensor:
    """f32[8] or f32[n, 8] -> f32[n, 3, 3], whose last element is 1; ValueError for other ranks."""
    with name_scope("flat_transforms_to_matrices"):
        flat = convert_to_tensor(transforms, name="transforms")
        if flat.shape.ndims not in (1, 2):
            raise ValueError(f"Transforms should be 1D or 2D, got: {flat}")
        flat = reshaping.reshape(flat, constant([-1, 8]))
        count = shape_of.shape(flat)[0]
        nine = joining.concat([flat, filling.ones([count, 1])], axis=1)
        return reshaping.reshape(nine, constant([-1, 3, 3]))


def matrices_to_flat_transforms(transform_matrices: Any) -> Tensor:
    """f32[3, 3] or f32[n, 3, 3] -> f32[n, 8], as scaled; ValueError for other ranks."""
    with name_scope("matrices_to_flat_transforms"):
        matrices = convert_to_tensor(transform_matrices, name="transform_matrices")
        if matrices.shape.ndims not in (2, 3):
            raise ValueError(f"Matrices should be 2D or 3D, got: {matrices}")
        flat = reshaping.reshape(matrices, constant([-1, 9]))
        flat /= flat[:, 8:9]
        return flat[:, :8]
