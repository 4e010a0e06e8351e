"""Parts of graphs that are copied, with the variables in them by name."""

import pytest

import stillflow as tf
from stillflow.interchange import scoped_meta_graph


@pytest.mark.parametrize("use_resource", [True, False])
def test_a_part_is_copied_with_its_variables(use_resource):
    with tf.variable_scope("one", use_resource=use_resource):
        w = tf.get_variable("w", initializer=2.0)
        tf.multiply(w, 3.0, name="out")
    copied = scoped_meta_graph.copy_scoped_meta_graph("one", "two")
    assert {name: variable.name for name, variable in copied.items()} == {"w:0": "two/w:0"}
    assert copied["w:0"].op.type == w.op.type
    with tf.Session() as session:
        session.run(copied["w:0"].initializer)
        assert session.run("two/out:0") == 6.0


def test_a_part_is_not_copied_to_where_it_is():
    with pytest.raises(ValueError, match="'from_scope' and 'to_scope' need to be different"):
        scoped_meta_graph.copy_scoped_meta_graph("one", "one")


def test_what_a_part_takes_from_outside_is_named_where_it_is_asked_for():
    x = tf.constant(1.0, name="x")
    with tf.name_scope("part"):
        tf.square(x)
    meta, _ = scoped_meta_graph.export_scoped_meta_graph(export_scope="part")
    assert list(meta.collection_def) == ["unbound_inputs"]
    meta, _ = scoped_meta_graph.export_scoped_meta_graph(
        export_scope="part", unbound_inputs_col_name=None
    )
    assert list(meta.collection_def) == []


def test_only_variables_below_the_scope_of_an_import_make_a_saver():
    meta = tf.train.export_meta_graph(graph=tf.Graph())
    tf.get_variable("scope/v", [2])
    assert tf.train.import_meta_graph(meta, import_scope="elsewhere") is None
    assert isinstance(tf.train.import_meta_graph(meta, import_scope="scope"), tf.train.Saver)
