"""Pictures that flow, and splines through points: of `tf.contrib.image`."""

from .arrays import f32, num, unit
from .suite import Suite

suite = Suite("warpings")

IMAGES = f32(2, 4, 3, 2)


def case(id, fn, *inputs, **kwargs):
    """Adds a program that runs `fn(tf, *inputs)` and the gradients of the sum of what it gives."""

    def program(tf, run):
        held = [tf.placeholder(x.dtype, x.shape) for x in inputs]
        feeds = dict(zip(held, inputs))  # noqa: B905 (TensorFlow's Python has no `strict`)
        given = fn(tf, *held)
        given = given if isinstance(given, list) else [given]
        run.note([str(x.shape) for x in given])
        run(given, feeds)
        run(tf.gradients(sum(tf.reduce_sum(x * x) for x in given), held), feeds)

    suite.case(id, program, grad=False, **kwargs)


case(
    "dense_warp",
    lambda tf, x, f: tf.contrib.image.dense_image_warp(x, f),
    IMAGES,
    unit(2, 4, 3, 2) * 2 + 0.1,
)
for order in (1, 2, 3, 4, 6):
    case(
        f"spline_{order}",
        lambda tf, p, v, q, order=order: tf.contrib.image.interpolate_spline(
            p, v, q, order, regularization_weight=0.1 if order == 3 else 0.0
        ),
        num([[[0, 0], [1, 0.5], [2, 2], [0.5, 2.5]]]),
        unit(1, 4, 2),
        num([[[0.5, 1], [1.5, 1.25]]]),
        rtol=1e-3,
        atol=1e-4,
        why="a system of linear equations, badly conditioned",
    )
case(
    "sparse_warp",
    lambda tf, x, a, b: list(tf.contrib.image.sparse_image_warp(x, a, b, num_boundary_points=1)),
    f32(1, 4, 5, 1),
    num([[[1, 1], [2, 3]]]),
    num([[[1.5, 1], [2, 2.5]]]),
    rtol=1e-3,
    atol=1e-3,
    why="a system of linear equations, badly conditioned",
)
