"""Pictures transformed, sampled and warped, and their connected parts: `tf.contrib.image`."""

import numpy as np

from .arrays import f32, f64, ints, num, unit
from .suite import Suite

suite = Suite("warped")
case = suite.case

IMAGES = f32(2, 4, 3, 2)
BYTES = (np.arange(24) * 37 % 256).astype(np.uint8).reshape(1, 4, 3, 2)
TRANSFORM = num([[1.1, 0.2, -0.3, -0.1, 0.9, 0.4, 0.01, 0.02]])

for method in ("NEAREST", "BILINEAR"):
    case(
        f"transform_{method.lower()}",
        lambda tf, x, t, method=method: tf.contrib.image.transform(x, t, method),
        IMAGES,
        TRANSFORM,
    )
    case(
        f"rotate_{method.lower()}",
        lambda tf, x, a, method=method: tf.contrib.image.rotate(x, a, method),
        IMAGES,
        num([0.5, -2.0]),
    )
    case(
        f"bytes_{method.lower()}",
        lambda tf, x, t, method=method: tf.contrib.image.transform(x, t, method, [3, 5]),
        BYTES,
        TRANSFORM,
    )
case(
    "transform_nowhere",
    lambda tf, x, t: tf.contrib.image.transform(x, t, "BILINEAR", output_shape=[2, 3]),
    IMAGES[:1],
    num([1, 0, 0, 0, 1, 0, -1, 0]),
    grad=False,
)
case(
    "rotate_one",
    lambda tf, x: [
        tf.contrib.image.rotate(x[0, :, :, 0], 0.25),
        tf.contrib.image.rotate(x[0], np.pi / 2, "BILINEAR"),
    ],
    f64(1, 3, 3, 2),
)
case(
    "translate",
    lambda tf, x, d: [
        tf.contrib.image.translate(x, d, "BILINEAR"),
        tf.contrib.image.translate(x, [1.0, -2.0]),
    ],
    IMAGES,
    num([[0.5, 1.25], [-1, 0]]),
)
case(
    "transforms",
    lambda tf, t, a: [
        tf.contrib.image.compose_transforms(t, tf.contrib.image.matrices_to_flat_transforms(a)),
        tf.contrib.image.flat_transforms_to_matrices(t[0]),
    ],
    TRANSFORM,
    unit(2, 3, 3) + 2,
)

WARP = num([[[0.5, 0.25], [1, 2], [-0.5, 3.5], [-1, 0], [2.75, 1]], [[1.5, 1.5]] * 5])
case("resampler", lambda tf, x, w: tf.contrib.resampler.resampler(x, w), IMAGES, WARP)
case(
    "resampler_of_grids",
    lambda tf, x, w: tf.contrib.resampler.resampler(x, w, name="sampled"),
    f64(1, 3, 4, 1),
    np.stack(np.meshgrid([0.5, 1.5, 4.0], [0.25, 2.5]), -1)[None],
)
PARTS = ints([[1, 0, 2, 2], [1, 1, 0, 2], [0, 3, 1, 2], [1, 0, 1, 0]])
case(
    "components",
    lambda tf, x: [
        tf.contrib.image.connected_components(x),
        tf.contrib.image.connected_components(tf.stack([x, x[::-1]])),
        tf.contrib.image.connected_components(x > 0),
        tf.contrib.image.connected_components(tf.ones_like(x)),
        tf.contrib.image.connected_components(tf.zeros_like(x)),
    ],
    PARTS,
    grad=False,
)
case(
    "matches",
    lambda tf, x: [
        side
        for rows, top in ((-1.0, -1), (2.0, -1), (-1.0, 1), (0.0, -1))
        for side in tf.contrib.image.bipartite_match(x, rows, top)
    ],
    num([[0.5, 0.25, 0.75], [0.125, 0.2, 0.9], [0.3, 0.6, 0.1], [0.7, 0.05, 0.8]]),
    grad=False,
)
