"""The ops that make pixels of the contents of files, and the reverse. They run on the host."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes, format_sizes
from stillflow.declare.type_sets import INDEX, types
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.ops.image import bmp, gif, jpeg, png

_MOST_PIXELS = 1 << 29


# Shapes -----------------------------------------------------------------------------------------


def _channels(ctx: ShapeContext) -> int | None:
    shapes.with_rank(ctx.shape(0), 0)
    channels: int = ctx.attrs["channels"]
    if channels < 0:
        raise ShapeError(f"channels must be non-negative, got {channels}")
    return channels or None


def _image(ctx: ShapeContext) -> Sizes:
    return None, None, _channels(ctx)


def _window(ctx: ShapeContext) -> Sizes:
    channels = _channels(ctx)
    (count,) = shapes.with_rank(ctx.shape(1), 1)
    if count not in (4, None):
        raise ShapeError(f"Dimension must be 4 but is {count}")
    known = ctx.value(1)
    height, width = (None, None) if known is None else known.tolist()[2:]
    return height, width, channels


def _animation(ctx: ShapeContext) -> Sizes:
    shapes.with_rank(ctx.shape(0), 0)
    return None, None, None, 3


def _three(ctx: ShapeContext) -> Sizes:
    shapes.with_rank(ctx.shape(0), 0)
    return (3,)


def _encoded(ctx: ShapeContext) -> Sizes:
    shapes.with_rank(ctx.shape(0), 3)
    return ()


# Any file ---------------------------------------------------------------------------------------


def _bytes_of(contents: Any) -> bytes:
    if contents.ndim:
        refuse(f"contents must be scalar, got shape {format_sizes(contents.shape)}")
    item = contents.item()
    return item.encode() if isinstance(item, str) else item


def _format_of(data: bytes) -> str:
    """JPEG, PNG or GIF, whichever op is asked."""
    if data[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if data[:8] == png.SIGNATURE:
        return "PNG"
    if data[:4] == b"GIF8":
        return "GIF"
    found = f"unknown format starting with '{_escaped(data[:16])}'" if data else "empty file"
    refuse(f"Expected image (JPEG, PNG, or GIF), got {found}")


def _escaped(data: bytes) -> str:
    named = {9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 39: "\\'", 92: "\\\\"}
    plain = lambda byte: chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"
    return "".join(named.get(byte) or plain(byte) for byte in data)


def _check_channels(channels: int) -> None:
    if channels not in (0, 1, 3, 4):
        refuse(f"channels must be 0, 1, 3, or 4, got {channels}")


def _decode(
    contents: Any,
    channels: int,
    dtype: Any = np.uint8,
    only_one: bool = False,
    **options: Any,
) -> np.ndarray:
    """u[frames, h, w, c] of a GIF file, else u[h, w, c]"""
    _check_channels(channels)
    data = _bytes_of(contents)
    kind = _format_of(data)
    if kind != "PNG" and dtype != np.uint8:
        refuse(f"{kind} does not support uint16 output")
    if kind == "JPEG":
        return _decode_jpeg(data, channels, **options)
    if kind == "PNG":
        return _decode_png(data, channels, dtype)
    if channels not in (0, 3):
        refuse(f"channels must be 0 or 3 for GIF, got {channels}")
    try:
        return gif.decode(data, only_one)
    except gif.ManyFramesError as error:
        refuse(
            f"Got {error} frames, but animated gifs can only be decoded by "
            "tf.image.decode_gif or tf.image.decode_image"
        )
    except gif.BrokenError as error:
        refuse(f"Invalid GIF data (size {len(data)}), {error}")


def _picture(contents: Any, channels: int, dtype: Any = np.uint8, **options: Any) -> np.ndarray:
    """u[h, w, c] of any file"""
    pixels = _decode(contents, channels, dtype, only_one=True, **options)
    return pixels if pixels.ndim == 3 else pixels[0]


def _decode_jpeg(
    data: bytes,
    channels: int,
    *,
    ratio: int = 1,
    fancy_upscaling: bool = True,
    try_recover_truncated: bool = False,
    acceptable_fraction: float = 1.0,
    dct_method: str = "",
    window: Any = None,
) -> np.ndarray:
    if channels == 4:
        refuse("channels must be 0, 1, or 3 for JPEG, got 4")
    if window is not None and window.ndim != 1:
        refuse(f"crop_window must be 1-D, got shape {format_sizes(window.shape)}")
    if window is not None and len(window) != 4:
        refuse(f"crop_size must have four elements {format_sizes(window.shape)}")
    try:
        return jpeg.decode(
            data,
            channels,
            ratio,
            fancy_upscaling,
            try_recover_truncated,
            acceptable_fraction,
            dct_method,
            None if window is None else jpeg.Window(*window.tolist()),
        )
    except jpeg.BrokenError:
        refuse(f"Invalid JPEG data or crop window, data size {len(data)}")


def _decode_png(data: bytes, channels: int, dtype: Any) -> np.ndarray:
    try:
        header = png.Header(data)
        if header.width * header.height >= _MOST_PIXELS:
            refuse(f"PNG size too large for int: {header.width} by {header.height}")
        return png.decode(data, header, channels, dtype)
    except png.BrokenHeaderError:
        refuse(f"Invalid PNG header, data size {len(data)}")
    except png.BrokenError:
        refuse(f"Invalid PNG data, size {len(data)}")


# Decoding ---------------------------------------------------------------------------------------


def _check_jpeg(ratio: int, dct_method: str) -> None:
    if ratio not in (1, 2, 4, 8):
        refuse(f"ratio must be 1, 2, 4, or 8, got {ratio}")
    if dct_method not in ("", "INTEGER_FAST", "INTEGER_ACCURATE"):
        refuse("dct_method must be one of {'', 'INTEGER_FAST', 'INTEGER_ACCURATE'}")


@op("DecodeJpeg", "contents: string -> image: uint8", shape=_image, host=True)
def decode_jpeg(
    xp,
    contents,
    *,
    channels: int = 0,
    ratio: int = 1,
    fancy_upscaling: bool = True,
    try_recover_truncated: bool = False,
    acceptable_fraction: float = 1.0,
    dct_method: str = "",
):
    """contents: string[], of a JPEG file -> u8[height, width, channels]

    `channels` is 0 for as many as the file has, 1 or 3; `ratio`, 1, 2, 4 or 8, makes the picture
    smaller. A PNG file or a GIF file of one frame is decoded too.

    Raises:
      InvalidArgumentError: in a run, it cannot be decoded.
    """
    _check_jpeg(ratio, dct_method)
    return _picture(
        contents,
        channels,
        ratio=ratio,
        fancy_upscaling=fancy_upscaling,
        try_recover_truncated=try_recover_truncated,
        acceptable_fraction=acceptable_fraction,
        dct_method=dct_method,
    )


@op(
    "DecodeAndCropJpeg",
    "contents: string, crop_window: int32 -> image: uint8",
    shape=_window,
    host=True,
)
def decode_and_crop_jpeg(
    xp,
    contents,
    crop_window,
    *,
    channels: int = 0,
    ratio: int = 1,
    fancy_upscaling: bool = True,
    try_recover_truncated: bool = False,
    acceptable_fraction: float = 1.0,
    dct_method: str = "",
):
    """decode_jpeg, and of it the part `crop_window`, i32[4]: top, left, height, width.

    Raises:
      InvalidArgumentError: in a run, it cannot be decoded, or the window is not within it.
    """
    _check_jpeg(ratio, dct_method)
    return _picture(
        contents,
        channels,
        ratio=ratio,
        fancy_upscaling=fancy_upscaling,
        try_recover_truncated=try_recover_truncated,
        acceptable_fraction=acceptable_fraction,
        dct_method=dct_method,
        window=crop_window,
    )


@op(
    "ExtractJpegShape",
    "contents: string -> image_shape: output_type",
    shape=_three,
    types={"output_type": INDEX},
    host=True,
)
def extract_jpeg_shape(xp, contents, *, output_type: DType = dtypes.int32):
    """contents: string[], of a JPEG file -> i[3], its height, width and channels."""
    data = _bytes_of(contents)
    try:
        header = jpeg.read_header(data)
    except jpeg.BrokenError:
        refuse(f"Invalid JPEG data, size {len(data)}")
    sizes = [header.height, header.width, header.components]
    return np.array(sizes, output_type.stored_as)


@op(
    "DecodePng",
    "contents: string -> image: dtype",
    shape=_image,
    types={"dtype": types("uint8 uint16")},
    host=True,
)
def decode_png(xp, contents, *, channels: int = 0, dtype: DType = dtypes.uint8):
    """contents: string[], of a PNG file -> u[height, width, channels]

    `channels` is 0 for as many as the file has, 1, 3 or 4, with an alpha. A JPEG file or a GIF file
    of one frame is decoded too, to uint8.

    Raises:
      InvalidArgumentError: in a run, it cannot be decoded.
    """
    return _picture(contents, channels, dtype.stored_as)


@op("DecodeGif", "contents: string -> image: uint8", shape=_animation, host=True)
def decode_gif(xp, contents):
    """contents: string[], of a GIF file -> u8[frames, height, width, 3]

    A frame that is smaller is painted onto the one before. A PNG or JPEG file is one frame.

    Raises:
      InvalidArgumentError: in a run, it cannot be decoded.
    """
    pixels = _decode(contents, 3)
    return pixels if pixels.ndim == 4 else pixels[None]


@op("DecodeBmp", "contents: string -> image: uint8", shape=_image, host=True)
def decode_bmp(xp, contents, *, channels: int = 0):
    """contents: string[], of a BMP file -> u8[height, width, channels]

    `channels` is 0 for as many as the file has, or just that number.

    Raises:
      InvalidArgumentError: in a run, it cannot be decoded.
    """
    _check_channels(channels)
    return bmp.decode(_bytes_of(contents), channels)


# Encoding ---------------------------------------------------------------------------------------


def _as_string(data: bytes) -> np.ndarray:
    return np.array(data, np.object_)


def _check_encoded(image: Any) -> None:
    if image.ndim != 3:
        refuse(f"image must be 3-dimensional{format_sizes(image.shape)}")


def _check_jpeg_channels(image: Any) -> None:
    _check_encoded(image)
    if image.shape[2] not in (1, 3):
        refuse(f"image must have 1 or 3 channels, got {format_sizes(image.shape)}")


@op(
    "EncodeJpeg",
    "image: uint8 -> contents: string",
    shape=_encoded,
    limits={"format": ("", "grayscale", "rgb"), "density_unit": ("in", "cm")},
    host=True,
)
def encode_jpeg(
    xp,
    image,
    *,
    format: str = "",
    quality: int = 95,
    progressive: bool = False,
    optimize_size: bool = False,
    chroma_downsampling: bool = True,
    density_unit: str = "in",
    x_density: int = 300,
    y_density: int = 300,
    xmp_metadata: str = "",
):
    """image: u8[height, width, 1 or 3] -> string[], a JPEG file

    Args:
      format: '', 'grayscale' or 'rgb', which says the number of channels.
      quality: 0 to 100.
      optimize_size: takes longer, and less space.
      chroma_downsampling: colours are stored at half the size.
      density_unit, x_density, y_density: pixels per 'in' or 'cm', for who prints it.
    """
    if not 0 <= quality <= 100:
        refuse(f"quality must be in [0,100], got {quality}")
    wanted = {"grayscale": 1, "rgb": 3}.get(format)
    if wanted and image.ndim == 3 and image.shape[2] != wanted:
        refuse(f"format {format} expects {wanted} channels, got {format_sizes(image.shape)}")
    _check_jpeg_channels(image)
    return _as_string(
        jpeg.encode(
            image,
            quality,
            progressive,
            optimize_size,
            chroma_downsampling,
            (x_density, y_density),
            density_unit == "cm",
            xmp_metadata.encode(),
        )
    )


@op(
    "EncodeJpegVariableQuality",
    "images: uint8, quality: int32 -> contents: string",
    shape=_encoded,
    host=True,
)
def encode_jpeg_variable_quality(xp, images, quality):
    """images: u8[height, width, 1 or 3], quality: i32[], 0 to 100 -> string[], a JPEG file"""
    _check_jpeg_channels(images)
    if quality.ndim:
        refuse(f"quality must be scalar: {format_sizes(quality.shape)}")
    return _as_string(jpeg.encode(images, min(100, max(0, int(quality)))))


@op(
    "EncodePng",
    "image: T -> contents: string",
    shape=_encoded,
    types={"T": types("uint8 uint16")},
    defaults={"T": dtypes.uint8},
    host=True,
)
def encode_png(xp, image, *, compression: int = -1):
    """image: u8 or u16[height, width, 1 to 4] -> string[], a PNG file

    2 and 4 channels end with an alpha. `compression` is 0 to 9, or -1.
    """
    if not -1 <= compression <= 9:
        refuse(f"compression should be in [-1,9], got {compression}")
    _check_encoded(image)
    if not 1 <= image.shape[2] <= 4:
        refuse(f"image must have 1, 2, 3, or 4 channels, got {image.shape[2]}")
    return _as_string(png.encode(image, compression))
