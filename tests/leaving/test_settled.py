"""Masks that are the same whatever is drawn are constants; others stay."""

import numpy as np
import pytest

import stillflow as tf
from stillflow.leaving.settled import settle_masks


def kept(build):
    """The types of ops that y = build(x) needs once masks are settled, and its value of ones."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    y = tf.identity(build(x))
    graph = tf.get_default_graph()
    settle_masks(graph, [y], [x])
    part = tf.graph_util.extract_sub_graph(graph.as_graph_def(), [y.op.name])
    with tf.Session() as session:
        return {node.op for node in part.node}, session.run(y, {x: np.ones([2, 3])})


@pytest.mark.parametrize(
    "build",
    [
        lambda x: tf.nn.dropout(x, keep_prob=tf.placeholder_with_default(1.0, [])),
        lambda x: tf.nn.dropout(x, rate=tf.placeholder_with_default(0.0, [])),
        lambda x: x * tf.floor(1.0 + tf.random_uniform(tf.shape(x))),
    ],
)
def test_dropout_that_is_off(build):
    types, value = kept(build)
    assert "RandomUniform" not in types
    np.testing.assert_array_equal(value, np.ones([2, 3]))


@pytest.mark.parametrize(
    "build",
    [
        lambda x: tf.nn.dropout(x, keep_prob=0.5, seed=1),
        lambda x: x * tf.floor(0.5 + tf.random_uniform(tf.shape(x), seed=1)),
        lambda x: x * tf.floor(tf.random_uniform(tf.shape(x), 0, 2, seed=1)),
        lambda x: tf.nn.dropout(x, keep_prob=tf.placeholder_with_default(0.5, []), seed=1),
        lambda x: tf.cast(tf.random_uniform([2, 3], seed=1) >= tf.reduce_mean(x) / 2, tf.float32),
    ],
)
def test_dropout_that_is_on(build):
    types, value = kept(build)
    assert "RandomUniform" in types
    assert len(np.unique(value)) == 2
