"""The import name `tensorflow`: the same objects under TensorFlow's public and internal names."""

import importlib
import subprocess
import sys

import pytest
from at_once import for_each

import stillflow
import stillflow.api as tree
from stillflow.environment import alias, classes, internal_tables, internals, printing


@pytest.fixture(autouse=True)
def installed_here_only(monkeypatch):
    """Installs the alias without what changes others' classes, and takes it away again."""
    monkeypatch.setattr(classes, "install", lambda: None)
    monkeypatch.setattr(printing, "install", lambda: None)
    finders = list(sys.meta_path)
    yield stillflow.as_tensorflow(period=False)
    sys.meta_path[:] = finders
    for name in [n for n in sys.modules if n.partition(".")[0] == "tensorflow"]:
        del sys.modules[name]
    del tree.python


def python(code, **kwargs):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, **kwargs
    )


def test_tensorflow_is_the_public_tree():
    """`import tensorflow as tf`, `as_tensorflow()` and `stillflow.api` are one module."""
    import tensorflow as tf

    assert tf is tree
    assert stillflow.as_tensorflow(period=False) is tree
    assert tf.Graph is stillflow.Graph


@pytest.mark.parametrize("name", ["errors", "compat.v1.errors", "python.framework.errors"])
def test_a_module_below_is_the_same_module_or_holds_the_same_objects(name):
    """Public submodules are the public tree's own; internal ones look their objects up there."""
    module = importlib.import_module(f"tensorflow.{name}")
    assert module.NotFoundError is tree.errors.NotFoundError
    if not internals.is_internal(name):
        assert module is tree.errors


def test_compat_v1_is_the_root():
    """`import tensorflow.compat.v1 as tf` gives what `import tensorflow as tf` gives."""
    import tensorflow.compat.v1 as tf

    assert tf is tree


def test_version_2_has_its_own_initializers():
    """Where a module had none of that name, the public one of version 1 would draw otherwise."""
    from tensorflow.python.ops import init_ops_v2

    assert init_ops_v2.glorot_normal is init_ops_v2.GlorotNormal
    assert init_ops_v2.glorot_uniform is init_ops_v2.GlorotUniform


def test_internal_names_are_public_objects():
    """`tensorflow.python.*`, in every way of importing it."""
    from tensorflow.python.framework import dtypes, ops
    from tensorflow.python.framework.tensor_shape import TensorShape

    assert ops.Graph is tree.Graph
    assert ops.get_default_graph is tree.get_default_graph
    assert ops._colocate_with is tree.colocate_with  # recorded under another name than its own
    assert dtypes.float32 is tree.float32
    assert TensorShape is tree.TensorShape
    assert "Graph" in dir(ops)
    assert tree.python.framework.ops is ops


EQUIVALENT = {
    f"{path}.{name}": (path, name)
    for path, members in internal_tables.EQUIVALENT.items()
    if isinstance(members, dict)
    for name in internals._spellings(members)
    if name != "COMPILER_VERSION"  # a name that we lack
}
OWN = {
    path: (path, set(internals._spellings(names))) for path, names in internal_tables.OWN.items()
}


@for_each(EQUIVALENT)
def test_a_public_object_stands_for_another_that_takes_the_same_calls(internal):
    """`math_ops.reduce_sum` is none of TensorFlow's public objects; tf.reduce_sum does as well."""
    path, name = internal
    module, _, there = internals._table()[path][name].rpartition(".")
    public = importlib.import_module(f"stillflow.api.{module}".removesuffix("."))
    assert getattr(importlib.import_module(f"tensorflow.{path}"), name) is getattr(public, there)


@for_each(OWN)
def test_what_tensorflow_never_made_public(internals_of_module):
    """Where Stillflow has it, it is there, and `dir` shows it."""
    path, names = internals_of_module
    module = importlib.import_module(f"tensorflow.{path}")
    for name in names:
        assert getattr(module, name) is not None, name
    assert names <= set(dir(module))


def test_a_generated_function_builds_one_node():
    """All of `gen_*_ops` that is declared; the rest names the op that is missing."""
    from tensorflow.python.ops import gen_nn_ops, gen_tpu_ops

    grad = gen_nn_ops.relu_grad([1.0], features=[2.0], name="grad")
    assert (grad.op.type, grad.op.name) == ("ReluGrad", "grad")
    with pytest.raises(NotImplementedError, match="builds a TPUCompilationResult, an op that Stil"):
        _ = gen_tpu_ops.tpu_compilation_result


def test_modules_below_public_modules_can_be_imported():
    """tf.contrib.layers is one file here, and a package with others below it in TensorFlow."""
    from tensorflow.contrib.layers.python.layers import initializers
    from tensorflow.contrib.layers.python.layers.regularizers import l2_regularizer

    assert initializers.xavier_initializer is tree.contrib.layers.xavier_initializer
    assert l2_regularizer is tree.contrib.layers.l2_regularizer


def test_import_star_takes_what_there_is():
    namespace = {}
    exec("from tensorflow.python.ops.math_ops import *", namespace)
    assert namespace["reduce_sum"] is tree.reduce_sum
    assert "_own" not in namespace


def test_every_recorded_internal_name_leads_to_a_recorded_public_name():
    """The two tables of tools/record_names.py agree."""
    public = tree._missing.names()
    table = internals._table()
    assert len(table) > 1000
    for members in table.values():
        for spelling in members.values() if isinstance(members, dict) else ():
            path, _, name = spelling.rpartition(".")
            # There are ops of contrib too, and names of version 2 are not recorded.
            elsewhere = ("compat.v2.image", "contrib.learn.datasets.mnist", "raw_ops")
            assert path in elsewhere or name in public[path] or spelling == "test.mock"


def test_proto_modules_are_those_of_the_public_protos():
    """`tensorflow.core` holds TensorBoard's copies of the protocol buffers."""
    from tensorboard.compat.proto import graph_pb2
    from tensorflow.core.framework import graph_pb2 as found
    from tensorflow.core.protobuf.config_pb2 import ConfigProto

    assert found is graph_pb2
    assert ConfigProto().allow_soft_placement is False
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    assert SavedModel(saved_model_schema_version=1).SerializeToString() == b"\x08\x01"
    with pytest.raises(
        ModuleNotFoundError, match=r"tensorflow.core.util.saved_tensor_slice_pb2 is"
    ):
        importlib.import_module("tensorflow.core.util.saved_tensor_slice_pb2")


NEVER = r"No module named 'tensorflow.{}'"
NOT_YET = r"tf.lite is in TensorFlow 1.15 but not yet in Stillflow"


@pytest.mark.parametrize(
    ("statement", "kind", "message"),
    [
        ("import tensorflow.nonsense", ModuleNotFoundError, NEVER.format("nonsense")),
        ("import tensorflow.python.nonsense", ModuleNotFoundError, NEVER.format("python.nonsense")),
        ("import tensorflow.lite", ModuleNotFoundError, NOT_YET),
        ("import tensorflow.lite", NotImplementedError, NOT_YET),
        ("from tensorflow.lite import Interpreter", ModuleNotFoundError, NOT_YET),
        ("from tensorflow import lite", ImportError, NOT_YET),
        ("from tensorflow import Sesion", ImportError, "Did you mean tf.Session"),
        (
            "from tensorflow.python.framework.ops import _override_gradient_registry",
            ImportError,
            "tensorflow.python.framework.ops._override_gradient_registry is internal to TensorFlow",
        ),
        (
            "from tensorflow.python.tpu.tpu import rewrite",
            ImportError,
            "cannot import name 'rewrite' from 'tensorflow.python.tpu.tpu': tf.tpu",
        ),
    ],
)
def test_a_missing_module_or_name_says_why(statement, kind, message):
    """Not yet in Stillflow, never in TensorFlow, or internal: an ImportError that says which."""
    with pytest.raises(kind, match=message):
        exec(statement)


def test_an_absent_internal_attribute_says_so_and_is_no_attribute():
    from tensorflow.python.framework import ops

    assert not hasattr(ops, "_override_gradient_registry")
    with pytest.raises(NotImplementedError, match="internal to TensorFlow"):
        _ = ops._override_gradient_registry


def test_installing_twice_changes_nothing():
    stillflow.as_tensorflow(period=False)
    assert sum(isinstance(f, alias.TensorFlowFinder) for f in sys.meta_path) == 1


FAKE = "raise SystemExit('the real TensorFlow was imported')\n"


def test_a_real_tensorflow_beside_does_not_leak_in(tmp_path):
    """The alias answers for everything below `tensorflow`, also for what only the real one has."""
    (tmp_path / "tensorflow" / "keras").mkdir(parents=True)
    (tmp_path / "tensorflow" / "__init__.py").write_text(FAKE)
    (tmp_path / "tensorflow" / "keras" / "__init__.py").write_text(FAKE)
    code = """
import stillflow
tf = stillflow.as_tensorflow()
import tensorflow
assert tensorflow is tf
try:
    import tensorflow.nothing_of_ours
except ModuleNotFoundError:
    print("fine")
"""
    done = python(code, env={"PYTHONPATH": str(tmp_path)})
    assert (done.stdout, done.stderr) == ("fine\n", "")


def test_an_imported_tensorflow_is_refused(tmp_path):
    """One process cannot hold both."""
    (tmp_path / "tensorflow.py").write_text("")
    done = python(
        "import tensorflow, stillflow; stillflow.as_tensorflow()", env={"PYTHONPATH": str(tmp_path)}
    )
    assert "ImportError: tensorflow is already imported, from " in done.stderr
    assert "before the first `import tensorflow`" in done.stderr


def test_tensorboard_does_not_take_the_alias_for_tensorflow():
    """TensorBoard's own writers go on with its stand-in for TensorFlow."""
    code = """
import stillflow
stillflow.as_tensorflow()
from tensorboard.compat import tf
assert tf.io.gfile.__name__.startswith("tensorboard."), tf
"""
    done = python(code)
    assert not done.stderr


@pytest.mark.parametrize(
    "name",
    [
        "examples.tutorials.mnist.input_data",  # no attribute of tf, but can be imported
        "contrib.learn.datasets.mnist",
        "contrib.learn.python.learn.datasets.mnist",
    ],
)
def test_the_mnist_reader_is_where_programs_import_it_from(name):
    from stillflow.data import mnist

    module = importlib.import_module(f"tensorflow.{name}")
    assert module.read_data_sets is mnist.read_data_sets


def test_what_has_another_form_in_tensorflow():
    """As TensorFlow 1.15 gives it; of some of it programs ask parts only."""
    from tensorflow.core.framework.device_attributes_pb2 import DeviceAttributes
    from tensorflow.python import tf2
    from tensorflow.python.client import device_lib
    from tensorflow.python.framework import common_shapes, ops, tensor_shape, tensor_util

    (host,) = device_lib.list_local_devices()
    assert (host.name, host.device_type, host.memory_limit) == ("/device:CPU:0", "CPU", 1 << 28)
    assert DeviceAttributes.FromString(host.SerializeToString()) == host
    assert not tf2.enabled()
    assert tensor_util.constant_value(3) == 3
    x = tree.placeholder(tree.float32, [None, 3])
    assert str(tensor_util.constant_value_as_shape(tree.shape(x))) == "(?, 3)"
    assert str(tensor_shape.unknown_shape(ndims=2)) == "(?, ?)"
    shapes = map(tensor_shape.as_shape, ([1, 3], [2, 1]))
    assert common_shapes.broadcast_shape(*shapes).as_list() == [2, 3]
    assert ops.internal_convert_to_tensor(1.0).dtype == tree.float32


def test_scalars_as_shapes():
    from tensorflow.python.framework import tensor_util

    shape_of = tensor_util.constant_value_as_shape
    assert shape_of(tree.constant(-1)).ndims is None
    with pytest.raises(ValueError, match=r"^Received a scalar value '3' as shape; require"):
        shape_of(tree.constant(3))
    with pytest.raises(ValueError, match=r"^Received a scalar with unknown value as shape"):
        shape_of(tree.placeholder(tree.int32, []))
    with pytest.raises(ValueError, match=r"Shape \(1, 1\) must have rank 1"):
        shape_of(tree.constant([[1]]))


@pytest.mark.parametrize("mark", ["", "^", "loc:@"])
def test_names_move_between_scopes(mark):
    from tensorflow.python.framework import ops

    assert ops.prepend_name_scope(f"{mark}b/c", "a/") == f"{mark}a/b/c"
    assert ops.prepend_name_scope(f"{mark}b", "") == f"{mark}b"
    assert ops.strip_name_scope(f"{mark}a/b/c", "a") == f"{mark}b/c"
    assert ops.strip_name_scope(f"{mark}ab/c", "a") == f"{mark}ab/c"
    assert ops.strip_name_scope(f"{mark}a///b", "a") == f"{mark}b"
    assert ops.name_from_scope_name("a/") == "a"


def test_what_a_program_sets_in_a_module_counts():
    from tensorflow.python.util import deprecation

    from stillflow.platform import deprecation as ours

    assert deprecation is ours  # whose _PRINT_DEPRECATION_WARNINGS programs set to False


def test_switch_and_merge():
    """Nodes, names and values of TensorFlow 1.15's control_flow_ops."""
    from tensorflow.python.ops import control_flow_ops

    with tree.Graph().as_default() as graph, tree.Session() as session:
        taken = tree.placeholder(tree.bool, [])
        no, yes = control_flow_ops.switch(tree.constant([1.0, 2.0]), taken)
        merged = control_flow_ops.merge([no * 2, yes + 1])
        named = control_flow_ops.switch([1, 2], True, dtype=tree.int64, name="sw")
        assert [named.output_true.name, named[0].dtype] == ["sw:1", tree.int64]
        names = {op.name: op.type for op in graph.get_operations()}
        assert {"Switch": "Switch", "Merge": "Merge", "sw/data": "Const"}.items() <= names.items()
        for value, result in ((True, ([2.0, 3.0], 1)), (False, ([2.0, 4.0], 0))):
            output, index = session.run(merged, {taken: value})
            assert (output.tolist(), index) == result
        with pytest.raises(ValueError, match="At least one of the merge inputs is None"):
            control_flow_ops.merge([None, no])


def test_modules_show_the_modules_that_they_import():
    """As `from tensorflow.python.ops.rnn import rnn_cell_impl` finds them."""
    rnn = importlib.import_module("tensorflow.python.ops.rnn")
    cells = importlib.import_module("tensorflow.python.ops.rnn_cell_impl")
    assert rnn.rnn_cell_impl is cells
    assert not hasattr(rnn, "seq2seq")


def test_the_first_optimizers_have_the_second_ones_as_modules():
    optimizers = importlib.import_module("tensorflow.python.keras.optimizers")
    second = importlib.import_module("tensorflow.python.keras.optimizer_v2.gradient_descent")
    assert optimizers.gradient_descent_v2 is second
    assert optimizers.adam_v2.Adam is not optimizers.Adam
