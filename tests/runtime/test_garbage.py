"""Runs on the host leave nothing behind that only Python's garbage collector would find."""

import gc
import weakref

import numpy as np
import pytest

import stillflow as tf
from stillflow.declare.numpy.namespace import NUMPY
from stillflow.ops.nn import windows


@pytest.fixture
def uncollected(own_garbage):
    gc.disable()
    yield
    gc.enable()


def test_grids_go_with_the_step_that_made_them(uncollected):
    """A gradient of pooling made some megabytes in each step, which a cycle of references kept."""
    axes = [windows.Axis(2, 2, 2, 1, 0, 4)] * 2
    grids = {(i, j): np.zeros((1, 2, 2, 3), np.float32) for i in range(2) for j in range(2)}
    held = [weakref.ref(grid) for grid in grids.values()]
    windows._interleaved(NUMPY, grids, axes)
    del grids
    assert [ref() for ref in held] == [None] * 4


def test_a_training_step_of_a_network_makes_no_cycles(uncollected):
    x = tf.placeholder(tf.float32, [2, 8, 8, 1])
    kernel = tf.Variable(tf.ones([3, 3, 1, 4]))
    value = tf.nn.relu(tf.nn.conv2d(x, kernel, [1, 1, 1, 1], "SAME"))
    value = tf.nn.max_pool(value, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    value = tf.nn.avg_pool(value, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    step = tf.train.AdamOptimizer().minimize(tf.reduce_sum(value))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run(step, {x: np.ones([2, 8, 8, 1])})
        gc.collect()
        session.run(step, {x: np.ones([2, 8, 8, 1])})
        assert gc.collect() == 0
