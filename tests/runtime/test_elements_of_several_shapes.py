"""What a run has shown of shapes does not hold for elements of which each has its own."""

import numpy as np

import stillflow as tf

RUNS = 25  # enough for a host program to be written as a function


def test_a_loop_variable_that_grows_and_its_gradient(tier):
    """Of each turn's value the shape is on the stack."""
    w = tf.placeholder(tf.float32, [2, 3])

    def body(i, grown):
        return i + 1, tf.concat([grown, w * tf.cast(i, tf.float32)], 0)

    shapes = [tf.TensorShape([]), tf.TensorShape([None, 3])]
    grown = tf.while_loop(lambda i, _: i < 4, body, [0, w[:1]], shape_invariants=shapes)[1]
    slope = tf.gradients(tf.reduce_sum(grown * grown), w)[0]
    fed = np.arange(6, dtype=np.float32).reshape(2, 3)
    expected = 2 * fed * (1 + 4 + 9) + 2 * fed * [[1], [0]]
    with tf.Session() as sess:
        for _ in range(RUNS):
            np.testing.assert_allclose(sess.run(slope, {w: fed}), expected)


def test_rows_that_a_loop_leaves_for_its_gradient(tier):
    """How many there are depends on what is fed."""
    x = tf.placeholder(tf.float32, [5])

    def body(i, total):
        rest = tf.boolean_mask(x, x > tf.cast(i, tf.float32))
        return i + 1, total + tf.reduce_mean(rest * rest)

    total = tf.while_loop(lambda i, _: i < 2, body, [0, 0.0])[1]
    slope = tf.gradients(total, x)[0]
    with tf.Session() as sess:
        for run in range(RUNS):
            fed = np.float32([0.5, 1.5, 2.5, 3.5, 0.5 + run % 3])
            parts = [np.where(fed > i, 2 * fed / np.sum(fed > i), 0) for i in range(2)]
            np.testing.assert_allclose(sess.run(slope, {x: fed}), sum(parts), rtol=1e-6)


def test_an_element_of_several_shapes_is_read(tier):
    """Which one it is depends on what is fed."""
    i = tf.placeholder(tf.int32, [])
    array = tf.TensorArray(tf.float32, 2, infer_shape=False, clear_after_read=False)
    sizes = tf.shape(array.write(0, tf.ones([2])).write(1, tf.ones([3, 4])).read(i))
    with tf.Session() as sess:
        for run in range(RUNS):
            assert sess.run(sizes, {i: run % 2}).tolist() == [[2], [3, 4]][run % 2]


def test_elements_of_several_lengths_are_joined(tier):
    """How many there are depends on what is fed."""
    n = tf.placeholder(tf.int32, [])
    array = tf.TensorArray(tf.float32, 0, dynamic_size=True, infer_shape=False)

    def body(i, array):
        return i + 1, array.write(i, tf.ones([2]))

    joined = tf.while_loop(lambda i, _: i < n, body, [0, array])[1].concat()
    size = tf.shape(joined)
    with tf.Session() as sess:
        for run in range(RUNS):
            assert sess.run(size, {n: 1 + run % 3}).tolist() == [2 * (1 + run % 3)]
