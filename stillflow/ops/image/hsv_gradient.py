"""The gradient of `tf.image.rgb_to_hsv`.

Each of the three outputs is a quotient in the pixel's largest, middle and smallest colour, so that
its derivative depends on which colour that is. At ties red comes before green before blue.
"""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.array import stacking
from stillflow.ops.math import arithmetic, elementwise
from stillflow.ops.math.casts import cast
from stillflow.ops.math.division import div_no_nan


def _as_number(condition: Tensor) -> Tensor:
    return cast(condition, dtypes.float32)


def _reciprocal(x: Any) -> Tensor:
    """1 / x, and 0 where `x` is 0."""
    return div_no_nan(1.0, x)


class _Pixels:
    """The colours of an image, and 1 where one of them is the largest or the smallest, else 0."""

    def __init__(self, op: Operation):
        self.red, self.green, self.blue = (op.inputs[0][..., i] for i in range(3))
        r, g, b = self.red, self.green, self.blue
        self.saturation, self.value = op.outputs[0][..., 1], op.outputs[0][..., 2]
        largest = [
            _as_number((r >= b) & (r >= g)),
            _as_number((g > r) & (g >= b)),
            _as_number((b > r) & (b > g)),
        ]
        smallest = [
            _as_number((r < b) & (r < g)),
            _as_number((g <= r) & (g < b)),
            _as_number((b <= r) & (b <= g)),
        ]
        colours = (r, g, b)
        self.largest = {id(c): is_it for c, is_it in zip(colours, largest, strict=True)}
        self.smallest = {id(c): is_it for c, is_it in zip(colours, smallest, strict=True)}

    def is_largest(self, colour: Tensor) -> Tensor:
        return self.largest[id(colour)]

    def is_smallest(self, colour: Tensor) -> Tensor:
        return self.smallest[id(colour)]

    def _largest_above_0(self, colour: Tensor) -> Tensor:
        return _as_number(colour > 0) * self.is_largest(colour)

    def of_saturation(self, x: Tensor, y: Tensor, z: Tensor) -> Tensor:
        """By colour `x`; the others are `y` and `z`."""
        positive = _as_number(x > 0)
        least = arithmetic.add(self.is_smallest(y) * y, self.is_smallest(z) * z)
        as_largest = self.is_largest(x) * least * _reciprocal(elementwise.square(x))
        turned = self.is_smallest(x) * -1
        most = (self.is_largest(y) * y) + (self.is_largest(z) * z)
        return positive * arithmetic.add(as_largest, turned * _reciprocal(most))

    def hue_as_largest(self, x: Tensor, y: Tensor, z: Tensor) -> Tensor:
        """The hue, in degrees, by colour `x` where it is the largest."""
        slope = self._largest_above_0(x) * -1 * (y - z)
        slope = slope * _reciprocal(elementwise.square(self.saturation))
        return 60 * (slope * _reciprocal(elementwise.square(self.value)))

    def hue_as_smallest(
        self, x: Tensor, largest: Tensor, numerator: tuple[Any, Any], span: tuple[Any, Any]
    ) -> Tensor:
        """By colour `x` where it is the smallest."""
        slope = self._largest_above_0(largest) * self.is_smallest(x)
        slope = slope * (numerator[0] - numerator[1])
        return 60 * (slope * _reciprocal(elementwise.square(span[0] - span[1])))

    def hue_as_middle(
        self, largest: Tensor, smallest: Tensor, span: tuple[Any, Any], falls: bool = False
    ) -> Tensor:
        """By the colour that is neither the largest nor the smallest."""
        slope = self._largest_above_0(largest) * self.is_smallest(smallest)
        if falls:
            slope = slope * -1
        return 60 * (slope * _reciprocal(span[0] - span[1]))


def _of_hue(pixels: _Pixels) -> list[Tensor]:
    """By red, green and blue; hues from 0 to 1."""
    p = pixels
    r, g, b = p.red, p.green, p.blue
    by_red = _circle(
        p.hue_as_largest(r, g, b),
        p.hue_as_smallest(r, g, (b, g), (r, g)),
        p.hue_as_middle(g, b, (g, b), falls=True),
        p.hue_as_smallest(r, b, (b, g), (b, r)),
        p.hue_as_middle(b, g, (b, g)),
    )
    by_green = _circle(
        p.hue_as_largest(g, b, r),
        p.hue_as_smallest(g, r, (r, b), (r, g)),
        p.hue_as_middle(r, b, (r, b)),
        p.hue_as_smallest(g, b, (r, b), (b, g)),
        p.hue_as_middle(b, r, (b, r), falls=True),
    )
    by_blue = _circle(
        p.hue_as_largest(b, r, g),
        p.hue_as_smallest(b, r, (g, r), (r, b)),
        p.hue_as_middle(r, g, (r, g), falls=True),
        p.hue_as_smallest(b, g, (g, r), (g, b)),
        p.hue_as_middle(g, r, (g, r)),
    )
    return [by_red, by_green, by_blue]


def _circle(*degrees: Tensor) -> Tensor:
    total = degrees[0]
    for part in degrees[1:]:
        total = total + part
    return total / 360


def of_rgb(op: Operation, dy: Tensor) -> Tensor:
    """The gradient by the colours of the image that RGBToHSV was given."""
    pixels = _Pixels(op)
    r, g, b = pixels.red, pixels.green, pixels.blue
    of_value = [pixels.is_largest(colour) for colour in (r, g, b)]
    of_saturation = [
        pixels.of_saturation(r, g, b),
        pixels.of_saturation(g, r, b),
        pixels.of_saturation(b, g, r),
    ]
    of_hue = _of_hue(pixels)
    by_value, by_saturation, by_hue = (
        stacking.stack([dy[..., channel] * slope for slope in slopes], axis=-1)
        for channel, slopes in ((2, of_value), (1, of_saturation), (0, of_hue))
    )
    return arithmetic.add(arithmetic.add(by_value, by_saturation), by_hue)
