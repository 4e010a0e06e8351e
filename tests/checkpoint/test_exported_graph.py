"""A graph that has not changed is described once, however often it is saved."""

import pytest

import stillflow as tf
from stillflow.train.exported_graph import graph_def_with_shapes


@pytest.fixture
def calls(monkeypatch):
    """Counts how often a graph is described."""
    calls = []
    describe = tf.Graph.as_graph_def

    def counted(graph, *args, **kwargs):
        calls.append(graph)
        return describe(graph, *args, **kwargs)

    monkeypatch.setattr(tf.Graph, "as_graph_def", counted)
    return calls


def test_saves_of_one_graph_describe_it_once(calls, tmp_path):
    tf.Variable(1.0)
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for step in range(3):
            saver.save(sess, str(tmp_path / "c"), step)
    assert len(calls) == 1
    assert (tmp_path / "c-0.meta").read_bytes() == (tmp_path / "c-2.meta").read_bytes()


def add_a_node(x):
    tf.identity(x)


def learn_a_size(x):
    x.set_shape([3])


def move(x):
    x.op._set_device("/cpu:1")


def depend(x):
    x.op._add_control_input(tf.get_default_graph().get_operation_by_name("first"))


@pytest.mark.parametrize("change", [add_a_node, learn_a_size, move, depend])
def test_a_changed_graph_is_described_again(change):
    tf.no_op(name="first")
    x = tf.placeholder(tf.float32, [None], name="x")
    graph = tf.get_default_graph()
    before = graph_def_with_shapes(graph)
    assert graph_def_with_shapes(graph) is before
    change(x)
    assert graph_def_with_shapes(graph) != before
    assert graph_def_with_shapes(graph) == graph.as_graph_def(add_shapes=True)


def test_a_meta_graph_is_the_callers_own():
    tf.Variable(1.0)
    meta = tf.train.export_meta_graph(clear_devices=True)
    meta.graph_def.node[0].device = "/cpu:1"
    assert not tf.train.export_meta_graph().graph_def.node[0].device
