"""What is read from stubs and tables is what the public tree gives when it is asked."""

import importlib

import pytest

import stillflow
from stillflow.api import _deferred, _missing
from stillflow.checking import tree
from stillflow.cli.names import has
from stillflow.environment import internals

SOME = ["", "nn", "train", "contrib.layers", "keras.layers", "compat.v2.nn"]
INTERNAL = [
    *("python.framework.ops", "python.ops.array_ops", "python.ops.gen_nn_ops"),
    *("python.debug", "contrib.slim.python.slim.learning", "contrib.rnn.python.ops.core_rnn_cell"),
    *("contrib.distributions.python.ops.bijectors.affine", "python.ops.rnn_cell"),
]


def is_there(path):
    return tree.look(path).state in ("there", "module")


def disagreeing(paths):
    """The public names of which reading and asking tell different."""
    for path in paths:
        module = importlib.import_module(f"{_missing.ROOT}.{path}".rstrip("."))
        for name in _missing.names()[path]:
            full = f"{path}.{name}".lstrip(".")
            asked = has(module, name)
            if is_there(full) != asked and tree.look(full).state != "module":
                yield full, tree.look(full), asked


def test_public_names_are_read_as_they_are_asked():
    assert list(disagreeing(SOME)) == []


@pytest.mark.slow
def test_every_public_name_is_read_as_it_is_asked():
    paths = [
        path for path in _missing.names() if tree.file_of(f"{_missing.ROOT}.{path}".rstrip("."))
    ]
    assert len(paths) > 150
    assert list(disagreeing(paths)) == []


@pytest.mark.parametrize("path", INTERNAL)
def test_internal_names_are_read_as_they_are_asked(path):
    stillflow.as_tensorflow(period=False)  # the period stays in a process
    module = importlib.import_module(f"tensorflow.{path}")
    table = internals._table().get(path, {})
    for name in [*(table if isinstance(table, dict) else ()), *internals._own(path), "no_such"]:
        try:
            asked = not _deferred.is_deferred(getattr(module, name))
        except AttributeError:
            asked = False
        assert is_there(f"{path}.{name}") == asked, name


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("", "module"),
        ("matmul", "there"),
        ("train.Saver.save", "there"),  # what a class holds is not read
        ("compat.v1.nn.relu", "there"),
        ("compat.v1", "module"),
        ("core.framework.graph_pb2", "there"),
        ("core.framework.graph_pb2.GraphDef", "there"),
        ("core.framework.nosuch_pb2", "internal"),
        ("examples.tutorials.mnist.input_data.read_data_sets", "there"),
        ("raw_ops.MatMul", "there"),
        ("raw_ops.NoSuchOp", "not yet"),
        ("python.framework.ops._no_such", "internal"),
        ("nosuch", "unknown"),
        ("contrib.hooks.ProfilerHook", "not yet"),  # of a package that tf.contrib does not show
        ("contrib.boosted_trees.estimator_batch", "unknown"),  # TensorFlow 1.15 has it empty
        ("__version__", "there"),
        ("contrib.graph_editor.select.no_such", "unknown"),
    ],
)
def test_states(path, state):
    assert tree.look(path).state == state


def test_what_took_a_name_s_place_is_told():
    assert "tf.multiply" in tree.look("mul").hint


def test_a_name_that_is_recorded_and_has_no_stub_is_not_yet_there(monkeypatch):
    monkeypatch.setattr(_missing, "names", lambda: {"nn": frozenset({"brand_new"})})
    assert tree.look("nn.brand_new") == tree.Found("not yet", "nn.brand_new")
    assert tree.look("nn.brand_new.deeper").name == "nn.brand_new"
