"""Meta graphs and tf.graph_util do what TensorFlow 1.15 does."""

import meta_graph_cases
import numpy as np
import pytest
import recorded_graphs

import stillflow as tf

RECORDED = recorded_graphs.load("meta_graphs")

# What has words of its own, and why.
OWN_WORDS = {"a_file_of_something_else": "the message type has another package"}


@pytest.mark.parametrize("name", meta_graph_cases.CASES)
def test_meta_graph(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    case = meta_graph_cases.CASES[name]
    recorded_graphs.check(lambda: case(tf, str(tmp_path)), RECORDED[name], name in OWN_WORDS)


def test_every_case_is_recorded():
    """Otherwise run tools/record_graphs.py."""
    assert list(RECORDED) == list(meta_graph_cases.CASES)


def test_a_network_of_tensorflows_is_trained_further():
    """New layers on an imported one, of which only those are trained: then all of it."""
    exports = str(recorded_graphs.GOLDEN / "exports" / "training-5")
    saver = tf.train.import_meta_graph(exports + ".meta")
    x = tf.get_default_graph().get_tensor_by_name("x:0")
    features = tf.get_default_graph().get_tensor_by_name("dense/Reshape:0")
    kept = tf.trainable_variables()
    with tf.variable_scope("new"):
        w = tf.get_variable("w", [64, 1], initializer=tf.zeros_initializer())
    loss = tf.reduce_mean(tf.square(tf.matmul(features, w) - 1.0))
    head = tf.train.GradientDescentOptimizer(0.01).minimize(loss, var_list=[w])
    whole = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
    images = np.random.RandomState(0).rand(5, 64).astype(np.float32)
    with tf.Session() as sess:
        saver.restore(sess, exports)
        sess.run(w.initializer)
        start, first = sess.run([kept, loss], {x: images})
        for _ in range(3):
            sess.run(head, {x: images})
        same, second = sess.run([kept, loss], {x: images})
        assert all(np.array_equal(a, b) for a, b in zip(start, same, strict=True))
        sess.run(whole, {x: images})
        changed, third = sess.run([kept[0], loss], {x: images})
    assert first == 1.0
    assert third < second < first
    assert not np.array_equal(changed, start[0])
