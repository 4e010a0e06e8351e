"""Files that are damaged, or made to do harm, are refused by one error that says why."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from google.protobuf import text_format
from tensorboard.compat.proto.graph_pb2 import GraphDef

import stillflow as tf
from stillflow.api import errors, logging
from stillflow.cli.commands import stillflow

RECORDED = Path(__file__).parents[1] / "golden" / "leaving"
MODEL = RECORDED / "convolutional"
NO_GRAPH = "no GraphDef, MetaGraphDef or SavedModel"
REFUSALS = (OSError, ValueError, RuntimeError, errors.OpError)


def refused_by_export(path, message):
    """The command ends with one error, no traceback, and writes nothing."""
    written = path.parent / "written"
    verbosity = logging.get_verbosity()
    try:
        command = ["export", str(path), str(written), "--outputs", "y"]
        result = CliRunner().invoke(stillflow, command)
    finally:
        logging.set_verbosity(verbosity)
    assert result.exit_code == 1, result.output
    assert result.output.startswith("Error: ")
    assert message in result.output
    assert isinstance(result.exception, SystemExit)
    assert not written.exists()


@pytest.mark.parametrize("part", [0, 0.01, 0.5, 0.999])
def test_frozen_graphs_cut_off(part, tmp_path):
    content = (MODEL / "frozen.pb").read_bytes()
    (file := tmp_path / "cut.pb").write_bytes(content[: int(part * len(content))])
    with pytest.raises(ValueError, match=NO_GRAPH):
        tf.load_jax(file, inputs=["x"], outputs=["y"])
    refused_by_export(file, NO_GRAPH)


def test_random_bytes(tmp_path):
    random = np.random.RandomState(0)
    for length in (1, 100, 3000):
        (file := tmp_path / "random.pb").write_bytes(random.bytes(length))
        with pytest.raises(ValueError, match=NO_GRAPH):
            tf.load_jax(file)
    refused_by_export(file, NO_GRAPH)


DAMAGES = {
    "cut off": lambda content: content[: len(content) // 2],
    "random": lambda content: np.random.RandomState(1).bytes(len(content)),
    "gone": lambda content: None,
}
PARTS = {
    "saved_model/saved_model.pb": {
        "cut off": (OSError, "Cannot parse file"),
        "random": (OSError, "Cannot parse file"),
        "gone": (ValueError, "is a folder without a saved_model.pb"),
    },
    "saved_model/variables/variables.index": {
        "cut off": (errors.DataLossError, "not an sstable"),
        "random": (errors.DataLossError, "not an sstable"),
        "gone": (ValueError, "not a valid checkpoint"),
    },
    "model.ckpt.meta": {
        "cut off": (OSError, "Cannot parse file"),
        "random": (OSError, "Cannot parse file"),
        "gone": (FileNotFoundError, "model.ckpt"),
    },
    "model.ckpt.data-00000-of-00001": {
        "cut off": (errors.DataLossError, "Read less bytes than requested"),
        "random": (errors.DataLossError, "Checksum does not match"),
        "gone": (errors.NotFoundError, "No such file"),
    },
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("part", PARTS)
def test_a_damaged_part(part, damage, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder)
    damaged = DAMAGES[damage]((folder / part).read_bytes())
    (folder / part).unlink()
    if damaged is not None:
        (folder / part).write_bytes(damaged)
    kind, message = PARTS[part][damage]
    model = folder / ("saved_model" if "saved_model" in part else "model.ckpt")
    with pytest.raises(kind, match=message):
        tf.load_jax(model, inputs=["x"], outputs=["y"])
    refused_by_export(model, message)


@pytest.mark.parametrize("tags", [["train"], ["serve", "gpu"], []])
def test_tags_that_are_not_there(tags):
    with pytest.raises(RuntimeError, match=r"could not be found in SavedModel[^\n]*\n.*'serve'"):
        tf.load_jax(MODEL / "saved_model", tags=tags)


def test_python_functions_of_a_saved_model_are_not_called(tmp_path):
    called = []
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [2], name="x")
        y = tf.py_func(lambda value: called.append(value) or value, [x], tf.float32, name="y")
        tf.saved_model.simple_save(session, str(tmp_path / "model"), {"x": x}, {"y": y})
    function, params = tf.load_jax(tmp_path / "model")
    with pytest.raises(errors.UnimplementedError, match="PyFunc runs on the host only"):
        function(params, x=np.ones(2, np.float32))
    refused_by_export(tmp_path / "model", "PyFunc runs on the host only")
    assert not called


def test_a_model_brings_no_function_to_a_process_that_loads_it(tmp_path):
    """In a process that has no function of that name, the node is refused when it is run."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [2], name="x")
        y = tf.py_func(lambda value: value, [x], tf.float32, name="y")
        tf.saved_model.simple_save(session, str(tmp_path / "model"), {"x": x}, {"y": y})
    loading = """
import sys
import stillflow as tf
with tf.Session(graph=tf.Graph()) as session:
    tf.saved_model.load(session, ["serve"], sys.argv[1])
    try:
        session.run("y:0", {"x:0": [1.0, 2.0]})
    except tf.errors.UnknownError as error:
        print(error.message.splitlines()[0])
"""
    command = [sys.executable, "-c", loading, str(tmp_path / "model")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"callback pyfunc_\d+ is not found\n", done.stdout)


T = 'attr {key: "T" value {type: DT_FLOAT}}'
X = """node {name: "x" op: "Placeholder" attr {key: "dtype" value {type: DT_FLOAT}}
  attr {key: "shape" value {shape {dim {size: 4}}}}}"""
RELU_OF_C = f'node {{name: "y" op: "Relu" input: "c" {T}}}'


def constant(tensor, name="c", dtype="DT_FLOAT"):
    return f"""node {{name: "{name}" op: "Const" attr {{key: "dtype" value {{type: {dtype}}}}}
      attr {{key: "value" value {{tensor {{dtype: {dtype} {tensor}}}}}}}}}"""


def fill(*sizes):
    values = " ".join(f"int_val: {size}" for size in sizes)
    told = f"tensor_shape {{dim {{size: {len(sizes)}}}}} {values}"
    return f"""{constant(told, "sizes", "DT_INT32")} {constant("tensor_shape {} float_val: 1")}
      node {{name: "y" op: "Fill" input: "sizes" input: "c" {T}
        attr {{key: "index_type" value {{type: DT_INT32}}}}}}"""


GRAPHS = {
    "shape less than 0": (
        X.replace("size: 4", "size: -5") + f'node {{name: "y" op: "Relu" input: "x" {T}}}',
        r"dimensions with values below -1",
    ),
    "constant less than 0": (
        constant("tensor_shape {dim {size: -3}} float_val: 1") + RELU_OF_C,
        "cannot have the shape",
    ),
    "constant of exabytes": (
        constant("tensor_shape {dim {size: 1099511627776} dim {size: 1048576}} float_val: 1")
        + RELU_OF_C,
        "OOM when allocating tensor with shape[1099511627776,1048576]",
    ),
    "constant of too few bytes": (
        constant('tensor_shape {dim {size: 10}} tensor_content: "abc"') + RELU_OF_C,
        "3 bytes are not the elements",
    ),
    "constant of 300 dimensions": (
        constant(f"tensor_shape {{{'dim {size: 1} ' * 300}}} float_val: 1") + RELU_OF_C,
        "maximum supported dimension",
    ),
    "filled with terabytes": (fill(20000, 20000, 20000), "OOM when allocating tensor"),
    "filled with exabytes": (fill(2000000000, 2000000000, 1), "OOM when allocating tensor"),
    "filled with more than can be counted": (
        fill(2000000000, 2000000000, 2000000000),
        "Shape [2000000000,2000000000,2000000000] would have more than 2**63 - 1 elements",
    ),
    "cycle": (
        "".join(f'node {{name: "{a}" op: "Relu" input: "{b}" {T}}}' for a, b in ("xy", "yx")),
        "2 nodes in a cycle",
    ),
    "input that is not there": (
        f'node {{name: "y" op: "Relu" input: "x" {T}}}',
        "Unknown input node 'x'",
    ),
    "op that is not there": (X + 'node {name: "y" op: "RunShell" input: "x"}', "'RunShell'"),
    "more inputs than there are nodes": (
        X
        + f"""node {{name: "y" op: "AddN" input: "x" {T}
          attr {{key: "N" value {{i: 1000000000000}}}}}}""",
        "at most 65536",
    ),
    "a file read": (
        constant('tensor_shape {} string_val: "/etc/passwd"', dtype="DT_STRING")
        + 'node {name: "y" op: "ReadFile" input: "c"}',
        "ReadFile runs on the host only",
    ),
}


@pytest.mark.parametrize("case", GRAPHS)
def test_absurd_graphs(case, tmp_path):
    text, message = GRAPHS[case]
    graph = text_format.Parse(text, GraphDef())
    (file := tmp_path / "graph.pb").write_bytes(graph.SerializeToString())
    with pytest.raises(REFUSALS) as refused:
        _call(file)
    assert message in str(refused.value)
    refused_by_export(file, message)


def _call(file):
    function, params = tf.load_jax(file, outputs=["y"])
    function(params, *[np.ones(4, np.float32) for _ in function.inputs])


# Graphs with a few fields changed ----------------------------------------------------------------

NUMBERS = [-1, 0, -2, 1, 7, 2**31 - 1, 2**40, 2**62, -(2**63)]


def _change(graph, random):
    """Changes one field of a node, or leaves the node out."""
    node = graph.node[random.randint(len(graph.node))]
    other = graph.node[random.randint(len(graph.node))]
    number = NUMBERS[random.randint(len(NUMBERS))]
    what = random.randint(5)
    if what == 0:
        node.op = other.op
    elif what == 1 and node.input:
        node.input[random.randint(len(node.input))] = other.name
    elif what == 2:
        graph.node.remove(node)
    elif node.attr:
        _change_attribute(node.attr[random.choice(sorted(node.attr))], number, random)


def _change_attribute(value, number, random):
    kind = value.WhichOneof("value")
    if kind == "tensor" and value.tensor.tensor_shape.dim:
        value.tensor.tensor_shape.dim[0].size = number
    elif kind == "tensor":
        value.tensor.dtype = random.randint(30)
    elif kind == "shape" and value.shape.dim:
        value.shape.dim[-1].size = number
    elif kind == "type":
        value.type = random.randint(30)
    elif kind == "i":
        value.i = number
    elif kind == "list" and value.list.i:
        value.list.i[random.randint(len(value.list.i))] = number
    elif kind == "s":
        value.s = random.bytes(3)


@pytest.mark.parametrize("count", [40, pytest.param(1000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("model", ["convolutional", "recurrent"])
def test_changed_graphs_load_or_are_refused(model, count, tmp_path):
    whole = GraphDef.FromString((RECORDED / model / "frozen.pb").read_bytes())
    images = np.load(RECORDED / model / "expected.npz")["x"]
    random = np.random.RandomState(count)
    refused = 0
    for _ in range(count):
        graph = GraphDef()
        graph.CopyFrom(whole)
        _change(graph, random)
        (file := tmp_path / "graph.pb").write_bytes(graph.SerializeToString())
        try:
            function, params = tf.load_jax(file, inputs=["x"], outputs=["y"])
            function(params, images)
        except REFUSALS:
            refused += 1
    assert count / 4 < refused < count
