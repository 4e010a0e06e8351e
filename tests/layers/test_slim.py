"""slim's layers and networks on both tiers, in files, and under TensorFlow's names."""

import subprocess
import sys

import numpy as np
import pytest

import stillflow.api as tf

slim = tf.contrib.slim
resnet_v1 = slim.nets.resnet_v1


def small_resnet(x, **options):
    blocks = [resnet_v1.resnet_v1_block("block1", base_depth=1, num_units=2, stride=2)]
    with slim.arg_scope(resnet_v1.resnet_arg_scope()):
        return resnet_v1.resnet_v1(x, blocks, 2, **options)[0]


def pictures():
    return np.random.RandomState(0).rand(2, 8, 8, 3)


@pytest.mark.slow
def test_a_training_step_is_compiled_in_one_piece(monkeypatch):
    """Moving averages and momenta are updated by the same piece."""
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x = tf.placeholder(tf.float32, [2, 8, 8, 3])
    logits = tf.squeeze(small_resnet(x), [1, 2])
    tf.losses.sparse_softmax_cross_entropy([0, 1], logits)
    step = slim.learning.create_train_op(
        tf.losses.get_total_loss(), tf.train.MomentumOptimizer(0.1, 0.9)
    )
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(2):
            assert np.isfinite(session.run(step, {x: pictures()}))
        (executor,) = [e for e in session._executors.values() if e.plan.feeds]
    assert [segment.on_host for segment in executor.learned.split.segments] == [False]


def test_a_network_is_read_back_from_a_meta_graph(tmp_path):
    """Its variables and its collections are those that were written."""
    x = tf.placeholder(tf.float32, [2, 8, 8, 3], name="x")
    logits = small_resnet(x, is_training=False)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        want = session.run(logits, {x: pictures()})
        path = tf.train.Saver().save(session, str(tmp_path / "net"))
    names = [variable.name for variable in slim.get_model_variables()]
    with tf.Graph().as_default(), tf.Session() as session:
        tf.train.import_meta_graph(f"{path}.meta").restore(session, path)
        assert [variable.name for variable in slim.get_model_variables()] == names
        np.testing.assert_array_equal(session.run(logits.name, {"x:0": pictures()}), want)


def test_variables_are_set_from_a_checkpoint(tmp_path):
    """slim's way to start from a network that was trained before."""
    x = tf.constant(pictures(), tf.float32)
    logits = small_resnet(x, is_training=False, scope="net")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        want = session.run(logits)
        path = tf.train.Saver().save(session, str(tmp_path / "net"))
    restored = slim.get_variables_to_restore(exclude=["net/logits"])
    start = slim.assign_from_checkpoint_fn(path, restored)
    rest = slim.assign_from_checkpoint_fn(path, slim.get_variables("net/logits"))
    with tf.Session() as session:
        start(session)
        rest(session)
        np.testing.assert_array_equal(session.run(logits), want)


@pytest.mark.parametrize("tier", ["host", "xla"])
def test_a_gradient_is_scaled(tier, monkeypatch):
    """Forward a tensor is as it was."""
    monkeypatch.setenv("STILLFLOW_TIER", tier)
    x = tf.constant([1.0, -2.0])
    y = tf.contrib.layers.scale_gradient(x, 0.25)
    with tf.Session() as session:
        forward, back = session.run([y, tf.gradients(y * y, x)[0]])
    np.testing.assert_array_equal(forward, [1.0, -2.0])
    np.testing.assert_array_equal(back, [0.5, -1.0])


PROGRAM = """
import tensorflow.contrib.slim as slim
from tensorflow.contrib import slim as contrib_slim
from tensorflow.contrib.framework.python.ops import add_arg_scope, arg_scope
from tensorflow.contrib.layers.python.layers import initializers, layers, utils
from tensorflow.contrib.losses.python.losses import loss_ops
from tensorflow.contrib.slim.nets import inception, resnet_v1, vgg
from tensorflow.contrib.slim.python.slim.nets import inception_v3, resnet_utils
from tensorflow.contrib.slim.python.slim.nets.resnet_v1 import resnet_v1_50

assert slim is contrib_slim
assert slim.conv2d is layers.conv2d and slim.arg_scope is arg_scope
assert slim.losses.log_loss is loss_ops.log_loss
assert slim.utils.collect_named_outputs is utils.collect_named_outputs
assert slim.xavier_initializer is initializers.xavier_initializer
assert inception.inception_v3 is inception_v3.inception_v3
assert resnet_v1.resnet_v1_50 is resnet_v1_50
assert resnet_v1.resnet_arg_scope is resnet_utils.resnet_arg_scope
"""


def test_programs_find_slim_where_tensorflow_has_it(tmp_path):
    """By the public names, and by those of the files."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "stillflow", "run", program], check=True)
