"""Tensors in order, and positions in them."""

from .arrays import empty, f32, ints, num
from .suite import Suite

suite = Suite("sorted")
case = suite.case

for direction in ("ASCENDING", "DESCENDING"):
    for axis in (0, 1, -1, -2):
        tag = f"{direction.lower()}_{axis}"
        case(
            "sort_" + tag,
            lambda tf, x, d=direction, a=axis: tf.sort(x, a, d),
            f32(2, 3, 2),
        )
        case(
            "argsort_" + tag,
            lambda tf, x, d=direction, a=axis: tf.argsort(x, a, d, name="order"),
            f32(2, 3, 2),
        )
case("sort_ints", lambda tf, x: tf.sort(x, name="s"), ints([[3, -1, 2], [0, 0, -5]]))
case("sort_empty", lambda tf, x: tf.sort(x), empty(2, 0))
case(
    "argsort_ties",
    lambda tf, x: [tf.argsort(x), tf.argsort(x, direction="DESCENDING", stable=True)],
    num([1, 0, 1, 2, 0, 2]),
)
case("sort_constant_axis", lambda tf, x: tf.sort(x, tf.constant(0)), f32(3, 2))
case(
    "unravel_index",
    lambda tf, i, d: [
        tf.unravel_index(i, d),
        tf.unravel_index(tf.constant(7), [2, 3, 4], name="u"),
    ],
    ints([22, 0, 5]),
    ints([3, 4, 2]),
    grad=False,
)
