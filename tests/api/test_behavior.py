"""The switches between TensorFlow 1 and 2; tests/cases/eager.py has what they change."""

import subprocess
import sys

import pytest

import stillflow.api as tf
from stillflow.environment.internals import internal_module
from stillflow.graph.own_code import is_asked_by_own_code

DISABLE = (
    "disable_control_flow_v2 disable_eager_execution disable_tensor_equality disable_v2_behavior"
    " disable_v2_tensorshape"
)
ASK = "control_flow_v2_enabled executing_eagerly resource_variables_enabled"


@pytest.mark.parametrize("name", DISABLE.split())
def test_version_2_can_be_disabled(name):
    assert getattr(tf.compat.v1, name)() is None


@pytest.mark.parametrize("name", ASK.split())
def test_version_2_is_off(name):
    assert getattr(tf, name)() is False


def test_control_flow_is_recorded():
    tf.enable_control_flow_v2()
    try:
        assert tf.control_flow_v2_enabled()
    finally:
        tf.disable_control_flow_v2()
    assert not tf.control_flow_v2_enabled()


PROGRAM = """
import os
import tempfile

import stillflow.api as tf

tf.enable_v2_behavior()
assert tf.executing_eagerly() and tf.resource_variables_enabled() and tf.control_flow_v2_enabled()
model = tf.keras.Sequential([tf.keras.layers.Dense(3, activation="relu"), tf.keras.layers.Dense(1)])
optimizer = tf.train.AdamOptimizer(0.1)
x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
assert type(x.shape[0]) is int
assert tf.keras.layers.Dense(1, dtype="float16")(x).dtype == tf.float16
assert tf.keras.layers.Dense(1)(tf.cast(x, tf.float64)).dtype == tf.float32


@tf.function
def step(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x) - 1.0) ** 2)
    variables = model.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


losses = [step(x).numpy() for _ in range(20)]
assert losses[-1] < losses[0] / 2, losses
model.compile("sgd", "mse", metrics=["accuracy", "mae"], weighted_metrics=["ce"])
told = model.fit(x.numpy(), x.numpy()[:, :1], verbose=0).history
assert set(told) == {"loss", "accuracy", "mae", "ce"}
try:
    model.compile("sgd", "mse", distribute=tf.distribute.MirroredStrategy(["/cpu:0"]))
except ValueError as error:
    assert "Distribute argument in compile is not available in TF 2.0" in str(error)
else:
    raise AssertionError
kernel = model.get_config()["layers"][0]["config"]["kernel_initializer"]
assert kernel == {"class_name": "GlorotUniform", "config": {"seed": None}}
with tempfile.TemporaryDirectory() as folder:
    model.save(folder + "/model")
    assert os.path.isdir(folder + "/model")
average = tf.Variable(1.0)
tf.keras.backend.moving_average_update(average, tf.constant(3.0), 0.5)
assert average.numpy() == 2
with tf.Graph().as_default(), tf.Session() as session:
    c = tf.constant(2)
    assert session.run({"c": c * c}, {c: 3})["c"] == 9
assert (x == x).numpy().all()
tf.disable_v2_behavior()
assert not tf.executing_eagerly() and x == x and len({x: 1}) == 1
"""


def test_a_program_of_version_2_trains():
    """A process of its own, as it switches everything before it builds anything."""
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=120)


def test_a_program_may_ask_and_say_that_it_is_version_2():
    tf2 = internal_module("python.tf2")
    assert not tf2.enabled()
    tf2.enable()
    assert tf2.enabled()
    tf2.disable()
    assert not tf2.enabled()


def test_what_asks_is_told_apart():
    assert not is_asked_by_own_code()


def test_keras_says_its_version():
    assert tf.keras.__version__ == tf.compat.v2.keras.__version__ == "2.2.4-tf"
