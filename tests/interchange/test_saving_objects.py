"""What `tf.saved_model.save` writes: it loads here, in sessions, and in TensorFlow."""

import os
import subprocess

import pytest
from saved_module import Affine, Lookup

import stillflow as tf
from stillflow.graph.eager_graph import eager_mode
from stillflow.interchange.saved_model.loader import read_saved_model
from stillflow.ops.functions.defun import Defun
from stillflow.platform.decorators import getfullargspec

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


def _again(root, folder):
    save(root, str(folder))
    return load(str(folder))


def test_containers_have_their_functions_and_places(tmp_path):
    with eager_mode():
        root = tf.Module()
        root.functions = {"a": tf.function(lambda: tf.constant(100.0))}
        root.functions["traced"] = root.functions["a"].get_concrete_function()
        root.values = [tf.Variable(1.0), 1, tf.Variable(3.0)]
        loaded = _again(root, tmp_path / "m")
        assert [f().numpy() for f in loaded.functions.values()] == [100.0, 100.0]
        first, none, last = loaded.values
        assert (first.numpy(), none, last.numpy()) == (1.0, None, 3.0)


def test_what_is_said_of_variables_and_shapes_is_known_again(tmp_path):
    with eager_mode():
        root = tf.Module()
        root.v = tf.Variable(
            1.0,
            synchronization=tf.VariableSynchronization.NONE,
            aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA,
        )

        def added(x, y):
            return x + y

        spec = tf.TensorSpec([None, 3], tf.float32)
        root.f = tf.function(added, input_signature=[spec, spec])
        loaded = _again(root, tmp_path / "m")
        assert loaded.v.synchronization == tf.VariableSynchronization.NONE
        assert loaded.v.aggregation == tf.VariableAggregation.ONLY_FIRST_REPLICA
        graph = loaded.f.get_concrete_function().graph
        assert [t.shape.as_list() for t in (*graph.inputs, *graph.outputs)] == [[None, 3]] * 3
        assert getfullargspec(loaded.f) == getfullargspec(added)
    with tf.Graph().as_default():
        loaded = load(str(tmp_path / "m"))
        assert tf.trainable_variables() == []
        assert tf.global_variables() == [loaded.v]


def test_calls_by_name_types_and_made_variables_are_saved(tmp_path):
    @Defun(tf.float32)
    def inner(x):
        return x + 1.0

    class Made(tf.Module):
        v = None

        @tf.function(input_signature=[tf.TensorSpec([None], tf.int64)])
        def make(self, first):
            if self.v is None:
                self.v = tf.Variable(first)

    with eager_mode():
        root = tf.Module()
        root.f = tf.function(lambda x: inner(x), input_signature=[tf.TensorSpec([], tf.float32)])
        root.g = tf.function(lambda x, dtype=None: tf.zeros(x.shape, dtype or tf.float32))
        x = tf.constant([1.0, 2.0])
        root.g(x), root.g(x, tf.int32)
        root.made = Made()
        root.made.make([1, 2, 3])
        loaded = _again(root, tmp_path / "m")
        assert loaded.f(tf.constant(1.0)).numpy() == 2.0
        assert [loaded.g(x).dtype, loaded.g(x, tf.int32).dtype] == [tf.float32, tf.int32]
        loaded.made.v.assign([1, 2, 3, 4])
        assert loaded.made.v.shape.as_list() == [None]


def test_defaults_of_attributes_are_left_out_of_functions(tmp_path):
    with eager_mode():
        root = tf.train.Checkpoint(f=tf.function(lambda: tf.complex(1.0, 2.0), input_signature=[]))
        save(root, str(tmp_path))
    (meta,) = read_saved_model(str(tmp_path)).meta_graphs
    nodes = [node for f in meta.graph_def.library.function for node in f.node_def]
    (node,) = (node for node in nodes if node.op == "Complex")
    assert not node.attr


def test_a_graph_says_why_it_cannot_be_saved(tmp_path):
    @tf.function(input_signature=[])
    def inner():
        tf.get_default_graph().mark_as_unsaveable("It keeps a secret.")
        return 1

    with eager_mode():
        root = tf.Module()
        root.f = tf.function(lambda: inner(), input_signature=[])
        with pytest.raises(ValueError, match=r"following reason\(s\):\nIt keeps a secret\."):
            save(root, str(tmp_path))


def test_ragged_arguments_are_saved(tmp_path):
    spec = tf.RaggedTensorSpec([None, None], tf.int32)
    with eager_mode():
        root = tf.Module()
        root.f = tf.function(lambda x: x + 1, input_signature=[spec])
        for number in range(2):
            save(root, str(tmp_path / str(number)), signatures={})
            root = load(str(tmp_path / str(number)))
        assert root.f(tf.ragged.constant([[1, 2], [3]])).to_list() == [[2, 3], [4]]


def test_eager_tensors_have_no_tensor_info():
    with eager_mode(), pytest.raises(RuntimeError, match="not supported in Eager mode"):
        tf.saved_model.build_tensor_info(tf.constant(1.0))
