"""Nodes that come to be otherwise than in the default graph."""

import threading

import stillflow as tf
from stillflow.declare import emitting


def test_a_hook_makes_the_nodes():
    """It sees tensors and complete attributes, and may change what it hands on."""
    a, b = tf.constant(1.0), tf.constant(2.0)
    seen = []

    def swapped(defn, inputs, attrs, name):
        seen.append((defn.type, attrs.get("T"), name))
        return emitting.into_graph(defn, [b if t is a else t for t in inputs], attrs, name)

    with emitting.through(swapped):
        y = tf.subtract(a, 5.0, name="less")
    assert seen == [("Const", None, "y"), ("Sub", tf.float32, "less/")]
    assert tf.Session().run([y, tf.subtract(a, 5.0)]) == [-3, -4]


def test_other_threads_build_as_before():
    seen = []

    def hook(*node):
        seen.append(node[0].type)
        return emitting.into_graph(*node)

    graph = tf.get_default_graph()

    def build():
        with graph.as_default():
            tf.constant(1.0)

    with emitting.through(hook):
        thread = threading.Thread(target=build)
        thread.start()
        thread.join()
        assert seen == []
        tf.constant(1.0)
    assert seen == ["Const"]
