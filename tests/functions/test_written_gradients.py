"""Graphs with gradients of calls, written: of nodes that TensorFlow knows, and read back the same.

TensorFlow 1.15 gave the same numbers for these GraphDefs.
"""

import json
from pathlib import Path

import numpy as np
import pytest

import stillflow as tf

OPDEFS = Path(__file__).parents[1] / "golden" / "oracle" / "opdefs.json"
FROM_WITHIN = {"Identity", "Switch", "Merge"}
X = np.float32([0.5, -0.2, 0.3])


@tf.function
def turns(x):
    step = lambda i, a: (i + 1, a * tf.sin(x))
    return tf.while_loop(lambda i, a: i < 3, step, [0, x])[1]


@tf.function
def chosen(x):
    drawn = tf.random_uniform([3], 1.0, 2.0, seed=1)
    return tf.cond(tf.reduce_sum(x) > 0, lambda: drawn * tf.exp(x), lambda: x * x)


@tf.function
def with_slope(x):
    y = turns(x) * x
    return y, tf.gradients(y, x)[0]


@tf.function
def plain(x):
    return tf.tanh(x) * tf.constant(2.0) * x


def slope(y, x):
    return tf.gradients(y, x)[0]


def twice_from_one_call(x):
    y = turns(x)
    return y, slope(y, x), slope(2.0 * y, x)


def through_two_calls(x):
    y = turns(turns(x))
    return y, slope(y, x)


def of_what_draws(x):
    y = chosen(x)
    return y, slope(y, x)


def within_a_function(x):
    return with_slope(x)


def on_one_side(x):
    y = tf.cond(tf.reduce_sum(x) > 0, lambda: plain(x), lambda: -x)
    return y, slope(y, x)


def of_a_gradient(x):
    first = slope(plain(x), x)
    return first, slope(first, x)


PROGRAMS = [
    *(twice_from_one_call, through_two_calls, of_what_draws),
    *(within_a_function, on_one_side, of_a_gradient),
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_graph_is_of_known_nodes_and_means_the_same(program):
    x = tf.placeholder(tf.float32, [3], "x")
    fetches = program(x)
    written = tf.get_default_graph().as_graph_def()
    bodies = [function.node_def for function in written.library.function]
    functions = {function.signature.name for function in written.library.function}
    types = {node.op for nodes in (written.node, *bodies) for node in nodes}
    assert types - functions <= set(json.loads(OPDEFS.read_text())["ops"])
    names = [node.name for node in written.node]
    assert len(names) == len(set(names))
    with tf.Session() as session:
        expected = session.run(fetches, {x: X})
    with tf.Graph().as_default(), tf.Session() as session:
        tf.import_graph_def(written, name="")
        found = session.run([fetch.name for fetch in fetches], {"x:0": X})
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_what_is_in_a_loop_waits_for_nothing_outside():
    """TensorFlow refuses nodes whose inputs are of different frames, and frames of one name."""
    x = tf.placeholder(tf.float32, [3], "x")
    through_two_calls(x)
    nodes = {node.name: node for node in tf.get_default_graph().as_graph_def().node}
    frames = {node.attr["frame_name"].s for node in nodes.values() if node.op == "Enter"}
    assert len(frames) == 4  # there and back, of each call
    waits = [
        {nodes[wait.lstrip("^")].op for wait in node.input}
        for name, node in nodes.items()
        if node.op == "Const" and "/while/" in name
    ]
    within = [kinds for kinds in waits if kinds & FROM_WITHIN]
    assert within
    assert all(kinds <= FROM_WITHIN for kinds in within)


def test_a_call_without_a_gradient_stays_a_call():
    plain(tf.placeholder(tf.float32, [3]))
    assert "PartitionedCall" in {node.op for node in tf.get_default_graph().as_graph_def().node}
