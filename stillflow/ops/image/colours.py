"""`tf.image`'s functions of colours: types, greys, brightness, contrast, hue, saturation."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, joining, reshaping, shape_of, tiling
from stillflow.ops.control.ordering import identity, with_dependencies
from stillflow.ops.image import checking, colour_ops
from stillflow.ops.linalg.tensordot import tensordot
from stillflow.ops.math import arithmetic, elementwise
from stillflow.ops.math.casts import cast
from stillflow.ops.math.clip import saturate_cast
from stillflow.ops.math.division import div
from stillflow.ops.random.drawing import random_uniform
from stillflow.ops.reduce.composed import reduce_std
from stillflow.ops.reduce.reductions import reduce_mean, reduce_prod

_FLOATS = (dtypes.float16, dtypes.float32)
_RGB_TO_YIQ = [
    [0.299, 0.59590059, 0.2115],
    [0.587, -0.27455667, -0.52273617],
    [0.114, -0.32134392, 0.31119955],
]
_YIQ_TO_RGB = [
    [1, 1, 1],
    [0.95598634, -0.27201283, -1.10674021],
    [0.6208248, -0.64720424, 1.70423049],
]
_RGB_TO_YUV = [
    [0.299, -0.14714119, 0.61497538],
    [0.587, -0.28886916, -0.51496512],
    [0.114, 0.43601035, -0.10001026],
]
_YUV_TO_RGB = [
    [1, 1, 1],
    [0, -0.394642334, 2.03206185],
    [1.13988303, -0.58062185, 0],
]
_LUMA = [0.2989, 0.5870, 0.1140]


# Types ------------------------------------------------------------------------------------------


def convert_image_dtype(
    image: Any, dtype: Any, saturate: bool = False, name: str | None = None
) -> Tensor:
    """n[...] -> dtype[...]; of an integer type the largest number is 1 of a float type.

    Args:
      saturate: what does not fit becomes the nearest number that does.

    Raises:
      AttributeError: `dtype` is neither integer nor float.
    """
    image = convert_to_tensor(image, name="image")
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_floating and not dtype.is_integer:
        raise AttributeError("dtype must be either floating point or integer")
    if dtype == image.dtype:
        return identity(image, name=name)
    to = saturate_cast if saturate else cast
    with name_scope(name, "convert_image", [image]) as scope:
        if image.dtype.is_integer and dtype.is_integer:
            return _to_integers(image, dtype, to, scope)
        if image.dtype.is_floating and dtype.is_floating:
            return cast(image, dtype, name=scope)
        if image.dtype.is_integer:
            return arithmetic.multiply(cast(image, dtype), 1.0 / image.dtype.max, name=scope)
        # The half keeps the cast, which drops fractions, from losing 1.
        return to(arithmetic.multiply(image, dtype.max + 0.5), dtype, name=scope)


def _to_integers(image: Tensor, dtype: DType, to: Any, scope: str) -> Tensor:
    most, new_most = image.dtype.max, dtype.max
    if most > new_most:
        return to(div(image, (most + 1) // (new_most + 1)), dtype, name=scope)
    return arithmetic.multiply(to(image, dtype), (new_most + 1) // (most + 1), name=scope)


def _as_float(image: Tensor) -> Tensor:
    return image if image.dtype in _FLOATS else convert_image_dtype(image, dtypes.float32)


# Greys and other bases --------------------------------------------------------------------------


def rgb_to_grayscale(images: Any, name: str | None = None) -> Tensor:
    """n[..., 3] -> n[..., 1], of the same type: red, green and blue weighed."""
    with name_scope(name, "rgb_to_grayscale", [images]) as scope:
        images = convert_to_tensor(images, name="images")
        pixels = convert_image_dtype(images, dtypes.float32)
        grey = reshaping.expand_dims(tensordot(pixels, _LUMA, [-1, -1]), -1)
        return convert_image_dtype(grey, images.dtype, name=scope)


def grayscale_to_rgb(images: Any, name: str | None = None) -> Tensor:
    """n[..., 1] -> n[..., 3]

    Raises:
      ValueError: the last axis has another size.
    """
    with name_scope(name, "grayscale_to_rgb", [images]) as scope:
        images = convert_to_tensor(images, name="images")
        images = with_dependencies(checking.check_grayscale(images), images)
        others = reshaping.expand_dims(shape_of.rank(images) - 1, 0)
        ones = filling.ones(others, dtype=dtypes.int32)
        multiples = joining.concat([ones, reshaping.expand_dims(3, 0)], 0)
        rgb = tiling.tile(images, multiples, name=scope)
        rgb.set_shape(images.shape[:-1].concatenate([3]))
        return rgb


def _in_basis(images: Any, basis: list) -> Tensor:
    images = convert_to_tensor(images, name="images")
    kernel = convert_to_tensor(basis, dtype=images.dtype, name="kernel")
    return tensordot(images, kernel, axes=[[images.shape.ndims - 1], [0]])


def rgb_to_yiq(images: Any) -> Tensor:
    """f[..., 3] -> f[..., 3], the colours of NTSC."""
    return _in_basis(images, _RGB_TO_YIQ)


def yiq_to_rgb(images: Any) -> Tensor:
    """f[..., 3] -> f[..., 3]: what `rgb_to_yiq` undoes."""
    return _in_basis(images, _YIQ_TO_RGB)


def rgb_to_yuv(images: Any) -> Tensor:
    """f[..., 3] -> f[..., 3], the colours of PAL."""
    return _in_basis(images, _RGB_TO_YUV)


def yuv_to_rgb(images: Any) -> Tensor:
    """f[..., 3] -> f[..., 3]: what `rgb_to_yuv` undoes."""
    return _in_basis(images, _YUV_TO_RGB)


# Adjustments ------------------------------------------------------------------------------------


def per_image_standardization(image: Any) -> Tensor:
    """n[..., h, w, c] -> of the same type: each image with mean 0 and standard deviation 1.

    The deviation counts as at least 1 / sqrt(elements), for images of one colour.

    Raises:
      ValueError: another rank.
    """
    with name_scope(None, "per_image_standardization", [image]) as scope:
        image = checking.at_least_3d(convert_to_tensor(image, name="image"))
        dtype = image.dtype
        image = _as_float(image)
        count = reduce_prod(shape_of.shape(image)[-3:])
        mean = reduce_mean(image, axis=[-1, -2, -3], keepdims=True)
        deviation = reduce_std(image, axis=[-1, -2, -3], keepdims=True)
        least = elementwise.rsqrt(cast(count, image.dtype))
        deviation = arithmetic.maximum(deviation, least)
        image = div(image - mean, deviation, name=scope)
        return convert_image_dtype(image, dtype, saturate=True)


def adjust_brightness(image: Any, delta: Any) -> Tensor:
    """n[...] -> of the same type; `delta`, f[], is added, 1 being the largest of an integer type.

    What becomes too large for it is that.
    """
    with name_scope(None, "adjust_brightness", [image, delta]) as scope:
        image = convert_to_tensor(image, name="image")
        pixels = _as_float(image)
        adjusted = arithmetic.add(pixels, cast(delta, pixels.dtype), name=scope)
        return convert_image_dtype(adjusted, image.dtype, saturate=True)


def adjust_contrast(images: Any, contrast_factor: Any) -> Tensor:
    """n[..., h, w, c] -> of the same type, (x - mean) * contrast_factor + mean of each channel."""
    with name_scope(None, "adjust_contrast", [images, contrast_factor]) as scope:
        images = convert_to_tensor(images, name="images")
        pixels = _as_float(images)
        adjusted = colour_ops.adjust_contrast_op(pixels, contrast_factor, name=scope)
        return convert_image_dtype(adjusted, images.dtype, saturate=True)


def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> Tensor:
    """n[...] -> of the same type, gain * x ** gamma.

    Raises:
      ValueError: `gamma` is negative; of a tensor, an InvalidArgumentError in the run.
    """
    with name_scope(None, "adjust_gamma", [image, gamma, gain]):
        image = convert_to_tensor(image, name="image")
        pixels = _as_float(image)
        waits = checking.check(gamma >= 0, "Gamma should be a non-negative real number.")
        if waits:
            gamma = with_dependencies(waits, gamma)
        return convert_image_dtype(gain * pixels**gamma, image.dtype, saturate=True)


def adjust_hue(image: Any, delta: Any, name: str | None = None) -> Tensor:
    """n[..., h, w, 3] -> of the same type; hues are turned by `delta`, f[], of a circle."""
    with name_scope(name, "adjust_hue", [image]):
        image = convert_to_tensor(image, name="image")
        turned = colour_ops.adjust_hue_op(_as_float(image), delta)
        return convert_image_dtype(turned, image.dtype)


def adjust_saturation(image: Any, saturation_factor: Any, name: str | None = None) -> Tensor:
    """n[..., h, w, 3] -> of the same type; saturations are multiplied."""
    with name_scope(name, "adjust_saturation", [image]):
        image = convert_to_tensor(image, name="image")
        adjusted = colour_ops.adjust_saturation_op(_as_float(image), saturation_factor)
        return convert_image_dtype(adjusted, image.dtype)


# At random --------------------------------------------------------------------------------------


def random_brightness(image: Any, max_delta: float, seed: int | None = None) -> Tensor:
    """`adjust_brightness` by a number drawn from [-max_delta, max_delta).

    Raises:
      ValueError: `max_delta` is negative.
    """
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return adjust_brightness(image, random_uniform([], -max_delta, max_delta, seed=seed))


def random_contrast(image: Any, lower: float, upper: float, seed: int | None = None) -> Tensor:
    """`adjust_contrast` by a factor drawn from [lower, upper).

    Raises:
      ValueError: `lower` is negative, or not below `upper`.
    """
    _check_range(lower, upper)
    return adjust_contrast(image, random_uniform([], lower, upper, seed=seed))


def random_saturation(image: Any, lower: float, upper: float, seed: int | None = None) -> Tensor:
    """`adjust_saturation` by a factor drawn from [lower, upper).

    Raises:
      ValueError: `lower` is negative, or not below `upper`.
    """
    _check_range(lower, upper)
    return adjust_saturation(image, random_uniform([], lower, upper, seed=seed))


def random_hue(image: Any, max_delta: float, seed: int | None = None) -> Tensor:
    """`adjust_hue` by a number drawn from [-max_delta, max_delta).

    Raises:
      ValueError: `max_delta` is not within [0, 0.5].
    """
    if max_delta > 0.5:
        raise ValueError("max_delta must be <= 0.5.")
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return adjust_hue(image, random_uniform([], -max_delta, max_delta, seed=seed))


def _check_range(lower: float, upper: float) -> None:
    if upper <= lower:
        raise ValueError("upper must be > lower.")
    if lower < 0:
        raise ValueError("lower must be non-negative.")
