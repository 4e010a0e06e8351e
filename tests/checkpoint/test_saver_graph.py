"""A Saver's nodes, and what it raises, are those of TensorFlow 1.15."""

import builtins
import json
import re

import pytest
import recorded
import saver_cases
from google.protobuf import json_format, text_format
from tensorboard.compat.proto import meta_graph_pb2

import stillflow as tf
from stillflow.graph import errors
from stillflow.graph.protos.tensor_proto import make_ndarray

RECORDS = recorded.load("savers")

# What is raised instead of what TensorFlow 1.15 raises, and why.
GAPS = {
    "restore_an_index": ("DataLossError", "one file of a checkpoint is not taken for one of V1"),
    "restore_other_size_reshaped": ("InvalidArgumentError", "Reshape has words of its own"),
}


def node(op):
    """What a Saver's node is compared by, as tools/record_savers.py has it."""
    record = {"name": op.name, "type": op.type}
    record["inputs"] = [tensor.name for tensor in op.inputs]
    record["control_inputs"] = [other.name for other in op.control_inputs]
    if op.type == "Const":
        value = make_ndarray(op.get_attr("value")).tolist()
        record["value"] = json.loads(json.dumps(value, default=bytes.decode))
        if isinstance(record["value"], str):
            record["value"] = re.sub("_temp_[0-9a-f]{32}", "_temp_*", record["value"])
    if op.type in ("SaveV2", "RestoreV2"):
        record["dtypes"] = [dtype.name for dtype in op.get_attr("dtypes")]
    if op.type in ("Assign", "Identity"):
        record["class"] = [group.decode() for group in op.colocation_groups()]
    if op.type == "Assign":
        record["validate_shape"] = op.get_attr("validate_shape")
    if op.type in ("RestoreV2", "ShardedFilename"):
        record["device"] = op.device
    return record


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.mark.parametrize("name", saver_cases.GRAPHS)
def test_nodes(name, graph):
    """Types, names, inputs, order; and what follows a Saver gets the same seed."""
    record = RECORDS["graphs"][name]
    saver_def = saver_cases.GRAPHS[name](tf).saver_def
    nodes = [node(op) for op in graph.get_operations()]
    names = {known["name"] for known in record["nodes"]}
    assert [known for known in nodes if known["name"] in names] == record["nodes"]
    seeds = [op.get_attr("seed2") for op in graph.get_operations() if "Random" in op.type]
    assert seeds == record["seeds"]
    assert {field.name: value for field, value in saver_def.ListFields()} == record["saver_def"]


@pytest.mark.parametrize("name", saver_cases.FAILURES)
def test_failures(name, graph, tmp_path, monkeypatch):
    """The class is TensorFlow's, and so is the message, up to its first line break."""
    monkeypatch.chdir(tmp_path)
    record = RECORDS["failures"][name]
    kind, reason = GAPS.get(name, (record["class"], None))
    with pytest.raises(getattr(errors, kind, None) or getattr(builtins, kind)) as caught:
        saver_cases.FAILURES[name](tf)
    message = getattr(caught.value, "message", str(caught.value))
    assert reason or first_sentences(message) == first_sentences(record["message"])


# Rejections whose message is another, and why.
OTHER_WORDS = {
    "scope_without_slash": "names a variable of the scope, not the scope",
    "root": "TensorFlow cuts the first letter off the name",
    "missing": "the checkpoint's variables are listed in order",
    "warm_start_missing": "the checkpoint's variables are listed in order",
    "warm_start_unused": "the names are listed in order",
}


@pytest.fixture
def checkpoint(tmp_path, monkeypatch, graph):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m").mkdir()
    return saver_cases.variables_to_initialize(tf)


@pytest.mark.parametrize("name", saver_cases.INITIALIZATIONS)
def test_initializations(name, graph, checkpoint):
    """What init_from_checkpoint and its like add to a graph."""
    count = len(graph.get_operations())
    saver_cases.INITIALIZATIONS[name](tf, checkpoint)
    nodes = [node(op) for op in graph.get_operations()[count:]]
    assert nodes == RECORDS["initializations"][name]


@pytest.mark.parametrize("name", saver_cases.REJECTIONS)
def test_rejections(name, checkpoint):
    record = RECORDS["rejections"][name]
    kind = getattr(errors, record["class"], None) or getattr(builtins, record["class"])
    with pytest.raises(kind) as caught:
        saver_cases.REJECTIONS[name](tf, checkpoint)
    message = first_sentences(getattr(caught.value, "message", str(caught.value)))
    start = 10 if name in OTHER_WORDS else 1000
    assert message[0][:start] == record["message"][:start]


def first_sentences(message):
    """The first line, and for a restore, the first line of the original error."""
    lines = [line for line in message.split("\n") if line]
    return lines[: 2 if lines[0].endswith("Original error:") else 1]


def without_ops(meta_graph):
    """Returns a MetaGraphDef as a dict, less the full declarations of the op types."""
    as_dict = json_format.MessageToDict(meta_graph, preserving_proto_field_name=True)
    op_list = as_dict["meta_info_def"].pop("stripped_op_list")
    as_dict["meta_info_def"]["ops"] = [op["name"] for op in op_list["op"]]
    return as_dict


def test_meta_graph(graph, caplog):
    """Nodes with all their attributes, collections and Saver are TensorFlow's."""
    expected = meta_graph_pb2.MetaGraphDef()
    json_format.ParseDict(RECORDS["meta_graph"], expected, ignore_unknown_fields=True)
    assert without_ops(saver_cases.meta_graph(tf)) == without_ops(expected)
    assert "Issue encountered when serializing not_to_be_stored" in caplog.text


def test_meta_graph_options(graph, tmp_path):
    with tf.device("/cpu:0"):
        tf.Variable(1.0, name="w")
    tf.add_to_collection("mine", 1)
    saver = tf.train.Saver()
    path = tmp_path / "new" / "graph.meta"
    meta = tf.train.export_meta_graph(
        str(path), clear_devices=True, strip_default_attrs=True, collection_list=["mine"]
    )
    assert {node.device for node in meta.graph_def.node} == {""}
    (assign,) = [node for node in meta.graph_def.node if node.name == "save/Assign"]
    assert "validate_shape" not in assign.attr
    assert meta.meta_info_def.stripped_default_attrs
    assert list(meta.collection_def) == ["mine"]
    assert not meta.HasField("saver_def")
    assert meta_graph_pb2.MetaGraphDef.FromString(path.read_bytes()) == meta
    meta = saver.export_meta_graph(str(path), as_text=True)
    assert text_format.Parse(path.read_text(), meta_graph_pb2.MetaGraphDef()) == meta
    assert meta.saver_def == saver.saver_def
    with pytest.raises(NotImplementedError, match="save_debug_info=True"):
        saver.export_meta_graph(save_debug_info=True)
