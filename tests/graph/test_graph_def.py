"""Graphs, operations and arrays as TensorFlow's protos."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from google.protobuf import text_format
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from proto_values import VALUES, encoded
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.tensor_pb2 import TensorProto

import stillflow as tf
from stillflow.graph.protos.attr_value import attr_value_of
from stillflow.graph.protos.tensor_proto import tensor_proto_of

GOLDEN = Path(__file__).parent.parent / "golden" / "graph"
RECORDED = json.loads((GOLDEN / "tensor_protos.json").read_text())


#: Stillflow writes the elements that TensorFlow leaves to be filled up.
SPELLED_OUT = {"filled_with_last"}


@pytest.mark.parametrize("id", [id for id in VALUES if id not in SPELLED_OUT])
def test_tensor_proto(id):
    """The message that TensorFlow makes."""
    assert _message(encoded(tf, id)) == _message(RECORDED[id])


@pytest.mark.parametrize("id", VALUES)
def test_array_of_tensor_proto(id):
    """What TensorFlow wrote is read as the array it was."""
    array = tf.make_ndarray(_message(RECORDED[id]))
    mine = tf.make_ndarray(_message(encoded(tf, id)))
    assert array.dtype == mine.dtype
    np.testing.assert_array_equal(array, mine)


def _message(text):
    return TensorProto.FromString(base64.b64decode(text))


def test_every_value_is_recorded():
    """Otherwise run tools/record_protos.py."""
    assert list(RECORDED) == list(VALUES)


_NUMBERS = (
    *(hnp.floating_dtypes(sizes=(16, 32, 64), endianness="="),),
    *(hnp.integer_dtypes(endianness="="), hnp.unsigned_integer_dtypes(endianness="=")),
    *(hnp.complex_number_dtypes(sizes=(64, 128), endianness="="), hnp.boolean_dtypes()),
)


@given(hnp.arrays(st.one_of(_NUMBERS), hnp.array_shapes(min_dims=0, min_side=0, max_side=4)))
def test_numbers_come_back_bit_for_bit(array):
    proto = TensorProto.FromString(
        tensor_proto_of(array, tf.as_dtype(array.dtype)).SerializeToString()
    )
    back = tf.make_ndarray(proto)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()


def test_a_zero_with_a_sign_is_another_number():
    array = np.array([0.0, -0.0], np.float32)
    assert tf.make_ndarray(tf.make_tensor_proto(array)).tobytes() == array.tobytes()


def test_a_constant_of_one_number_is_small():
    tf.constant(0.0, shape=[1000])
    assert len(tf.get_default_graph().as_graph_def().SerializeToString()) < 100


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (True, "b"),
        (3, "i"),
        (np.int64(3), "i"),
        (0.5, "f"),
        ("text", "s"),
        (b"bytes", "s"),
        (tf.float32, "type"),
        (tf.TensorShape([None, 2]), "shape"),
        (np.zeros(2, np.float32), "tensor"),
        ([1, 2], "list"),
        ([], "list"),
        ([tf.int32, tf.float32], "list"),
    ],
)
def test_attribute_kinds(value, field):
    assert attr_value_of(value).WhichOneof("value") == field


def test_what_no_attribute_can_be():
    with pytest.raises(TypeError, match="An attribute of a GraphDef cannot be"):
        attr_value_of(object())


def test_node_def_of_an_operation():
    """Inputs by name, an output's number where it is not the first, then control inputs."""
    first, second = tf.split([1.0, 2.0], 2)
    with tf.control_dependencies([tf.no_op(name="before")]), tf.device("/device:CPU:0"):
        total = tf.add(first, second, name="total")
    node = total.op.node_def
    assert (node.name, node.op, node.device) == ("total", "Add", "/device:CPU:0")
    assert list(node.input) == ["split", "split:1", "^before"]
    assert str(total.op).startswith('name: "total"\nop: "Add"\n')


def test_op_def_of_an_operation():
    op_def = tf.matmul([[1.0]], [[2.0]]).op.op_def
    assert [arg.name for arg in op_def.input_arg] == ["a", "b"]
    assert [arg.type_attr for arg in op_def.output_arg] == ["T"]
    kinds = {attr.name: attr.type for attr in op_def.attr}
    assert kinds == {"transpose_a": "bool", "transpose_b": "bool", "T": "type"}


def test_graph_def_versions():
    assert tf.get_default_graph().graph_def_versions.producer == 134


@pytest.mark.parametrize("as_text", [True, False])
def test_write_graph(tmp_path, as_text):
    """The folder is made, the path is returned, and no other file is left there."""
    tf.Variable([1.0, 2.0], name="v")
    graph = tf.get_default_graph()
    folder = tmp_path / "a" / "b"
    path = Path(tf.train.write_graph(graph, str(folder), "graph.pb", as_text=as_text))
    assert list(folder.iterdir()) == [path]
    if as_text:
        read = text_format.Parse(path.read_text(), GraphDef())
    else:
        read = GraphDef.FromString(path.read_bytes())
    assert read == graph.as_graph_def()


def test_write_graph_takes_a_graph_def(tmp_path):
    tf.constant(1)
    graph_def = tf.get_default_graph().as_graph_def()
    path = Path(tf.io.write_graph(graph_def, str(tmp_path), "graph.pbtxt"))
    assert text_format.Parse(path.read_text(), GraphDef()) == graph_def
