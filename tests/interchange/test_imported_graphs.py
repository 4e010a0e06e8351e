"""What an imported graph does. Control flow that TensorFlow wrote runs, or is refused by name."""

import control_flow
import pytest
import recorded_graphs
from google.protobuf import text_format

import stillflow as tf
from stillflow.graph import errors

RECORDED = recorded_graphs.load("control_flow")


def imported(name):
    graph_def = text_format.Parse(RECORDED[name]["graph"], tf.GraphDef())
    return tf.import_graph_def(graph_def, name="", return_elements=["x:0", "result:0"])


def test_every_program_is_recorded():
    """Otherwise run tools/record_graphs.py."""
    assert list(RECORDED) == list(control_flow.PROGRAMS)


@pytest.mark.parametrize("name", control_flow.RUN)
def test_a_choice_runs(name, tier):
    """Only the side that is taken: in values, gradients and random numbers as in TensorFlow."""
    imported(name)
    got = control_flow.results(tf, tf.get_default_graph())
    for seen, known in zip(got, RECORDED[name]["results"], strict=True):
        assert seen == pytest.approx(known, rel=1e-5)


def test_the_side_that_is_not_taken_has_no_value(tier):
    x, result = imported("choice")
    doubled = result.graph.get_tensor_by_name("cond/mul:0")
    with tf.Session() as sess:
        for _ in range(30):
            assert sess.run(doubled, {x: 2.0}) == 4.0
            with pytest.raises(
                errors.InvalidArgumentError, match=r"Retval\[0\] does not have value"
            ):
                sess.run(doubled, {x: -2.0})


def test_what_is_not_taken_does_not_run(tier):
    """A check that would fail on the other side, whatever comes after it."""
    graph = tf.get_default_graph()
    x, _ = imported("choice")
    with tf.control_dependencies([graph.get_operation_by_name("cond/mul")]):
        failing = tf.check_numerics(tf.log(x), "log")
    merged = graph.get_tensor_by_name("cond/Merge:0")
    with tf.control_dependencies([merged.op]):
        after = tf.identity(x)
    with tf.Session() as sess:
        assert sess.run(after, {x: -2.0}) == -2.0
        with pytest.raises(errors.InvalidArgumentError, match="does not have value"):
            sess.run(failing, {x: -2.0})


def test_an_assertion_runs(tier):
    x, result = imported("assertion")
    with tf.Session() as sess:
        assert sess.run(result, {x: 2.0}) == 2.0
        with pytest.raises(errors.InvalidArgumentError, match=r"assertion failed: \[x is\] \[-1\]"):
            sess.run(result, {x: -1.0})


@pytest.mark.parametrize("initialized", [False, True])
def test_an_initial_value_runs(initialized, tier):
    x, result = imported("initial_value")
    with tf.Session() as sess:
        if initialized:
            sess.run("a/Assign", {x: 10.0})
        assert sess.run(result) == (11.0 if initialized else 4.0)


def test_every_unknown_op_type_is_named():
    graph_def = tf.GraphDef()
    for name, op in (("a", "One"), ("b", "Two"), ("c", "One"), ("d", "NoOp")):
        graph_def.node.add(name=name, op=op)
    with pytest.raises(errors.NotFoundError, match=r"not in Stillflow: One \(2\), Two \(1\)\."):
        tf.import_graph_def(graph_def)


def test_numeric_checks_are_cut_out():
    """TensorFlow leaves a node without its input there."""
    x = tf.placeholder(tf.float32, [2], name="x")
    tf.square(tf.check_numerics(x, "", name="check"), name="result")
    graph_def = tf.graph_util.remove_training_nodes(tf.get_default_graph().as_graph_def())
    assert [(node.name, list(node.input)) for node in graph_def.node] == [
        ("x", []),
        ("result", ["x"]),
    ]


def test_a_placeholder_of_an_old_graph_takes_any_shape():
    """Until version 21 of GraphDefs, no sizes meant an unknown shape."""
    tf.placeholder(tf.float32, [], name="x")
    graph_def = tf.get_default_graph().as_graph_def()
    graph_def.versions.producer = 21
    (x,) = tf.import_graph_def(graph_def, return_elements=["x:0"])
    assert x.shape.ndims is None
    graph_def.versions.producer = 22
    (x,) = tf.import_graph_def(graph_def, return_elements=["x:0"])
    assert x.shape.ndims == 0


def test_gradients_flow_through_imported_nodes():
    x = tf.placeholder(tf.float32, [2], name="x")
    tf.reduce_sum(tf.square(x) * tf.sigmoid(x), name="y")
    graph_def = tf.get_default_graph().as_graph_def()
    with tf.Graph().as_default(), tf.Session() as sess:
        mine = tf.placeholder(tf.float32, [2])
        (y,) = tf.import_graph_def(graph_def, {"x:0": mine}, return_elements=["y:0"])
        (slope,) = tf.gradients(y, mine)
        assert sess.run(slope, {mine: [0.0, 1.0]}) == pytest.approx([0.0, 1.6587291])
