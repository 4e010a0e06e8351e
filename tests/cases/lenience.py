"""What TensorFlow takes although it looks wrong, and what only a run can tell."""

import numpy as np

from .arrays import empty, f32, ints, num
from .suite import Suite

suite = Suite("lenience")


#: Why only the exception's class is compared.
RESHAPED = "a Reshape takes the axis away here"
TWO_FAIL = "the product fails too, and compiled code says so before the host asserts"
NUMBERED = "functions are numbered as they are made"


def fed(id, fn, *arrays, **options):
    """Adds `fn(tf, *tensors)`, whose placeholders have no known shape: it runs, or fails."""

    def one(tf, run):
        feeds = [tf.placeholder(array.dtype) for array in arrays]
        results = fn(tf, *feeds)
        run.note([str(t.shape) for t in results if hasattr(t, "graph")])
        run(results, {feeds[i]: arrays[i] for i in range(len(feeds))})

    suite.case(id, one, grad=False, **options)


# A shape that is packed from numbers whose ranks are not known.

SIX = ints(6)
X = f32(2, 3)
fed("reshape_packed", lambda tf, x, n: [tf.reshape(x, [n])], X, SIX)
fed("reshape_packed_cast", lambda tf, x, n: [tf.reshape(x, tf.cast([n], tf.int64))], X, SIX)
fed("reshape_packed_twice", lambda tf, x, n: [tf.reshape(x, [n, n])], num([[1]]), ints(1))
fed("zeros_packed", lambda tf, n: [tf.zeros([n]), tf.ones([n, 2]), tf.fill([n], 2.0)], ints(2))
fed("eye_packed", lambda tf, n: [tf.eye(n), tf.eye(n, 2), tf.eye(2, n)], ints(3))
fed("broadcast_packed", lambda tf, x, n: [tf.broadcast_to(x, [n])], num(1), ints(3))
fed("scatter_packed", lambda tf, n: [tf.scatter_nd([[1]], [2.0], [n])], ints(3))
fed("random_packed", lambda tf, n: [tf.random_uniform([n], seed=1)], ints(3))
fed("concat_packed", lambda tf, x, n: [tf.reshape(x, tf.concat([[n], [1]], 0))], X, SIX)
fed("reshape_unknown_vector", lambda tf, x, s: [tf.reshape(x, s)], X, ints([3, 2]))

# Axes named twice, nothing to do, nothing there.

fed("squeeze_twice", lambda tf, x: [tf.squeeze(x, [0, 0]), tf.squeeze(x, [0, -2])], f32(1, 3))
fed("pad_unknown", lambda tf, p: [tf.pad(tf.constant(X), p)], ints([[1, 0], [0, 1]]))
ONES = np.ones([4, 4], np.float32)
fed("pad_half_unknown", lambda tf, p: [tf.pad(ONES, [[1, 2], p])], ints([1, 0]))
fed("pad_unknown_begin", lambda tf, n: [tf.pad(ONES, [[n, 0], [1, 2]])], ints(3))
fed("pad_unknown_end", lambda tf, n: [tf.pad(ONES, [tf.constant([1, 1]), [0, n]])], ints(3))
fed("ensured", lambda tf, x: [tf.ensure_shape(x / 3.0, [None, None, 3])], f32(2, 1))
fed("pad_scalar", lambda tf, x: [tf.pad(x, np.zeros([0, 2], np.int32))], f32())
fed("top_k_none", lambda tf, x, k: [*tf.nn.top_k(x, 0), *tf.nn.top_k(x, k)], X, ints(0))
fed("gather_no_batch", lambda tf, x, i: [tf.gather(x, i, axis=0, batch_dims=None)], X, ints([1]))
for name in ("sum", "mean", "max", "min", "prod"):
    fed(
        "segments_of_nothing_" + name,
        lambda tf, x, i, n=name: [getattr(tf, "segment_" + n)(x, i)],
        empty(0, 2),
        ints([]),
    )
for name in ("sum", "mean", "sqrt_n"):
    fed(
        "sparse_segments_of_nothing_" + name,
        lambda tf, x, i, n=name: [getattr(tf, "sparse_segment_" + n)(x, i, i)],
        X,
        ints([]),
    )


def convolved(tf, x, w):
    y = tf.nn.conv2d(x, w, [1, 1, 1, 1], "SAME")
    return [y, *tf.gradients(y, [x, w])]


fed("convolution_of_nothing", convolved, empty(0, 4, 4, 1), f32(2, 2, 1, 3))
fed("convolution_into_nothing", convolved, f32(1, 4, 4, 1), empty(2, 2, 1, 0))
fed(
    "max_pool_of_nothing",
    lambda tf, x: [tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")],
    empty(0, 4, 4, 1),
)
fed(
    "max_pool_over_depth",
    lambda tf, x: [tf.nn.max_pool(x, [1, 1, 1, 2], [1, 1, 1, 2], "SAME")],
    f32(1, 2, 2, 4),
)

# Ranks of labels and weights that runs decide.

LOGITS = f32(2, 3)
fed(
    "sparse_loss_column_of_labels",
    lambda tf, labels, x: [tf.losses.sparse_softmax_cross_entropy(labels, x)],
    ints([[2], [0]]),
    LOGITS,
)
fed(
    "sparse_loss_column_of_weights",
    lambda tf, labels, x, w: [tf.losses.sparse_softmax_cross_entropy(labels, x, w)],
    ints([2, 0]),
    LOGITS,
    num([[0.5], [2]]),
)
fed(
    "sparse_loss_as_it_is",
    lambda tf, labels, x: [tf.losses.sparse_softmax_cross_entropy(labels, x)],
    ints([2, 0]),
    LOGITS,
)
for labels, predictions in (
    ([[0], [1]], [0, 1]),
    ([0, 1], [[1], [1]]),
    ([0, 1], [0, 1]),
    ([[0, 1], [1, 1]], [0, 1]),
):
    fed(
        f"confusion_{labels}_{predictions}",
        lambda tf, a, b: [tf.confusion_matrix(a, b, 2)],
        ints(labels),
        ints(predictions),
        why=RESHAPED if np.shape(labels) == (2, 2) else "",
    )
for weights in (2.0, [1, 2, 3], [[1], [2]], [[1, 2, 3], [4, 5, 6]], [1, 2], [[[1]]], [[1, 2]]):
    fed(
        f"loss_weights_{weights}",
        lambda tf, x, w: [tf.losses.mean_squared_error(x, tf.zeros_like(x), weights=w)],
        X,
        num(weights),
        why=TWO_FAIL if np.shape(weights)[-1:] == (2,) else "",
    )
fed(
    "loss_weights_of_more_rows",
    lambda tf, x, w: [tf.losses.absolute_difference(x, x + 1, weights=w)],
    f32(1, 3),
    num([[1], [2]]),
)

# What functions return.

RETURNED = {
    "object": (object(), "float32"),
    "dict": ({"a": 1}, "float32"),
    "object_as_text": (np.array([b"a", 1], object), "string"),
    "number_as_text": (1, "string"),
    "text": ("é", "string"),
    "texts": (np.array(["a", "bc"]), "string"),
    "text_as_number": ("a", "float32"),
    "truth": (True, "bool"),
    "complex": (1j, "complex128"),
    "columns_first": (np.asfortranarray(np.arange(6.0).reshape(2, 3)), "float64"),
    "masked": (np.ma.array([1.0, 2.0], mask=[0, 1]), "float64"),
    "one_of_a_tuple": ((np.float32(1),), "float32"),
}
for name in RETURNED:
    fed(
        "returned_" + name,
        lambda tf, given=RETURNED[name]: [tf.py_func(lambda: given[0], [], given[1])],
        why=NUMBERED,
    )
