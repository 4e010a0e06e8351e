"""`tf.GradientTape` in eager mode; what TensorFlow 1.15 gives is written out."""

import gc
import threading
import weakref

import numpy as np
import pytest

import stillflow.api as tf
from stillflow.runtime.eager import state
from stillflow.runtime.eager.mode import eager_mode
from stillflow.runtime.eager.state import eager_state


def test_a_gradient_is_differentiated_again():
    x = tf.constant(3.0)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = x * x * x
        first = inner.gradient(y, x)
    assert float(first) == 27.0
    assert float(outer.gradient(first, x)) == 18.0


def test_trainable_variables_are_watched():
    trained = tf.Variable([1.0, 2.0])
    fixed = tf.Variable([1.0, 2.0], trainable=False)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(trained * fixed)
    assert tape.watched_variables() == (trained,)
    assert tape.gradient(loss, [trained, fixed])[1] is None


def test_a_tape_can_be_asked_once():
    x = tf.constant(1.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    tape.gradient(y, x)
    with pytest.raises(RuntimeError, match=r"can only be called once on"):
        tape.gradient(y, x)


def test_rows_of_a_variable_have_a_sparse_gradient():
    table = tf.Variable(np.ones([5, 2], np.float32))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.nn.embedding_lookup(table, [1, 1, 3]) ** 2)
    grad = tape.gradient(loss, table)
    assert isinstance(grad, tf.IndexedSlices)
    assert grad.indices.numpy().tolist() == [1, 1, 3]


def test_jacobians():
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
    assert tape.jacobian(y, x).shape == [2, 2, 2, 2]
    expected = [[[2, 0], [0, 4]], [[6, 0], [0, 8]]]
    assert tape.batch_jacobian(y, x).numpy().tolist() == expected


def test_tensors_keep_no_history():
    """Neither without a tape nor after one was asked: what made a tensor is gone with the tape."""
    x = tf.constant([1.0])
    made = weakref.ref(y := x + 1.0)
    z = y * 2.0
    del y
    assert made() is None
    with tf.GradientTape() as tape:
        tape.watch(x)
        made = weakref.ref(y := x + 1.0)
        z = y * 2.0
        del y
    assert made() is not None
    tape.gradient(z, x)
    assert made() is None


@pytest.mark.usefixtures("own_garbage")
def test_a_variables_value_goes_with_it():
    count = len(eager_state().variables)
    v = tf.Variable([1.0])
    v.assign_add([1.0])
    assert len(eager_state().variables) == count + 1
    del v
    gc.collect()
    assert len(eager_state().variables) == count


def test_a_tape_in_a_graph():
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x
        assert sess.run(tape.gradient(y, x), {x: 5.0}) == 10.0


def test_random_streams_do_not_pile_up(monkeypatch):
    """Each op without a seed of its own draws one; streams that were used last are kept."""
    monkeypatch.setattr(state, "_MOST_KEEPERS", 3)
    tf.set_random_seed(1)
    first, second = (tf.random.uniform([2], seed=9).numpy() for _ in range(2))
    tf.set_random_seed(1)
    drawn = []
    for _ in range(2):
        drawn.append(tf.random.uniform([2], seed=9).numpy())
        for _ in range(2):
            tf.random.uniform([2])
    assert drawn[0].tolist() == first.tolist()
    assert drawn[1].tolist() == second.tolist()
    assert len(state._keepers) == 3


def test_threads_have_tapes_of_their_own():
    x = tf.constant(2.0)
    made = []

    def work():
        with eager_mode():
            made.append((tf.executing_eagerly(), x * x))

    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * 3.0
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    ((was_eager, square),) = made
    assert was_eager
    assert tape.gradient([y, square], x).numpy() == 3.0
