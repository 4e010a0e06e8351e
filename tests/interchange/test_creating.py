"""`Graph.create_op`; tests/cases/created.py has what is recorded of it."""

import re

import pytest

import stillflow as tf


def refused(error, sentence):
    return pytest.raises(error, match=f"^{re.escape(sentence)}")


def create(*args, **kwargs):
    return tf.get_default_graph().create_op(*args, **kwargs)


def test_an_unknown_op_type_is_not_found():
    with refused(tf.errors.NotFoundError, "Op type not registered 'Nonsense' in binary running on"):
        create("Nonsense", [], [tf.float32])


def test_types_must_agree():
    sentence = "Inconsistent values for attr 'T' DT_FLOAT vs. DT_INT32 while building NodeDef 'Add'"
    with refused(ValueError, sentence):
        create("Add", [tf.constant(1.0), tf.constant(1)])


def test_attributes_must_be_there():
    with refused(ValueError, "NodeDef missing attrs 'dtype', 'value' from Op<name=Const;"):
        create("Const", [])


@pytest.mark.parametrize(("count", "error"), [(1, IndexError), (3, AssertionError)])
def test_inputs_must_be_as_many_as_the_op_type_has(count, error):
    with refused(error, "list index out of range" if count == 1 else "Op<name=Add;"):
        create("Add", [tf.constant(1.0)] * count)


def test_the_length_of_a_list_must_be_given():
    with refused(AssertionError, "attr 'N' tells how many 'inputs' there are."):
        create("AddN", [tf.constant(1.0)] * 2)


def test_a_finalized_graph_takes_no_node():
    tf.get_default_graph().finalize()
    with refused(RuntimeError, "Graph is finalized and cannot be modified."):
        create("NoOp", [])


def test_references_are_asked_for_by_their_type():
    v = tf.Variable(1.0)
    op = create("AssignAdd", [v._ref(), v.value()], input_types=[v.dtype, tf.float32])
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run(op.outputs[0]) == 2


def test_compute_shapes_is_deprecated(caplog):
    create("NoOp", [], compute_shapes=False)
    assert "with compute_shapes is deprecated" in caplog.text


def made(node_def_text, *args, **kwargs):
    from google.protobuf import text_format

    node_def = text_format.Parse(node_def_text, tf.NodeDef())
    return tf.Operation(node_def, tf.get_default_graph(), *args, **kwargs)


def test_an_operation_is_made_of_a_node_def():
    x = tf.constant(1.0, name="x")
    with tf.name_scope("scope"), tf.device("/cpu:0"):
        op = made("name: 'own' op: 'Exp'", [x], [tf.float32], control_inputs=[x, x.op])
    assert tf.get_default_graph().get_operation_by_name("own") is op
    assert (op.device, op.control_inputs) == ("", [x.op])
    with tf.Session() as session:
        assert session.run(op.outputs[0]) == pytest.approx(2.7182817)


@pytest.mark.parametrize(
    ("error", "sentence", "text", "arguments"),
    [
        (ValueError, "'_own' is not a valid node name", "name: '_own' op: 'NoOp'", {}),
        (ValueError, "Duplicate node name in graph: 'there'", "name: 'there' op: 'NoOp'", {}),
        (TypeError, "inputs needs to be a list of Tensors: 1", "name: 'a'", {"inputs": 1}),
        (TypeError, "input needs to be a Tensor: 1", "name: 'a' op: 'Exp'", {"inputs": [1]}),
        (
            TypeError,
            "Control input must be an Operation, a Tensor, or IndexedSlices: 1",
            "name: 'a' op: 'NoOp'",
            {"control_inputs": [1]},
        ),
    ],
)
def test_an_operation_is_not_made(error, sentence, text, arguments):
    tf.no_op("there")
    with refused(error, sentence):
        made(text, **arguments)


def test_an_operation_needs_a_node_def_and_a_graph():
    with refused(TypeError, "node_def needs to be a NodeDef: foo"):
        tf.Operation("foo", tf.get_default_graph())
    with refused(TypeError, "g needs to be a Graph: g"):
        tf.Operation(tf.no_op().node_def, "g")
