"""`tensor_util.constant_value`: what was seen of TensorFlow 1.15.5's."""

import numpy as np
import pytest

import stillflow as tf
from stillflow.ops.known_values import constant_value

KNOWN = {
    "constant": (lambda: tf.constant([1, 2]), [1, 2]),
    "shape": (lambda: tf.shape(tf.placeholder(tf.float32, [2, 3])), [2, 3]),
    "size": (lambda: tf.size(tf.placeholder(tf.float32, [2, 3])), 6),
    "rank": (lambda: tf.rank(tf.placeholder(tf.float32, [None, 3])), 2),
    "range": (lambda: tf.range(3), [0, 1, 2]),
    "cast": (lambda: tf.cast(tf.constant([1, 2]), tf.float32), [1.0, 2.0]),
    "fill": (lambda: tf.fill([2], 7), [7, 7]),
    "concat": (lambda: tf.concat([[1], [2]], 0), [1, 2]),
    "stack": (lambda: tf.stack([tf.constant([1]), tf.constant([2])]), [[1], [2]]),
    "equal": (lambda: tf.equal(tf.constant([1, 2]), 2), [False, True]),
}
NOT_ASKED = {
    "add": lambda: tf.constant(1) + 1,
    "identity": lambda: tf.identity(tf.constant(1)),
    "slice": lambda: tf.constant([1, 2])[1],
    "stack of columns": lambda: tf.stack([tf.constant([1]), tf.constant([2])], axis=1),
    "less": lambda: tf.less(tf.constant(1), 2),
    "shape known in part": lambda: tf.shape(tf.placeholder(tf.float32, [None, 3])),
    "cast of a sum": lambda: tf.cast(tf.constant(1) + 1, tf.float32),
    "variable": lambda: tf.Variable(1.0),
    "slices": lambda: tf.IndexedSlices(tf.constant([1.0]), tf.constant([0])),
}


@pytest.mark.parametrize("name", KNOWN)
def test_values_that_are_known_are_not_fed(name):
    build, value = KNOWN[name]
    tensor = build()
    np.testing.assert_array_equal(constant_value(tensor), value)
    assert not tensor.graph.is_feedable(tensor)


@pytest.mark.parametrize("name", NOT_ASKED)
def test_values_that_tensorflow_does_not_work_out(name):
    assert constant_value(NOT_ASKED[name]()) is None


def test_stacks_known_in_part():
    x, row = tf.placeholder(tf.float32, [2]), np.float32([1, 2])
    part = constant_value(tf.stack([x, row]), partial=True)
    assert part.shape == (2,)
    assert part[0] is None
    np.testing.assert_array_equal(part[1], row)
    assert constant_value(tf.stack([x, row])) is None
    assert constant_value(tf.stack([x, row], axis=1), partial=True) is None


def test_what_is_no_tensor_is_its_own_value():
    value = [1, "a"]
    assert constant_value(value) is value
