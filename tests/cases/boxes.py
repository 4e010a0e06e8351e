"""Boxes cut out of pictures and drawn on them, and windows in them."""

import numpy as np

from .arrays import f32, f64, ints, num
from .suite import Suite

suite = Suite("boxes")
case = suite.case

IMAGES = f32(2, 5, 4, 2)
BYTES = (np.arange(40) * 37 % 256).astype(np.uint8).reshape(2, 5, 4, 1)
BOXES = num(
    [
        [0, 0, 1, 1],
        [0.25, 0.125, 0.75, 0.875],
        [0.875, 0.75, 0.125, 0.25],
        [-0.5, 0.5, 0.5, 1.5],
        [0.5, 0.5, 0.5, 0.5],
    ]
)
INDICES = ints([0, 1, 1, 0, 1])


def crop(id, images, size, **options):
    case(
        id,
        lambda tf, x, b: tf.image.crop_and_resize(x, b, INDICES, size, **options),
        images,
        BOXES,
    )


for method in ("bilinear", "nearest"):
    crop(f"crops_{method}", IMAGES, (3, 4), method=method)
    crop(f"crops_to_one_{method}", IMAGES, (1, 1), method=method)
    crop(f"crops_larger_{method}", IMAGES[:, :, :, :1], (7, 2), method=method)
    crop(f"crops_of_bytes_{method}", BYTES, (3, 2), method=method)
crop("crops_beyond", IMAGES, (2, 3), extrapolation_value=-1.5)
crop("crops_of_doubles", f64(2, 3, 3, 1), (2, 3))
crop("crops_of_one_pixel", IMAGES[:, :1, :1], (2, 2))
case(
    "crops_by_tensors",
    lambda tf, x, b, i, s: tf.image.crop_and_resize(x, b, box_indices=i, crop_size=s, name="cut"),
    IMAGES,
    BOXES,
    INDICES,
    ints([2, 2]),
)
case(
    "crops_none",
    lambda tf, x, b, i: tf.image.crop_and_resize(x, b, i, [2, 2]),
    IMAGES,
    BOXES[:0],
    INDICES[:0],
    grad=False,
)
case(
    "crops_v2",
    lambda tf, x, b: tf.compat.v2.image.crop_and_resize(x, b, INDICES, [2, 2], "nearest"),
    IMAGES,
    BOXES,
)

DRAWN = num(
    [
        [[0.1, 0.1, 0.6, 0.8], [0.5, 0.5, 2, 2], [-1, 0.2, 0.9, 0.7]],
        [[0.9, 0, 0.1, 1], [0, 0, 1, 1], [1.5, 0, 2, 1]],
    ]
)
for depth in (1, 3, 4):
    case(
        f"drawn_{depth}",
        lambda tf, x, b: tf.image.draw_bounding_boxes(x, b),
        f32(2, 9, 11, depth),
        DRAWN,
        grad=False,
    )
case(
    "drawn_in_colours",
    lambda tf, x, b, c: tf.image.draw_bounding_boxes(x, b, colors=c),
    f32(2, 9, 11, 3),
    DRAWN,
    num([[0.25, 0.5, 0.75, 1], [1, 0, 0.5, 1]]),
    grad=False,
)

for centered in (True, False):
    for normalized in (True, False):
        case(
            f"glimpses{'_centered' * centered}{'_normalized' * normalized}",
            lambda tf, x, o, c=centered, n=normalized: tf.compat.v2.image.extract_glimpse(
                x, [3, 2], o, centered=c, normalized=n, noise="zero"
            ),
            IMAGES,
            num([[0.25, 0.5], [-0.5, 1]]) * (1 if normalized else 3),
            grad=False,
        )
case(
    "glimpses_inside",
    lambda tf, x, o: tf.image.extract_glimpse(x, [2, 2], o, name="seen"),
    IMAGES,
    num([[0, 0], [0.25, -0.25]]),
    grad=False,
)
