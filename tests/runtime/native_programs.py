"""What test_native_built.py runs in processes of their own: native_programs.py NAME."""

import hashlib
import itertools
import sys

import numpy as np

import stillflow as tf
from stillflow.declare.native.library import library
from stillflow.declare.numpy.namespace import NUMPY
from stillflow.ops.nn import correlating
from stillflow.ops.nn.windows import axis_of


def equal():
    """Each form of convolution on both tiers, against NumPy in double precision."""
    from stillflow.runtime.tiers import xla

    xla()
    import jax

    from stillflow.runtime.xla_namespace import JaxNamespace

    assert library() is not None
    random = np.random.default_rng(1)
    grid = itertools.product(
        *((1, 3, 37), (5, 9), (1, 3, 16), (1, 8, 5), (1, 3, 4), (1, 2, 3), (1, 2)),
        ("SAME", "VALID"),
    )
    count = 0
    for n, size, channels, depth, window, stride, dilation, padding in grid:
        reach = (window - 1) * dilation + 1
        if min(stride, dilation) > 1 or (reach > size and padding == "VALID"):
            continue
        if random.random() < 0.9:
            continue
        axes = [axis_of(size, window, stride, padding, dilation, (0, 0)) for _ in "HW"]
        x, w, dy = (
            random.standard_normal(shape).astype(np.float32)
            for shape in (
                (n, size, size, channels),
                (window, window, channels, depth),
                (n, axes[0].count, axes[1].count, depth),
            )
        )
        for function, arrays in (
            (correlating.correlate, (x, w)),
            (correlating.input_gradient, (w, dy)),
            (correlating.filter_gradient, (x, dy)),
        ):
            namespace = JaxNamespace()
            namespace.is_for_here = True
            compiled = jax.jit(
                lambda *a, f=function, axes=axes, xp=namespace: f(xp, *a, axes, "NHWC")
            )
            assert "Stillflow" in compiled.lower(*arrays).as_text()
            double = function(NUMPY, *(a.astype(np.float64) for a in arrays), axes, "NHWC")
            most = 4e-6 * np.abs(double).max()
            for found in (function(NUMPY, *arrays, axes, "NHWC"), compiled(*arrays)):
                np.testing.assert_allclose(found, double, rtol=0, atol=most)
            count += 1
    print(count)


def multiplied():
    """Products of matrices on both tiers, against NumPy in double precision; of odd sizes."""
    from stillflow.runtime.tiers import xla

    xla()
    import jax

    from stillflow.runtime.xla_namespace import JaxNamespace

    assert library() is not None
    random = np.random.default_rng(1)
    shapes = [
        ((), 1, 600, 500),  # a row
        ((), 300, 1000, 1),  # a column
        ((), 513, 1, 515),
        ((), 200, 784, 500),  # pieces of columns
        ((), 785, 200, 499),  # and of rows
        ((), 2049, 17, 31),
        ((3, 11), 33, 64, 35),  # several matrices in a piece
        ((3,), 400, 100, 300),  # several pieces in a matrix
    ]
    count = 0
    for (batch, rows, depth, columns), *turns in itertools.product(shapes, *[(False, True)] * 2):
        a, b = (
            random.standard_normal((*batch, *(shape[::-1] if turn else shape))).astype(np.float32)
            for shape, turn in zip(((rows, depth), (depth, columns)), turns, strict=True)
        )
        namespace = JaxNamespace()
        namespace.is_for_here = True
        compiled = jax.jit(lambda a, b, xp=namespace, t=turns: xp.matrix_product(a, b, *t))
        assert "StillflowProduct" in compiled.lower(a, b).as_text()
        seen = [x.swapaxes(-1, -2) if turn else x for x, turn in zip((a, b), turns, strict=True)]
        double = np.matmul(*(x.astype(np.float64) for x in seen))
        found = NUMPY.matrix_product(a, b, *turns), compiled(a, b)
        for own in found:
            np.testing.assert_allclose(own, double, rtol=0, atol=4e-6 * np.abs(double).max())
        np.testing.assert_array_equal(*found)  # the same pieces, whoever computes them
        count += 1
    print(count)


def trained():
    """A small network after some steps on either tier: its losses, and a digest of its weights."""
    random = np.random.RandomState(0)
    pictures = random.rand(33, 12, 12, 1).astype(np.float32)
    classes = random.randint(0, 3, 33)
    x, y = tf.constant(pictures), tf.constant(classes)
    tf.set_random_seed(2)
    kernel = tf.Variable(tf.truncated_normal([3, 3, 1, 8], stddev=0.3))
    other = tf.Variable(tf.truncated_normal([3, 3, 8, 8], stddev=0.2))
    hidden = tf.nn.relu(tf.nn.conv2d(x, kernel, [1, 1, 1, 1], "SAME"))
    hidden = tf.nn.relu(tf.nn.conv2d(hidden, other, [1, 2, 2, 1], "SAME"))
    rows = tf.reshape(hidden, [33, 6 * 6 * 8])
    wide = tf.Variable(tf.truncated_normal([6 * 6 * 8, 150], stddev=0.05))
    rows = tf.nn.relu(tf.matmul(rows, wide))
    logits = tf.matmul(rows, tf.Variable(tf.truncated_normal([150, 3], stddev=0.1)))
    loss = tf.losses.sparse_softmax_cross_entropy(y, logits)
    # Adam would make whole steps of gradients that are zero but for rounding.
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        losses = [float(session.run([loss, step])[0]) for _ in range(30)]
        weights = session.run(tf.trainable_variables())
    print(losses)
    print(hashlib.sha256(b"".join(w.tobytes() for w in weights)).hexdigest())


if __name__ == "__main__":
    globals()[sys.argv[1]]()
