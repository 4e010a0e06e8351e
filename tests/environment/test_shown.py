"""What a program sees of its objects when they are printed: TensorFlow's classes and messages."""

import subprocess
import sys

import pytest

from stillflow.environment import printing

SETUP = """
import importlib, pkgutil, pickle
import stillflow
tf = stillflow.as_tensorflow()
"""


def output(code):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SETUP + code],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


SHOWN = {  # as TensorFlow 1.15 prints them
    "tf.Graph": "tensorflow.python.framework.ops.Graph",
    "tf.Variable": "tensorflow.python.ops.variables.VariableV1",
    "tf.errors.NotFoundError": "tensorflow.python.framework.errors_impl.NotFoundError",
    "tf.train.AdamOptimizer": "tensorflow.python.training.adam.AdamOptimizer",
    "tf.constant_initializer": "tensorflow.python.ops.init_ops.Constant",
    "tf.summary.FileWriter": "tensorflow.python.summary.writer.writer.FileWriter",
    "tf.test.TestCase": "tensorflow.python.framework.test_util.TensorFlowTestCase",
    "tf.gfile.FastGFile": "tensorflow.python.platform.gfile.GFile",
}


def test_classes_show_tensorflows_names():
    found = output(f"print(*[{', '.join(SHOWN)}], sep='\\n')").splitlines()
    assert found == [f"<class '{name}'>" for name in SHOWN.values()]


def test_every_public_class_is_where_it_says():
    """So that it can be pickled."""
    code = """
checked = 0
modules = [m.name for m in pkgutil.walk_packages(tf.__path__, "stillflow.api.")]
for module in map(importlib.import_module, ["stillflow.api", *modules]):
    for name in getattr(module, "__all__", []):
        value = getattr(module, name)
        if isinstance(value, type) and value.__module__.startswith("tensorflow.python."):
            home = importlib.import_module(value.__module__)
            assert getattr(home, value.__qualname__) is value, value
            checked += 1
print(checked, pickle.loads(pickle.dumps(tf.TensorShape([1, None]))))
"""
    checked, shape = output(code).split(" ", 1)
    assert int(checked) > 80
    assert shape == "(1, ?)\n"


def test_an_error_that_is_raised_unnamed_shows_tensorflows_class():
    code = """
try:
    tf.Session().run(tf.constant([1, 2])[tf.placeholder_with_default(5, [])])
except Exception as error:
    print(type(error))
"""
    shown = "<class 'tensorflow.python.framework.errors_impl.InvalidArgumentError'>\n"
    assert output(code) == shown


# What TensorFlow 1.15 printed of the same.
NODE = """\
name: "product"
op: "MatMul"
input: "a"
input: "b"
attr {
  key: "T"
  value {
    type: DT_FLOAT
  }
}
attr {
  key: "transpose_a"
  value {
    b: false
  }
}
attr {
  key: "transpose_b"
  value {
    b: true
  }
}

"""
CONFIG = """\
device_count {
  key: "CPU"
  value: 2
}
device_count {
  key: "GPU"
  value: 0
}
gpu_options {
  per_process_gpu_memory_fraction: 0.333
}
allow_soft_placement: true

"""
SUMMARY = """\
value {
  tag: "a\\303\\251\\n\\""
  simple_value: 0.10000000149011612
}

"""


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (
            "a, b = (tf.placeholder(tf.float32, [2, 2], name=n) for n in 'ab')\n"
            "print(tf.matmul(a, b, transpose_b=True, name='product').op.node_def)",
            NODE,
        ),
        (
            "print(tf.ConfigProto(allow_soft_placement=True, device_count={'GPU': 0, 'CPU': 2},"
            "gpu_options=tf.GPUOptions(per_process_gpu_memory_fraction=0.333)))",
            CONFIG,
        ),
        (
            "print(tf.Summary(value=[tf.Summary.Value(tag='a\\u00e9\\n\"', simple_value=0.1)]))",
            SUMMARY,
        ),
        (
            "print([tf.TensorShape([3, None]).as_proto()])",
            "[dim {\n  size: 3\n}\ndim {\n  size: -1\n}\n]\n",
        ),
    ],
)
def test_messages_print_as_they_did(code, text):
    assert output(code) == text


def test_the_text_is_read_again():
    from google.protobuf import text_format
    from tensorboard.compat.proto.config_pb2 import ConfigProto

    message = ConfigProto(device_count={"CPU": 2, "GPU": 0}, log_device_placement=True)
    message.session_inter_op_thread_pool.add(num_threads=3, global_name='a"\n')
    message.graph_options.optimizer_options.opt_level = -1
    assert text_format.Parse(printing.text(message), ConfigProto()) == message
