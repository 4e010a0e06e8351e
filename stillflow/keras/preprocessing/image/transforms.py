"""Pictures turned, moved, sheared, zoomed and recoloured: as told, or by chance as NumPy draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.keras.preprocessing.image.libraries import pillow, scipy
from stillflow.keras.preprocessing.image.pictures import array_to_img, img_to_array


def random_rotation(
    x: np.ndarray,
    rg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> np.ndarray:
    """Turns a picture by up to `rg` degrees; see `apply_affine_transform`."""
    theta = np.random.uniform(-rg, rg)
    return apply_affine_transform(
        x,
        theta=theta,
        channel_axis=channel_axis,
        fill_mode=fill_mode,
        cval=cval,
        order=interpolation_order,
    )


def random_shift(
    x: np.ndarray,
    wrg: float,
    hrg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> np.ndarray:
    """Moves a picture by up to a share of its width, and of its height."""
    tx = np.random.uniform(-hrg, hrg) * x.shape[row_axis]
    ty = np.random.uniform(-wrg, wrg) * x.shape[col_axis]
    return apply_affine_transform(
        x,
        tx=tx,
        ty=ty,
        channel_axis=channel_axis,
        fill_mode=fill_mode,
        cval=cval,
        order=interpolation_order,
    )


def random_shear(
    x: np.ndarray,
    intensity: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> np.ndarray:
    """Shears a picture by up to `intensity` degrees."""
    shear = np.random.uniform(-intensity, intensity)
    return apply_affine_transform(
        x,
        shear=shear,
        channel_axis=channel_axis,
        fill_mode=fill_mode,
        cval=cval,
        order=interpolation_order,
    )


def random_zoom(
    x: np.ndarray,
    zoom_range: Sequence[float],
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> np.ndarray:
    """Zooms height and width by factors between two. ValueError where there are not two."""
    if len(zoom_range) != 2:
        raise ValueError(
            f"`zoom_range` should be a tuple or list of two floats. Received: {zoom_range}"
        )
    zx, zy = drawn_zoom(zoom_range)
    return apply_affine_transform(
        x,
        zx=zx,
        zy=zy,
        channel_axis=channel_axis,
        fill_mode=fill_mode,
        cval=cval,
        order=interpolation_order,
    )


def drawn_zoom(zoom_range: Sequence[float]) -> tuple[Any, Any]:
    """Two factors between two; nothing is drawn where both are 1."""
    if zoom_range[0] == 1 and zoom_range[1] == 1:
        return 1, 1
    zx, zy = np.random.uniform(zoom_range[0], zoom_range[1], 2)
    return zx, zy


def apply_channel_shift(x: np.ndarray, intensity: float, channel_axis: int = 0) -> np.ndarray:
    """Adds to all channels; what gets out of the picture's bounds is set to them."""
    channels = np.moveaxis(x, channel_axis, 0)
    low, high = np.min(x), np.max(x)
    shifted = np.stack([np.clip(channel + intensity, low, high) for channel in channels])
    return np.moveaxis(shifted, 0, channel_axis)


def random_channel_shift(
    x: np.ndarray, intensity_range: float, channel_axis: int = 0
) -> np.ndarray:
    """Adds up to `intensity_range`, or subtracts it."""
    intensity = np.random.uniform(-intensity_range, intensity_range)
    return apply_channel_shift(x, intensity, channel_axis=channel_axis)


def apply_brightness_shift(x: np.ndarray, brightness: float) -> np.ndarray:
    """Makes a picture, channels last, darker (below 1) or brighter, in 256 steps.

    Raises:
      ImportError: Pillow is not installed.
    """
    enhance = pillow("ImageEnhance", "apply_brightness_shift")
    picture = array_to_img(x, "channels_last", dtype="float32")
    brighter = enhance.Brightness(picture).enhance(brightness)
    return img_to_array(brighter, "channels_last", dtype="float32")


def random_brightness(x: np.ndarray, brightness_range: Sequence[float]) -> np.ndarray:
    """Makes a picture darker or brighter by a factor between two. ValueError for not two."""
    if len(brightness_range) != 2:
        raise ValueError(
            f"`brightness_range should be tuple or list of two floats. Received: {brightness_range}"
        )
    return apply_brightness_shift(x, np.random.uniform(brightness_range[0], brightness_range[1]))


def apply_affine_transform(
    x: np.ndarray,
    theta: float = 0,
    tx: float = 0,
    ty: float = 0,
    shear: float = 0,
    zx: float = 1,
    zy: float = 1,
    row_axis: int = 0,
    col_axis: int = 1,
    channel_axis: int = 2,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    order: int = 1,
) -> np.ndarray:
    """Returns a picture that is moved, sheared, zoomed and turned about its centre.

    Args:
      theta, shear: in degrees.
      tx, ty: in pixels, along rows and columns.
      zx, zy: factors.
      fill_mode: what is around the picture: "constant", "nearest", "reflect" or "wrap".
      cval: what is there if it is constant.
      order: of the spline that is read between pixels.

    Raises:
      ImportError: SciPy is not installed.
    """
    ndimage = scipy("ndimage", "Image transformations require")
    matrix = _matrix(theta, tx, ty, shear, zx, zy)
    if matrix is None:
        return x
    matrix = _about_centre(matrix, x.shape[row_axis], x.shape[col_axis])
    channels = [
        ndimage.affine_transform(
            channel, matrix[:2, :2], matrix[:2, 2], order=order, mode=fill_mode, cval=cval
        )
        for channel in np.moveaxis(x, channel_axis, 0)
    ]
    return np.moveaxis(np.stack(channels), 0, channel_axis)


def _matrix(theta: Any, tx: Any, ty: Any, shear: Any, zx: Any, zy: Any) -> np.ndarray | None:
    """Where a pixel comes from, as a product of matrices; None where nothing changes."""
    factors = []
    if theta != 0:
        sine, cosine = np.sin(np.deg2rad(theta)), np.cos(np.deg2rad(theta))
        factors.append(np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]]))
    if tx != 0 or ty != 0:
        factors.append(np.array([[1, 0, tx], [0, 1, ty], [0, 0, 1]]))
    if shear != 0:
        sine, cosine = np.sin(np.deg2rad(shear)), np.cos(np.deg2rad(shear))
        factors.append(np.array([[1, -sine, 0], [0, cosine, 0], [0, 0, 1]]))
    if zx != 1 or zy != 1:
        factors.append(np.array([[zx, 0, 0], [0, zy, 0], [0, 0, 1]]))
    if not factors:
        return None
    product = factors[0]
    for factor in factors[1:]:
        product = np.dot(product, factor)
    return product


def _about_centre(matrix: np.ndarray, height: int, width: int) -> np.ndarray:
    row, column = float(height) / 2 + 0.5, float(width) / 2 + 0.5
    there = np.array([[1, 0, row], [0, 1, column], [0, 0, 1]])
    back = np.array([[1, 0, -row], [0, 1, -column], [0, 0, 1]])
    return np.dot(np.dot(there, matrix), back)


def flip_axis(x: np.ndarray, axis: int) -> np.ndarray:
    """Returns a picture in reverse along an axis."""
    return np.flip(np.asarray(x), axis)
