"""map_fn, foldl, foldr and scan: values, nodes and gradients."""

import numpy as np

from .arrays import f32, ints, num
from .suite import Suite

suite = Suite("mapped")
case = suite.case

X = f32(4, 3)
Y = f32(4, at=2)


# map_fn.

case("map", lambda tf, x: tf.map_fn(lambda row: row * row + 1, x), X)
case("map_scalars", lambda tf, x: tf.map_fn(lambda row: row * 3, x), Y)
case("map_constant", lambda tf: tf.map_fn(lambda row: row * 2, ints([1, 2, 3])), grad=False)
case("map_one", lambda tf, x: tf.map_fn(tf.reduce_sum, x), X[:1])
case("map_to_longer", lambda tf, x: tf.map_fn(lambda row: tf.stack([row, row * row]), x), X)
case(
    "map_to_another_type",
    lambda tf, x: tf.map_fn(lambda row: tf.cast(row > 0, tf.int32), x, dtype=tf.int32),
    X,
)
case(
    "map_pairs",
    lambda tf, x, y: tf.map_fn(lambda pair: pair[0] * pair[1], (x, y), dtype=tf.float32),
    X,
    Y,
)
case(
    "map_to_pairs",
    lambda tf, x: tf.map_fn(lambda row: (row * 2, row[0]), x, dtype=(tf.float32, tf.float32)),
    X,
)
case(
    "map_to_names",
    lambda tf, x: tf.map_fn(
        lambda row: {"a": row, "b": [row * row]}, x, dtype={"a": tf.float32, "b": [tf.float32]}
    ),
    X,
)
case("map_pairs_to_pairs", lambda tf, x, y: tf.map_fn(lambda p: (p[1], p[0]), (x, y)), Y, Y * 2)
case("map_named", lambda tf, x: tf.map_fn(tf.sin, x, name="each"), X)
case(
    "map_options",
    lambda tf, x: tf.map_fn(tf.sin, x, parallel_iterations=3, swap_memory=True, infer_shape=False),
    X,
)
case(
    "map_without_gradient",
    lambda tf, x: tf.map_fn(tf.sin, x, back_prop=False),
    X,
    grad=False,
)
case("map_of_outside", lambda tf, x, w: tf.map_fn(lambda row: row * w, x), X, f32(3, at=1))
case(
    "map_of_product",
    lambda tf, x, w: tf.map_fn(lambda row: tf.matmul(row[None], w)[0], x),
    X,
    f32(3, 2, at=1),
)
case(
    "map_in_map",
    lambda tf, x: tf.map_fn(lambda row: tf.map_fn(lambda v: v * v, row) * 2, x),
    X,
)
case("map_empty", lambda tf, x: tf.map_fn(lambda row: row * 2, x), X[:0], grad=False)


def map_twice(tf, x):
    return tf.map_fn(lambda row: row + 1, tf.map_fn(lambda row: row * row, x))


case("map_twice", map_twice, X)


# foldl and foldr.

for name in ("foldl", "foldr"):
    case(
        name,
        lambda tf, x, name=name: getattr(tf, name)(lambda made, row: made * 0.5 + row, x),
        X,
    )
    case(
        name + "_from",
        lambda tf, x, y, name=name: getattr(tf, name)(
            lambda made, row: made * row, x, initializer=y
        ),
        X,
        f32(3, at=1),
    )
    case(
        name + "_scalars",
        lambda tf, x, name=name: getattr(tf, name)(lambda made, row: made * row, x, 1.0),
        Y,
    )
    case(
        name + "_pairs",
        lambda tf, x, y, name=name: getattr(tf, name)(
            lambda made, pair: made + pair[0] * pair[1], (x, y), initializer=num([0, 0, 0])
        ),
        X,
        Y,
    )
    case(
        name + "_to_pairs",
        lambda tf, x, name=name: getattr(tf, name)(
            lambda made, row: [made[0] + row, made[1] * row],
            x,
            [np.zeros(3, np.float32), np.ones(3, np.float32)],
            name="both",
        ),
        X,
    )
    case(
        name + "_options",
        lambda tf, x, name=name: getattr(tf, name)(
            lambda made, row: made + row,
            x,
            parallel_iterations=2,
            swap_memory=True,
            back_prop=False,
        ),
        X,
        grad=False,
    )


# scan.

for reverse in (False, True):
    suffix = "_reverse" * reverse
    case(
        "scan" + suffix,
        lambda tf, x, reverse=reverse: tf.scan(
            lambda made, row: made * 0.5 + row, x, reverse=reverse
        ),
        X,
    )
    case(
        "scan_from" + suffix,
        lambda tf, x, y, reverse=reverse: tf.scan(
            lambda made, row: made * row, x, initializer=y, reverse=reverse
        ),
        X,
        f32(3, at=1),
    )
    case(
        "scan_scalars" + suffix,
        lambda tf, x, reverse=reverse: tf.scan(
            lambda made, row: made * row, x, 1.0, reverse=reverse
        ),
        Y,
    )
    case(
        "scan_pairs" + suffix,
        lambda tf, x, y, reverse=reverse: tf.scan(
            lambda made, pair: (made[0] + pair[0] * pair[1], made[1] * pair[1]),
            (x, y),
            reverse=reverse,
        ),
        Y,
        f32(4, at=5),
    )
    case(
        "scan_to_pairs" + suffix,
        lambda tf, x, reverse=reverse: tf.scan(
            lambda made, row: {"sum": made["sum"] + row, "last": row[0]},
            x,
            {"sum": num([0, 0, 0]), "last": np.float32(0)},
            name="both",
            reverse=reverse,
        ),
        X,
    )
case(
    "scan_options",
    lambda tf, x: tf.scan(
        lambda made, row: made + row,
        x,
        parallel_iterations=2,
        swap_memory=True,
        infer_shape=False,
    ),
    X,
)
case(
    "scan_without_gradient",
    lambda tf, x: tf.scan(lambda made, row: made + row, x, back_prop=False),
    X,
    grad=False,
)
case(
    "scan_of_product",
    lambda tf, x, w: tf.scan(lambda made, row: tf.tanh(tf.matmul(made, w) + row), x, x[0] * 0),
    f32(5, 2, 3),
    f32(3, 3, at=1),
)
case("scan_of_one", lambda tf, x: tf.scan(lambda made, row: made * row, x), X[:1])
case(
    "scan_in_map",
    lambda tf, x: tf.map_fn(lambda row: tf.scan(lambda made, v: made * v, row), x),
    X,
)


# Loops of arrays.


def array(tf, size, **options):
    return tf.TensorArray(tf.float32, size, **options)


def loop(tf, most, turn, *values, **options):
    """`turn(i, *values)` for i = 0 ... most - 1; returns what it made of `values`."""
    made = tf.while_loop(
        lambda i, *_: i < most,
        lambda i, *values: (i + 1, *turn(i, *values)),
        (0, *values),
        **options,
    )
    return made[1:]


def powers(tf, x):
    """Each element is made of the one before."""
    given = array(tf, 4, clear_after_read=False).write(0, x)
    (given,) = loop(tf, 3, lambda i, a: (a.write(i + 1, a.read(i) * x),), given)
    return given.stack()


case("loop_powers", powers, f32(3))


def growing(tf, x):
    (given,) = loop(
        tf, tf.shape(x)[0], lambda i, a: (a.write(i, x[i] * 2),), array(tf, 0, dynamic_size=True)
    )
    return given.stack(), given.size()


case("loop_growing", growing, X)


def backwards(tf, x):
    given = array(tf, 4).unstack(x)
    total, made = loop(
        tf,
        4,
        lambda i, total, a: (total + given.read(3 - i), a.write(i, total)),
        tf.zeros([3]),
        array(tf, 4),
    )
    return total, made.stack()


case("loop_backwards", backwards, X)


def joined(tf, x):
    (given,) = loop(tf, 2, lambda i, a: (a.write(i, x * tf.cast(i + 1, tf.float32)),), array(tf, 2))
    return given.concat()


case("loop_joined", joined, X)


def two_loops(tf, x):
    """The second reads what the first wrote."""
    (first,) = loop(tf, 4, lambda i, a: (a.write(i, x[i] * x[i]),), array(tf, 4))
    (second,) = loop(tf, 4, lambda i, a: (a.write(i, first.read(i) * 3),), array(tf, 4))
    return second.stack()


case("loop_twice", two_loops, X)


def in_structures(tf, x):
    both = {"rows": array(tf, 4), "more": [array(tf, 4), tf.zeros([])]}

    def turn(i, both):
        rows, (squares, total) = both["rows"], both["more"]
        row = x[i]
        made = {
            "rows": rows.write(i, row),
            "more": [squares.write(i, row * row), total + row[0]],
        }
        return (made,)

    (both,) = loop(tf, 4, turn, both)
    return both["rows"].stack(), both["more"][0].stack(), both["more"][1]


case("loop_structures", in_structures, X)


def made_inside(tf, x):
    """An array of each turn's own."""

    def turn(i, total):
        own = array(tf, 2).write(0, x[i]).write(1, total)
        return (own.stack()[0] * own.size().dtype.size + total,)

    return loop(tf, 4, turn, tf.zeros([3]))


case("loop_made_inside", made_inside, X)


def chosen(tf, x):
    """What is written is chosen; rows that are not written are zero."""

    def turn(i, made):
        row = x[i]
        return (tf.cond(row[0] > 0, lambda: made.write(i, row * 2), lambda: made),)

    (made,) = loop(tf, 4, turn, array(tf, 4, element_shape=[3]))
    return made.stack()


case("loop_chosen", chosen, X)


def nested(tf, x):
    """A table, row by row; both loops write one array."""

    def row(i, made):
        return loop(tf, 3, lambda j, made: (made.write(i * 3 + j, x[i, j] * x[i, 0]),), made)

    (made,) = loop(tf, 4, row, array(tf, 12))
    return tf.reshape(made.stack(), [4, 3])


case("loop_nested", nested, X)


def scattered(tf, x):
    """Rows of both halves at once."""
    made = array(tf, 4)
    (made,) = loop(
        tf,
        2,
        lambda i, made: (made.scatter(tf.stack([i, i + 2]), tf.stack([x[i + 2], x[i]])),),
        made,
    )
    return made.gather([3, 1])


case("loop_scattered", scattered, X)


def recurrent(tf, x, w):
    """A recurrent network by hand, over time, then its outputs as a batch."""
    length = tf.shape(x)[0]
    steps = array(tf, length).unstack(x)

    def turn(t, state, made):
        state = tf.tanh(steps.read(t) + tf.matmul(state, w))
        return state, made.write(t, state)

    start = tf.zeros([2, 3]), array(tf, length)
    options = {"parallel_iterations": 32, "swap_memory": True}
    state, outputs = loop(tf, length, turn, *start, **options)
    return tf.transpose(outputs.stack(), [1, 0, 2]), state


case("loop_recurrent", recurrent, f32(5, 2, 3), f32(3, 3, at=1))
