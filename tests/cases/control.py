"""Choices and loops as parts of expressions, fed with shapes that are known, in part, or not."""

from .arrays import f32, f64, ints, num, pos
from .suite import Suite

suite = Suite("control")
case = suite.case


def repeated(tf, times, body, *variables, **options):
    """`body(i, *variables)` so many times; returns the variables."""
    loop = tf.while_loop(
        lambda i, *rest: i < times,
        lambda i, *rest: [i + 1, *body(i, *rest)],
        [0, *variables],
        **options,
    )
    return loop[1:]


def positive(tf, x):
    return tf.reduce_sum(x) > 0


case(
    "cond",
    lambda tf, x, y: tf.cond(positive(tf, x), lambda: x * y, lambda: tf.exp(y)),
    *(f32(2, 3), f32(2, 3, at=3)),
)
case(
    "cond_of_several",
    lambda tf, x, y: tf.cond(positive(tf, -x), lambda: [x, x * y], lambda: [-y, x / y]),
    *(f32(2, 3), pos(2, 3)),
)
case(
    "cond_in_cond",
    lambda tf, x: tf.cond(
        positive(tf, x),
        lambda: tf.cond(x[0, 0] > 9, lambda: x * 2, lambda: tf.square(x)),
        lambda: x,
    ),
    pos(2, 2),
)
case(
    "case_exclusive",
    lambda tf, x: tf.case(
        [(positive(tf, -x), lambda: x * 3), (positive(tf, x), lambda: tf.sqrt(x))],
        default=lambda: x,
        exclusive=True,
    ),
    pos(3),
)
case(
    "while_of_products",
    lambda tf, x, w: repeated(tf, 3, lambda i, y: [tf.tanh(tf.matmul(y, w))], x)[0],
    *(f32(3, 2), f32(2, 2, at=3)),
)
case(
    "while_by_data",
    lambda tf, x, n: repeated(tf, n, lambda i, y: [y * x + tf.cast(i, tf.float64)], x)[0],
    *(f64(2, 2), ints(3)),
)
case(
    "while_of_none",
    lambda tf, x, n: repeated(tf, n, lambda i, y, z: [y * z, z + x], x, x)[0],
    *(f32(2), ints(0)),
)
case(
    "while_until",
    lambda tf, x: tf.while_loop(lambda y: tf.reduce_max(y) < 50, lambda y: y * y + 1, [x]),
    pos(3),
)
case(
    "while_with_most",
    lambda tf, x: tf.while_loop(
        lambda y: tf.reduce_max(y) < 50, lambda y: y * 1.5, [x], maximum_iterations=4
    ),
    pos(3),
)
case(
    "cond_in_while",
    lambda tf, x, y: repeated(
        tf, 4, lambda i, z: [tf.cond(i % 2 > 0, lambda: z * y, lambda: tf.sin(z) + x)], x
    )[0],
    *(f32(2, 3), f32(2, 3, at=3)),
)
case(
    "while_in_cond",
    lambda tf, x, y: tf.cond(
        positive(tf, y), lambda: repeated(tf, 3, lambda i, z: [z * y], x)[0], lambda: x
    ),
    *(f32(2, 3), pos(2, 3)),
)
case(
    "while_in_while",
    lambda tf, x, y: repeated(
        tf, 3, lambda i, z: [repeated(tf, i, lambda j, u: [u * y + z], z)[0] + x], x
    )[0],
    *(f32(2, 2), f32(2, 2, at=3)),
)
case(
    "while_with_rows",
    lambda tf, x: repeated(tf, 3, lambda i, y: [y + tf.gather(x, [i, 2 - i])], x[:2])[0],
    f32(3, 2),
)
case(
    "switch_and_merge",
    lambda tf, x, p: tf.raw_ops.Merge(
        inputs=[side * 2 for side in tf.raw_ops.Switch(data=x, pred=p)]
    )[0],
    *(f32(2), num(1) > 0),
)
