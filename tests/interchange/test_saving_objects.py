"""What `tf.saved_model.save` writes: it loads here, in sessions, and in TensorFlow."""

import os
import subprocess

import pytest
from saved_module import Affine, Lookup

import stillflow as tf
from stillflow.graph.eager_graph import eager_mode
from stillflow.interchange.saved_model.loader import read_saved_model

TENSORFLOW = os.environ.get("STILLFLOW_TF115")
GOLDEN = os.path.join(os.path.dirname(__file__), "..", "golden", "objects")
save, load = tf.saved_model.save, tf.saved_model.load_v2
ROWS = [[1.0, 2.0], [3.0, -4.0]]
OUT = [[14.0, 20.0], [-18.0, -20.0]]


def _used():
    module = Affine()
    x = tf.constant([1.0, 2.0])
    module.power(x, 2)
    module.power(x, 3, twice=True)
    module.branch(x)
    return module


def _check(module):
    x = tf.constant([1.0, 2.0])
    assert module(tf.constant(ROWS))["out"].numpy().tolist() == OUT
    assert module.signatures["serving_default"](x=tf.constant(ROWS))["out"].numpy().tolist() == OUT
    cubes, (_, named) = module.power(x, 3, twice=True)
    assert (cubes.numpy().tolist(), named.numpy().tolist()) == ([2.0, 16.0], [4.0, 5.0])
    assert module.branch(x).numpy().tolist() == [2.0, 4.0]
    assert module.branch(-x).numpy().tolist() == [1.0, 2.0]


def test_what_is_saved_is_loaded_and_saved_again(tmp_path):
    with eager_mode():
        save(_used(), str(tmp_path / "first"))
        module = load(str(tmp_path / "first"))
        _check(module)
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(module(tf.constant(ROWS))["out"])
        assert tape.gradient(loss, module.w).numpy().tolist() == [[8.0, 8.0], [-4.0, -4.0]]
        module.w.assign(2.0 * module.w)
        save(module, str(tmp_path / "second"))
        again = load(str(tmp_path / "second"))
        assert again(tf.constant([[1.0, 2.0]]))["out"].numpy().tolist() == [[28.0, 40.0]]
        assert int(again.count) == 3


def test_objects_are_numbered_and_named_as_tensorflow_does(tmp_path):
    with eager_mode():
        save(_used(), str(tmp_path))
    (meta,) = read_saved_model(str(tmp_path)).meta_graphs
    nodes = meta.object_graph_def.nodes
    root = {child.local_name: child.node_id for child in nodes[0].children}
    (golden,) = read_saved_model(os.path.join(GOLDEN, "v1", "affine")).meta_graphs
    names = [child.local_name for child in golden.object_graph_def.nodes[0].children]
    assert list(root) == [name for name in names if name != "b"]
    kinds = [node.WhichOneof("kind") for node in nodes]
    assert kinds == [
        *(["user_object"] + ["variable"] * 2 + ["user_object"] * 3 + ["variable"] * 3),
        *(["function"] * 4 + ["bare_concrete_function", "constant"]),
    ]
    users = [node.user_object.identifier for node in nodes if node.HasField("user_object")]
    assert users == [
        *("_generic_user_object", "trackable_list_wrapper", "trackable_dict_wrapper"),
        "signature_map",
    ]
    assert nodes[root["__call__"]].function.function_spec.is_method
    theirs = golden.signature_def["serving_default"]
    ours = meta.signature_def["serving_default"]
    assert {k: v.name for k, v in ours.inputs.items()} == {"x": "serving_default_x:0"}
    assert [*ours.inputs, *ours.outputs] == [*theirs.inputs, *theirs.outputs]
    assert meta.signature_def["__saved_model_init_op"].outputs["__saved_model_init_op"].name


def test_sessions_run_what_was_saved(tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("a\nb\nc\n")
    with eager_mode():
        save(_used(), str(tmp_path / "affine"))
        module = Lookup(str(words))
        save(module, str(tmp_path / "lookup"), module.lookup)
    words.unlink()
    with tf.Graph().as_default(), tf.Session() as session:
        signatures = tf.saved_model.load(session, ["serve"], str(tmp_path / "affine")).signature_def
        name = signatures["serving_default"].outputs["out"].name
        assert session.run(name, {"serving_default_x:0": ROWS}).tolist() == OUT
    with tf.Graph().as_default(), tf.Session() as session:
        signatures = tf.saved_model.load(session, ["serve"], str(tmp_path / "lookup")).signature_def
        name = signatures["serving_default"].outputs["output_0"].name
        found = session.run(name, {"serving_default_words:0": ["c", "z"]})
        assert found.tolist() == [2, -1]
    with eager_mode():
        found = load(str(tmp_path / "lookup")).lookup(tf.constant(["b", "z"]))
        assert found.numpy().tolist() == [1, -1]


def test_a_graph_is_saved_with_the_values_of_the_session(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        module = tf.Module()
        module.v = tf.Variable(3.0, use_resource=True)
        factor = tf.constant(2.0)
        spec = [tf.TensorSpec([])]
        module.f = tf.function(lambda x: x * module.v * factor, input_signature=spec)
        session.run(module.v.initializer)
        session.run(module.v.assign(4.0))
        save(module, str(tmp_path))
    with eager_mode():
        assert float(load(str(tmp_path)).f(tf.constant(2.0))) == 16.0


def test_variables_of_one_name_stay_two(tmp_path):
    with eager_mode():
        module = tf.Module()
        module.one, module.two = tf.Variable(3.0), tf.Variable(2.0)
        spec = [tf.TensorSpec([], name="x")]
        module.f = tf.function(lambda x: module.one * module.two * x, input_signature=spec)
        save(module, str(tmp_path))
        assert float(load(str(tmp_path)).f(tf.constant(2.0))) == 12.0
    with tf.Graph().as_default(), tf.Session() as session:
        signatures = tf.saved_model.load(session, ["serve"], str(tmp_path)).signature_def
        name = signatures["serving_default"].outputs["output_0"].name
        assert session.run(name, {"serving_default_x:0": 2.0}) == 12.0


def test_signatures(tmp_path):
    with eager_mode():
        module = tf.Module()
        module.two = tf.function(lambda x: (x, 2.0 * x), input_signature=[tf.TensorSpec([])])
        module.three = tf.function(lambda x: 3.0 * x, input_signature=[tf.TensorSpec([])])
        save(module, str(tmp_path / "none"))
        assert not load(str(tmp_path / "none")).signatures  # there are two functions
        both = {"two": module.two, "three": module.three.get_concrete_function()}
        save(module, str(tmp_path / "both"), both)
        loaded = load(str(tmp_path / "both"))
        found = loaded.signatures["two"](tf.constant(1.0))
        assert {k: float(v) for k, v in found.items()} == {"output_0": 1.0, "output_1": 2.0}
        assert float(loaded.signatures["three"](x=tf.constant(1.0))["output_0"]) == 3.0


def test_what_cannot_be_saved(tmp_path):
    folder = str(tmp_path)
    with eager_mode():
        module = tf.Module()
        with pytest.raises(ValueError, match=r"^Expected a Trackable object for export, got 3"):
            save(3, folder)
        with pytest.raises(ValueError, match=r"^Expected a TensorFlow function to generate a sig"):
            save(module, folder, tf.function(lambda x: x))
        v = tf.Variable(1.0)
        module.f = tf.function(lambda x: x * v, input_signature=[tf.TensorSpec([])])
        with pytest.raises(AssertionError, match=r"^Tried to export a function which"):
            save(module, folder)
        with pytest.raises(KeyError, match="Failed to add concrete function"):
            save(module, folder, signatures={})
        nested = tf.function(lambda x: {"a": [x]}, input_signature=[tf.TensorSpec([])])
        with pytest.raises(ValueError, match=r"^Got a dictionary containing non-Tensor value"):
            save(module, folder, signatures=nested)
        module = tf.Module()
        module.signatures = tf.Module()
        with pytest.raises(ValueError, match=r"has an attribute named 'signatures'"):
            save(module, folder)
        inside = tf.function(lambda: save(module, folder), autograph=False)
        with pytest.raises(AssertionError, match=r"^tf.saved_model.save is not supported inside"):
            inside()


_READER = """
import sys
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()
load = getattr(tf.saved_model, "load_v2", tf.saved_model.load)
module = load(sys.argv[1])
x, rows = tf.constant([1.0, 2.0]), tf.constant([[1.0, 2.0], [3.0, -4.0]])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(module(rows)["out"])
print(module(rows)["out"].numpy().tolist(), module.power(x, 3, twice=True)[0].numpy().tolist())
print(module.branch(-x).numpy().tolist(), tape.gradient(loss, module.w).numpy().tolist())
with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    tf.compat.v1.saved_model.load(session, ["serve"], sys.argv[1])
    feed = {"serving_default_x:0": [[1.0, 2.0]]}
    print(session.run("StatefulPartitionedCall:0", feed).tolist())
"""


@pytest.mark.skipif(
    not TENSORFLOW, reason="STILLFLOW_TF115 names no command that runs TensorFlow 1.15's Python"
)
def test_tensorflow_loads_what_is_saved(tmp_path):
    with eager_mode():
        save(_used(), str(tmp_path / "model"))
    reader = tmp_path / "reader.py"
    reader.write_text(_READER)
    command = [*TENSORFLOW.split(), str(reader), str(tmp_path / "model")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed.splitlines() == [
        f"{OUT} [2.0, 16.0]",
        "[1.0, 2.0] [[8.0, 8.0], [-4.0, -4.0]]",
        "[[14.0, 20.0]]",
    ]
