"""Damaged files are read in bounded memory, and what is raised is what TensorFlow's readers raise.

The seeds are fixed. Each import has a gigabyte to itself: a size that a file claims must not become
an allocation.
"""

import random
from functools import partial
from pathlib import Path

import corruption
import pytest
import recorded_graphs

import stillflow as tf
from stillflow.cli.inspect import Unreadable, report
from stillflow.declare.opdef import OPS
from stillflow.graph import errors

EXPORTS = recorded_graphs.GOLDEN / "exports"
# An OSError for a file that cannot be parsed; a KeyError for a collection of missing nodes.
EXPECTED = (errors.OpError, ValueError, TypeError, OSError, KeyError)
GIGABYTE = 1 << 30
STATM = Path("/proc/self/statm")


@pytest.fixture
def little_memory():
    """No more address space than a gigabyte beyond what the process has."""
    if not STATM.exists():
        pytest.skip("only Linux tells and limits the address space of a process")
    import resource

    now = int(STATM.read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (now + GIGABYTE, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def outcome(load):
    """Whether `load` went through, or was refused as it should be; anything else fails."""
    try:
        with tf.Graph().as_default():
            load()
    except EXPECTED:
        return "refused"
    return "read"


def damaged(path, count):
    """Copies of a file, each damaged in another way."""
    content = path.read_bytes()
    return [corruption.of_bytes(random.Random(seed), content) for seed in range(count)]


def import_meta(content, folder):
    path = folder / "damaged.meta"
    path.write_bytes(content)
    tf.train.import_meta_graph(str(path))


def inspected(path):
    """What `stillflow inspect` says of a file that it cannot read."""
    try:
        report(str(path), True)
    except Unreadable as error:
        return str(error)
    return ""


def import_graph(content, folder):
    """By the parser of bytes and of text alike."""
    path = folder / "damaged"
    path.write_bytes(content)
    assert "\n" not in inspected(path)
    try:
        graph_def = tf.GraphDef.FromString(content)
    except Exception as error:
        raise ValueError("protobuf's own parser refuses it") from error
    tf.import_graph_def(graph_def)


def load_model(content, folder):
    (folder / "saved_model.pb").write_bytes(content)
    with tf.Session() as sess:
        tf.saved_model.load(sess, ["serve"], str(folder))


@pytest.mark.parametrize(
    ("name", "load", "count"),
    [
        ("frozen.pb", import_graph, 200),
        ("frozen.pbtxt", import_graph, 20),
        ("training-5.meta", import_meta, 100),
        ("model/saved_model.pb", load_model, 60),
    ],
)
def test_bytes(name, load, count, tmp_path, little_memory):
    contents = damaged(EXPORTS / name, count)
    seen = {outcome(partial(load, content, tmp_path)) for content in contents}
    assert "refused" in seen


def changed(seed, graph_def):
    copy = tf.GraphDef()
    copy.CopyFrom(graph_def)
    corruption.of_nodes(random.Random(seed), copy, sorted(OPS))
    return copy


@pytest.mark.parametrize(
    ("name", "count"),
    [("frozen", 300), pytest.param("training", 600, marks=pytest.mark.slow)],
)
def test_nodes(name, count, little_memory):
    """What is a GraphDef by its form, but does not make sense."""
    if name == "frozen":
        graph_def = tf.GraphDef.FromString((EXPORTS / "frozen.pb").read_bytes())
    else:
        content = (EXPORTS / "training-5.meta").read_bytes()
        graph_def = tf.MetaGraphDef.FromString(content).graph_def
    graphs = [changed(seed, graph_def) for seed in range(count)]
    seen = {outcome(partial(tf.import_graph_def, graph)) for graph in graphs}
    assert seen == {"read", "refused"}


def test_a_failed_import_leaves_nothing(tmp_path):
    graph_def = tf.GraphDef.FromString((EXPORTS / "frozen.pb").read_bytes())
    x = tf.placeholder(tf.float32, [None, 64], name="mine")
    graph = tf.get_default_graph()
    for seed in range(30):
        broken = changed(seed, graph_def)
        broken.node.add(name="last", op="Neg", input=["missing"])
        with pytest.raises(EXPECTED):
            tf.import_graph_def(broken, input_map={"x": x})
    assert [op.name for op in graph.get_operations()] == ["mine"]
    assert x.consumers() == []


def test_a_constant_of_one_number_takes_no_memory_for_its_places(little_memory):
    tf.constant(1.0, name="c")
    graph_def = tf.get_default_graph().as_graph_def()
    graph_def.node[0].attr["value"].tensor.tensor_shape.dim.add(size=1 << 40)
    (c,) = tf.import_graph_def(graph_def, return_elements=["c:0"])
    assert c.shape == [1 << 40]
    assert tf.reduce_sum(c).shape == []


def test_nested_text():
    """Deeper than the parser follows."""
    depth = 20_000
    nested = 'node { attr { key: "a" value { func { ' + "attr { value { func { " * depth
    with pytest.raises(ValueError, match=r"nested too deeply|Expected|EOF|1:"):
        _from_text(nested)


def _from_text(text):
    from stillflow.interchange.files import from_text

    return from_text(text.encode(), tf.GraphDef)
