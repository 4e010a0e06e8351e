"""What a function holds goes with the last that can call it, or differentiate a call of it."""

import gc
import weakref

import pytest

import stillflow.api as tf
from stillflow.runtime.eager.mode import eager_mode


@pytest.fixture(autouse=True)
def _eagerly(own_garbage):
    with eager_mode():
        yield


def plain():
    f = tf.contrib.eager.defun(lambda x: 2.0 * x)
    f(tf.constant(4.0))


def differentiated():
    v = tf.Variable(2.0)
    f = tf.function(lambda x: v * x * x)
    with tf.GradientTape() as outer, tf.GradientTape() as tape:
        y = f(tf.constant(4.0))
        dy = tape.gradient(y, v)
    assert (dy.numpy(), outer.gradient(y, v).numpy()) == (16.0, 16.0)


def nested_with_layer():
    layer = tf.layers.Dense(1)
    inner = tf.contrib.eager.defun(lambda x: layer(x))
    outer = tf.contrib.eager.defun(lambda x: inner(x) + 1.0)
    outer(tf.ones([1, 2]))


@pytest.mark.parametrize("use", [plain, differentiated, nested_with_layer])
def test_nothing_is_left_for_the_garbage_collector(use):
    use()  # what is kept for all functions of the process
    gc.collect()
    gc.disable()
    try:
        use()
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_call_is_differentiated_after_its_function_is_gone():
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        f = tf.function(lambda x: x * x)
        y = f(x)
        trace = weakref.ref(f.get_concrete_function(x))
        del f
    assert tape.gradient(y, x).numpy() == 6.0
    del tape
    assert trace() is None


def test_a_call_in_a_graph_needs_no_function():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant(3.0)
        f = tf.contrib.eager.defun(lambda x: x * x * x)
        y = f(x)
        del f
        gc.collect()
        dy = tf.gradients(y, x)[0]
        assert session.run([y, dy, tf.gradients(dy, x)[0]]) == [27.0, 27.0, 18.0]


def test_a_part_of_a_graph_keeps_the_whole():
    def build(x):
        return tf.add(tf.multiply(x, 2.0, name="doubled"), 1.0)

    whole = tf.wrap_function(build, [tf.TensorSpec([], tf.float32)])
    part = whole.prune(whole.inputs, whole.graph.get_tensor_by_name("doubled:0"))
    del whole
    gc.collect()
    assert part(tf.constant(4.0)).numpy() == 8.0
