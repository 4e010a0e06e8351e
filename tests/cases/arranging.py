"""Pictures cropped, padded and turned."""

import numpy as np

from .arrays import f32, ints
from .suite import Suite, internal_module

suite = Suite("arranging")
case = suite.case

#: Two pictures of 4 by 3 pixels, of two channels.
PICTURES = f32(2, 4, 3, 2)
BYTES = (np.arange(36) * 37 % 256).astype(np.uint8).reshape(3, 4, 3)

for id, x in (("", PICTURES), ("_one", PICTURES[0]), ("_bytes", BYTES)):
    case(f"flip_left_right{id}", lambda tf, x: tf.image.flip_left_right(x), x)
    case(f"flip_up_down{id}", lambda tf, x: tf.image.flip_up_down(x), x)
    case(f"transpose{id}", lambda tf, x: tf.image.transpose_image(x, name="turned"), x)
    case(f"central_crop{id}", lambda tf, x: tf.image.central_crop(x, 0.5), x)
    case(f"crop{id}", lambda tf, x: tf.image.crop_to_bounding_box(x, 1, 1, 2, 2), x)
    case(f"pad{id}", lambda tf, x: tf.image.pad_to_bounding_box(x, 1, 2, 6, 7), x)
    for k in (1, 2, 3):
        case(f"rot90_{k}{id}", lambda tf, x, k=k: tf.image.rot90(x, k), x)
    for size in ((2, 7), (6, 2), (4, 3), (2, 2)):
        case(
            f"crop_or_pad_{size[0]}_{size[1]}{id}",
            lambda tf, x, size=size: tf.image.resize_image_with_crop_or_pad(x, *size),
            x,
        )
case("rot90", lambda tf, x, k: tf.image.rot90(x, k, name="turn"), PICTURES, ints(-3))
case("central_crop_all", lambda tf, x: tf.image.central_crop(x, 1.0), PICTURES)
case("central_crop_most", lambda tf, x: tf.image.central_crop(x, 0.75), f32(1, 9, 7, 1))
case(
    "crop_by_tensors",
    lambda tf, x, y, h: tf.image.crop_to_bounding_box(x, y, 1, h, 2),
    PICTURES,
    ints(2),
    ints(1),
)
case(
    "pad_by_tensors",
    lambda tf, x, y, h: tf.image.pad_to_bounding_box(x, y, 0, h, 4),
    PICTURES[0],
    ints(2),
    ints(7),
)
case(
    "crop_or_pad_by_tensors",
    lambda tf, x, h, w: tf.image.resize_image_with_crop_or_pad(x, h, w),
    PICTURES[0],
    ints(2),
    ints(7),
)


def seeded(function):
    """`function` in a graph whose seed is set."""

    def built(tf, *xs):
        tf.set_random_seed(7)
        return function(tf, *xs)

    return built


for side in ("left_right", "up_down"):
    for seed in range(3):
        case(
            f"random_flip_{side}_{seed}",
            seeded(lambda tf, x, s=side, n=seed: getattr(tf.image, "random_flip_" + s)(x, seed=n)),
            PICTURES[0],
        )
    case(
        f"random_flips_{side}",
        seeded(lambda tf, x, side=side: getattr(tf.image, "random_flip_" + side)(x)),
        f32(5, 2, 2, 1),
    )
    case(
        f"random_flip_of_bytes_{side}",
        seeded(lambda tf, x, side=side: getattr(tf.image, "random_flip_" + side)(x)),
        BYTES,
        grad=False,
    )
case(
    "random_crop",
    seeded(lambda tf, x: tf.image.random_crop(x, [2, 2, 2])),
    PICTURES[0],
)


# Rows written into a tensor.


def inplace(tf):
    return internal_module(tf, "python.ops.inplace_ops")


for name in ("update", "add", "sub"):
    suite.case(
        f"inplace {name}: rows",
        lambda tf, x, v, name=name: getattr(inplace(tf), f"inplace_{name}")(x, [2, -1], v),
        f32(4, 3),
        f32(2, 3, at=5),
        grad=False,
    )
    suite.case(
        f"inplace {name}: one row, and all",
        lambda tf, x, v, name=name: [
            getattr(inplace(tf), f"alias_inplace_{name}")(tf.negative(x), 1, v),
            getattr(inplace(tf), f"inplace_{name}")(x, None, x + 1),
        ],
        f32(4, 3),
        f32(3, at=5),
        grad=False,
    )
suite.case(
    "empty",
    lambda tf, x: [
        inplace(tf).empty_like(x, init=True),
        inplace(tf).empty([2], tf.string, init=True),
        tf.raw_ops.DeepCopy(x=x),
    ],
    f32(2, 3),
    grad=False,
)
