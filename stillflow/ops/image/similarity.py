"""How alike two pictures are: PSNR and structural similarity.

Wang et al., "Image quality assessment: from error visibility to structural similarity" (2004) and
"Multi-scale structural similarity for image quality assessment" (2003).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.shapes import Sizes
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import joining, ranging, reshaping, shape_of, stacking, tiling
from stillflow.ops.array.padding import pad
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.image.colours import convert_image_dtype
from stillflow.ops.math import arithmetic, comparison, elementwise
from stillflow.ops.math.casts import cast
from stillflow.ops.nn import activations, pooling, softmax
from stillflow.ops.nn.depthwise import depthwise_conv2d
from stillflow.ops.reduce.reductions import reduce_all, reduce_any, reduce_mean, reduce_prod

_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # of the scales, as the paper has them
_HALVED = [1, 2, 2, 1]


def _compatible(img1: Tensor, img2: Tensor) -> tuple[Tensor, Tensor, list[Operation]]:
    """The shapes of two batches, and the checks of a run that they go together.

    Raises:
      ValueError: what is known of the shapes says that they do not.
    """
    shape1 = img1.shape.with_rank_at_least(3)
    shape2 = img2.shape.with_rank_at_least(3)
    shape1[-3:].assert_is_compatible_with(shape2[-3:])
    if not _broadcast(shape1.sizes, shape2.sizes):
        raise ValueError(f"Two images are not compatible: {shape1} and {shape2}")
    sizes1, sizes2 = shape_of.shape_n([img1, img2])
    is_image = comparison.greater_equal(shape_of.size(sizes1), 3)
    checks = [assert_that(is_image, [sizes1, sizes2], summarize=10)]
    are_alike = reduce_all(comparison.equal(sizes1[-3:], sizes2[-3:]))
    checks.append(assert_that(are_alike, [sizes1, sizes2], summarize=10))
    return sizes1, sizes2, checks


def _broadcast(sizes1: Sizes, sizes2: Sizes) -> bool:
    """Whether the axes before the last three go together, as far as they are known."""
    if sizes1 is None or sizes2 is None:
        return True
    batches = zip(sizes1[-4::-1], sizes2[-4::-1], strict=False)
    return all(a == b or {a, b} & {1, None} for a, b in batches)


def psnr(a: Any, b: Any, max_val: Any, name: str | None = None) -> Tensor:
    """n[..., h, w, c] twice -> f32[...], the peak signal-to-noise ratio in decibels.

    `max_val` is the most by which pixels can differ.

    Raises:
      ValueError: the shapes do not go together.
    """
    with name_scope(name, "PSNR", [a, b]):
        max_val = convert_image_dtype(cast(max_val, a.dtype), dtypes.float32)
        a = convert_image_dtype(a, dtypes.float32)
        b = convert_image_dtype(b, dtypes.float32)
        error = reduce_mean(arithmetic.squared_difference(a, b), [-3, -2, -1])
        peak = 20 * elementwise.log(max_val) / elementwise.log(10.0)
        noise = np.float32(10 / np.log(10)) * elementwise.log(error)
        ratio = arithmetic.subtract(peak, noise, name="psnr")
        _, _, checks = _compatible(a, b)
        with control_dependencies(checks):
            return identity(ratio)


def _luminance_and_structure(
    x: Tensor, y: Tensor, mean: Callable[[Tensor], Tensor], max_val: Any, k1: float, k2: float
) -> tuple[Tensor, Tensor]:
    """The two factors of the similarity, by a `mean` over places near."""
    c1 = (k1 * max_val) ** 2
    c2 = (k2 * max_val) ** 2
    mean0, mean1 = mean(x), mean(y)
    num0 = mean0 * mean1 * 2.0
    den0 = elementwise.square(mean0) + elementwise.square(mean1)
    luminance = (num0 + c1) / (den0 + c1)
    num1 = mean(x * y) * 2.0
    den1 = mean(elementwise.square(x) + elementwise.square(y))
    c2 = c2 * 1.0
    return luminance, (num1 - num0 + c2) / (den1 - den0 + c2)


def _gaussian(size: Any, sigma: Any) -> Tensor:
    """f[size, size, 1, 1], which sums to 1."""
    size = convert_to_tensor(size, dtypes.int32)
    sigma = convert_to_tensor(sigma)
    places = cast(ranging.range_(size), sigma.dtype)
    places = places - cast(size - 1, sigma.dtype) / 2.0
    g = elementwise.square(places)
    g = g * (-0.5 / elementwise.square(sigma))
    g = reshaping.reshape(g, shape=[1, -1]) + reshaping.reshape(g, shape=[-1, 1])
    g = softmax.softmax(reshaping.reshape(g, shape=[1, -1]))
    return reshaping.reshape(g, shape=[size, size, 1, 1])


def _by_channel(
    img1: Tensor, img2: Tensor, max_val: Any, size: int, sigma: float, k1: float, k2: float
) -> tuple[Tensor, Tensor]:
    """f32[..., h, w, c] twice -> f32[..., c] twice: the similarity, and that of structure alone."""
    filter_size = constant(size, dtype=dtypes.int32)
    filter_sigma = constant(sigma, dtype=img1.dtype)
    sizes1, sizes2 = shape_of.shape_n([img1, img2])
    checks = [
        assert_that(
            reduce_all(comparison.greater_equal(sizes[-3:-1], filter_size)),
            [sizes, filter_size],
            summarize=8,
        )
        for sizes in (sizes1, sizes2)
    ]
    with control_dependencies(checks):
        img1 = identity(img1)
    kernel = _gaussian(filter_size, filter_sigma)
    kernel = tiling.tile(kernel, multiples=[1, 1, sizes1[-1], 1])

    def mean(x: Tensor) -> Tensor:
        sizes = shape_of.shape(x)
        x = reshaping.reshape(x, shape=joining.concat([[-1], sizes[-3:]], 0))
        y = depthwise_conv2d(x, kernel, strides=[1, 1, 1, 1], padding="VALID")
        return reshaping.reshape(y, joining.concat([sizes[:-3], shape_of.shape(y)[1:]], 0))

    luminance, structure = _luminance_and_structure(img1, img2, mean, max_val, k1, k2)
    axes = constant([-3, -2], dtype=dtypes.int32)
    return reduce_mean(luminance * structure, axes), reduce_mean(structure, axes)


def _as_floats(img1: Tensor, img2: Tensor, max_val: Any) -> tuple[Tensor, Tensor, Tensor]:
    max_val = convert_image_dtype(cast(max_val, img1.dtype), dtypes.float32)
    img1 = convert_image_dtype(img1, dtypes.float32)
    return img1, convert_image_dtype(img2, dtypes.float32), max_val


def ssim(
    img1: Any,
    img2: Any,
    max_val: Any,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Tensor:
    """n[..., h, w, c] twice -> f32[...], their structural similarity, at most 1.

    Args:
      max_val: the most by which pixels can differ.
      filter_size, filter_sigma: of the Gaussian window that sees what is near.
      k1, k2: keep quotients from being unstable.

    Raises:
      ValueError: the shapes do not go together.
      InvalidArgumentError: in a run, the window is larger than the images.
    """
    _, _, checks = _compatible(img1, img2)
    with control_dependencies(checks):
        img1 = identity(img1)
    img1, img2, max_val = _as_floats(img1, img2, max_val)
    by_channel, _ = _by_channel(img1, img2, max_val, filter_size, filter_sigma, k1, k2)
    return reduce_mean(by_channel, [-1])


def ssim_multiscale(
    img1: Any,
    img2: Any,
    max_val: Any,
    power_factors: Sequence[float] = _WEIGHTS,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Tensor:
    """`ssim` at several scales: f32[...]. Each has half the size of the one before.

    `power_factors` weigh the scales, the first being the images as they are.
    """
    with name_scope(None, "MS-SSIM", [img1, img2]):
        img1 = convert_to_tensor(img1, name="img1")
        img2 = convert_to_tensor(img2, name="img2")
        sizes1, sizes2, checks = _compatible(img1, img2)
        with control_dependencies(checks):
            img1 = identity(img1)
        img1, img2, max_val = _as_floats(img1, img2, max_val)
        images = [img1, img2]
        heads = [sizes[:-3] for sizes in (sizes1, sizes2)]
        tails = [sizes[-3:] for sizes in (sizes1, sizes2)]
        divisor = constant(_HALVED[1:], dtype=dtypes.int32)
        structures = []
        for scale in range(len(power_factors)):
            with name_scope(None, f"Scale{scale}", images):
                if scale:
                    images, tails = _halved(images, heads, tails, divisor)
                similarity, structure = _by_channel(
                    images[0], images[1], max_val, filter_size, filter_sigma, k1, k2
                )
                structures.append(activations.relu(structure))
        # Of the last scale the luminance counts too.
        structures.pop()
        factors = stacking.stack([*structures, activations.relu(similarity)], axis=-1)
        product = reduce_prod(arithmetic.pow_(factors, power_factors), [-1])
        return reduce_mean(product, [-1])


def _halved(
    images: list[Tensor], heads: list[Tensor], tails: list[Tensor], divisor: Tensor
) -> tuple[list[Tensor], list[Tensor]]:
    """The images, f32[..., h, w, c], at half the size, and [h, w, c] of it."""
    flat = [
        reshaping.reshape(x, joining.concat([[-1], tail], 0))
        for x, tail in zip(images, tails, strict=True)
    ]
    remainder = tails[0] % divisor
    is_odd = reduce_any(comparison.not_equal(remainder, 0))
    padded = cond(is_odd, lambda: _evened(flat, remainder), lambda: flat)
    small = [pooling.avg_pool(x, ksize=_HALVED, strides=_HALVED, padding="VALID") for x in padded]
    tails = [sizes[1:] for sizes in shape_of.shape_n(small)]
    shaped = [
        reshaping.reshape(x, joining.concat([head, tail], 0))
        for x, head, tail in zip(small, heads, tails, strict=True)
    ]
    return shaped, tails


def _evened(images: list[Tensor], remainder: Tensor) -> list[Tensor]:
    padding = pad(reshaping.expand_dims(remainder, -1), [[1, 0], [1, 0]])
    return [pad(x, padding, mode="SYMMETRIC") for x in images]
