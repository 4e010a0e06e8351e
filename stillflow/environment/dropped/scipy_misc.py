"""`scipy.misc` as SciPy 1.2 had it, for pictures: the same bytes, through Pillow.

Arrays are n[height, width] or n[height, width, 3 or 4]; whatever is not u8 is scaled to bytes, its
least value to 0 and its greatest to 255.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

_RESAMPLING = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "cubic": 3}
_BANDS = {"RGB": 3, "YCbCr": 3, "RGBA": 4, "CMYK": 4}
_MODE_UNKNOWN = "Mode is unknown or incompatible with input array shape."


def logsumexp(
    a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False
) -> Any:
    """log(sum(b * exp(a))); with `return_sign` of the sum's size, and its sign.

    SciPy's own of today adds otherwise, and rounds otherwise.
    """
    a = np.asarray(a)
    if b is not None:
        a, b = np.broadcast_arrays(a, b)
        a = np.where(b == 0, -np.inf, a) if np.any(b == 0) else a
    greatest = np.amax(a, axis=axis, keepdims=True)
    greatest = np.where(np.isfinite(greatest), greatest, 0)
    terms = np.exp(a - greatest) if b is None else b * np.exp(a - greatest)
    with np.errstate(divide="ignore"):
        total = np.sum(terms, axis=axis, keepdims=keepdims)
        sign = np.sign(total)
        logarithm = np.log(total * sign if return_sign else total)
    logarithm = logarithm + (greatest if keepdims else np.squeeze(greatest, axis=axis))
    return (logarithm, sign) if return_sign else logarithm


def bytescale(data: Any, cmin: Any = None, cmax: Any = None, high: int = 255, low: int = 0) -> Any:
    """n[...] -> u8[...]: cmin (the least value) becomes `low`, cmax (the greatest) `high`."""
    if data.dtype == np.uint8:
        return data
    if high > 255:
        raise ValueError("`high` should be less than or equal to 255.")
    if low < 0:
        raise ValueError("`low` should be greater than or equal to 0.")
    if high < low:
        raise ValueError("`high` should be greater than or equal to `low`.")
    cmin = data.min() if cmin is None else cmin
    cmax = data.max() if cmax is None else cmax
    if cmax - cmin < 0:
        raise ValueError("`cmax` should be larger than `cmin`.")
    # A Python float: NumPy 1 divided in float64, and then took it as a number of data's type.
    scale = float(high - low) / (float(cmax - cmin) or 1)
    scaled = (data - cmin) * scale + low
    return (scaled.clip(low, high) + 0.5).astype(np.uint8)


def imread(name: Any, flatten: bool = False, mode: str | None = None) -> Any:
    """The picture in a file, u8[height, width(, bands)]; f32[height, width] with `flatten`."""
    return fromimage(Image.open(name), flatten=flatten, mode=mode)


def imsave(name: Any, arr: Any, format: str | None = None) -> None:
    """Writes a picture; the end of its name says how, unless `format` does."""
    toimage(arr, channel_axis=2).save(name, format)


def imresize(arr: Any, size: Any, interp: str = "bilinear", mode: str | None = None) -> Any:
    """u8 of another size: (height, width), or a percentage (int), or a factor (float)."""
    image = toimage(arr, mode=mode)
    if isinstance(size, (int, np.signedinteger)):
        size = tuple((np.array(image.size) * (size / 100.0)).astype(int))
    elif isinstance(size, (float, np.floating)):
        size = tuple((np.array(image.size) * size).astype(int))
    else:
        size = (size[1], size[0])
    return fromimage(_resized(image, size, _RESAMPLING[interp]))


def _resized(image: Any, size: tuple[int, int], resampling: int) -> Any:
    """As Pillow did: in width first, then in height, and colours times their opacity."""
    if image.mode == "RGBA":
        return _resized(image.convert("RGBa"), size, resampling).convert("RGBA")
    return image.resize((size[0], image.height), resampling).resize(size, resampling)


def fromimage(im: Any, flatten: bool = False, mode: str | None = None) -> Any:
    """The pixels of a picture of Pillow's."""
    if not isinstance(im, Image.Image):
        raise TypeError("Input is not a PIL image.")
    if mode is None and im.mode == "P":
        mode = "RGBA" if "transparency" in im.info else "RGB"
    if mode == "L" and im.mode in ("RGB", "RGBA"):
        return _luminance(im)
    if mode is not None and mode != im.mode:
        im = im.convert(mode)
    if flatten:
        im = im.convert("F")
    elif im.mode == "1":
        im = im.convert("L")
    return np.array(im)


def _luminance(im: Any) -> Any:
    """u8[height, width] of a coloured picture, rounded down as Pillow did."""
    return (np.asarray(im.convert("RGB"), np.int32) @ (19595, 38470, 7471) >> 16).astype(np.uint8)


def toimage(
    arr: Any,
    high: int = 255,
    low: int = 0,
    cmin: Any = None,
    cmax: Any = None,
    pal: Any = None,
    mode: str | None = None,
    channel_axis: int | None = None,
) -> Any:
    """A picture of Pillow's: grey for a matrix, coloured where an axis has 3 or 4 elements."""
    data = np.asarray(arr)
    if np.iscomplexobj(data):
        raise ValueError("Cannot convert a complex-valued array.")
    if data.ndim == 2:
        return _grey(data, high, low, cmin, cmax, pal, mode)
    if data.ndim != 3 or not {3, 4} & set(data.shape):
        raise ValueError("'arr' does not have a suitable array shape for any mode.")
    axis = _channel_axis(data.shape) if channel_axis is None else channel_axis
    bands = data.shape[axis]
    if bands not in (3, 4):
        raise ValueError("Channel axis dimension is not valid.")
    pixels = np.moveaxis(bytescale(data, cmin, cmax, high, low), axis, 2)
    mode = mode or ("RGB" if bands == 3 else "RGBA")
    if mode not in _BANDS:
        raise ValueError(_MODE_UNKNOWN)
    if _BANDS[mode] != bands:
        raise ValueError("Invalid array shape for mode.")
    return Image.frombytes(mode, (pixels.shape[1], pixels.shape[0]), pixels.tobytes())


def _channel_axis(shape: tuple[int, ...]) -> int:
    return shape.index(3) if 3 in shape else shape.index(4)


def _grey(data: Any, high: int, low: int, cmin: Any, cmax: Any, pal: Any, mode: str | None) -> Any:
    size = (data.shape[1], data.shape[0])
    if mode == "F":
        return Image.frombytes(mode, size, data.astype(np.float32).tobytes())
    if mode in (None, "L", "P"):
        image = Image.frombytes("L", size, bytescale(data, cmin, cmax, high, low).tobytes())
        if pal is None and mode == "P":
            pal = np.repeat(np.arange(256), 3)
        if pal is not None:
            image.putpalette(np.asarray(pal, np.uint8).tobytes())
        return image
    if mode != "I":
        raise ValueError(_MODE_UNKNOWN)
    cmin = data.min() if cmin is None else cmin
    cmax = data.max() if cmax is None else cmax
    scaled = (data * 1.0 - cmin) * (high - low) / (cmax - cmin) + low
    return Image.frombytes(mode, size, scaled.astype(np.uint32).tobytes())
