"""Pictures changed by chance, within what was asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.keras.preprocessing.image.transforms import (
    apply_affine_transform,
    apply_brightness_shift,
    apply_channel_shift,
    drawn_zoom,
    flip_axis,
)


class Changing:
    """The part of an ImageDataGenerator that draws changes, and applies them."""

    row_axis: int
    col_axis: int
    channel_axis: int
    rotation_range: float
    width_shift_range: Any
    height_shift_range: Any
    shear_range: float
    zoom_range: list[Any]
    channel_shift_range: float
    brightness_range: Any
    horizontal_flip: bool
    vertical_flip: bool
    fill_mode: str
    cval: float
    interpolation_order = 1

    def get_random_transform(
        self, img_shape: tuple[int, ...], seed: int | None = None
    ) -> dict[str, Any]:
        """Draws how a picture is changed; see `apply_transform`.

        Args:
          img_shape: of the picture.
          seed: of NumPy; None leaves its state.
        """
        if seed is not None:
            np.random.seed(seed)
        theta = _drawn(self.rotation_range)
        tx = _drawn_shift(self.height_shift_range, img_shape[self.row_axis - 1])
        ty = _drawn_shift(self.width_shift_range, img_shape[self.col_axis - 1])
        shear = _drawn(self.shear_range)
        zx, zy = drawn_zoom(self.zoom_range)
        flip_horizontal = (np.random.random() < 0.5) * self.horizontal_flip
        flip_vertical = (np.random.random() < 0.5) * self.vertical_flip
        channels = None if self.channel_shift_range == 0 else _drawn(self.channel_shift_range)
        brightness = None
        if self.brightness_range is not None:
            brightness = np.random.uniform(self.brightness_range[0], self.brightness_range[1])
        return {
            "theta": theta,
            "tx": tx,
            "ty": ty,
            "shear": shear,
            "zx": zx,
            "zy": zy,
            "flip_horizontal": flip_horizontal,
            "flip_vertical": flip_vertical,
            "channel_shift_intensity": channels,
            "brightness": brightness,
        }

    def apply_transform(self, x: np.ndarray, transform_parameters: dict[str, Any]) -> np.ndarray:
        """Returns a picture changed as told.

        Args:
          transform_parameters: any of theta, tx, ty, shear, zx, zy (see `apply_affine_transform`),
            flip_horizontal, flip_vertical, channel_shift_intensity and brightness.
        """
        told = transform_parameters
        row, column, channel = self.row_axis - 1, self.col_axis - 1, self.channel_axis - 1
        x = apply_affine_transform(
            x,
            theta=told.get("theta", 0),
            tx=told.get("tx", 0),
            ty=told.get("ty", 0),
            shear=told.get("shear", 0),
            zx=told.get("zx", 1),
            zy=told.get("zy", 1),
            row_axis=row,
            col_axis=column,
            channel_axis=channel,
            fill_mode=self.fill_mode,
            cval=self.cval,
            order=self.interpolation_order,
        )
        if told.get("channel_shift_intensity") is not None:
            x = apply_channel_shift(x, told["channel_shift_intensity"], channel)
        if told.get("flip_horizontal", False):
            x = flip_axis(x, column)
        if told.get("flip_vertical", False):
            x = flip_axis(x, row)
        if told.get("brightness") is not None:
            x = apply_brightness_shift(x, told["brightness"])
        return x

    def random_transform(self, x: np.ndarray, seed: int | None = None) -> np.ndarray:
        """Returns a picture changed by chance."""
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))


def _drawn(most: float) -> Any:
    return np.random.uniform(-most, most) if most else 0


def _drawn_shift(choices: Any, size: int) -> Any:
    """How many pixels a picture is moved along an axis."""
    if not choices:
        return 0
    try:
        shift = np.random.choice(choices)
        shift *= np.random.choice([-1, 1])
    except ValueError:  # a number, not of pixels
        shift = np.random.uniform(-choices, choices)
    return shift * size if np.max(choices) < 1 else shift
