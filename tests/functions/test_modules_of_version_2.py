"""`tensorflow.python.ops.cond_v2` and `while_v2`, as TensorFlow 1.15 was seen to take them."""

import stillflow as tf
from stillflow.ops.version2.control import cond_of_module, while_loop_of_module


def test_a_test_may_have_axes():
    x = tf.placeholder(tf.float32, [1, 1])
    chosen = cond_of_module(x < 2.0, lambda: x * 2.0, lambda: x * 3.0, name="chosen")
    counted = while_loop_of_module(lambda i: i < 4.0, lambda i: i + 1.0, [x])
    with tf.Session() as session:
        assert session.run([chosen, counted], {x: [[1.0]]}) == [2.0, [4.0]]
        assert session.run(chosen, {x: [[2.5]]}) == 7.5


def test_a_loop_keeps_the_structure_of_what_it_takes():
    counted = while_loop_of_module(lambda i: i < 3, lambda i: [i + 1], [0], None, 10, 2)
    with tf.Session() as session:
        assert session.run(counted) == [2]
