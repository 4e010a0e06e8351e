"""`tf.keras.backend.rnn`: loops and unrolled steps, masks, constants and nests."""

import numpy as np

from .arrays import unit
from .suite import Suite

suite = Suite("keras_rnn")

X = unit(2, 5, 3)
MASK = np.array([[1, 1, 0, 1, 0], [0, 1, 1, 1, 1]], np.float32)


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(
        fn.__name__, fn, grad=False, atol=1e-5, why="rounding adds up over the steps and gradients"
    )
    return fn


def noted(tf, run, batch=None, length=None, is_masked=False, **options):
    """Runs a loop of two outputs a step, and its gradient."""
    x = tf.placeholder(tf.float32, [batch, length, 3], "x")
    mask = tf.placeholder(tf.float32, [batch, length], "mask")

    def step(inputs, states):
        h = tf.tanh(tf.matmul(inputs, tf.ones([3, 2]) * 0.3) + states[0])
        return h * 2, [h]

    last, outputs, states = tf.keras.backend.rnn(
        step, x, [tf.zeros([2, 2])], mask=mask if is_masked else None, **options
    )
    run.note([str(last.shape), str(outputs.shape), str(states[0].shape)])
    loss = tf.reduce_sum(outputs * outputs) + tf.reduce_sum(last) + tf.reduce_sum(states[0])
    run([last, outputs, list(states), tf.gradients(loss, x)], {x: X, mask: MASK})


@story
def loop(tf, run):
    noted(tf, run)


@story
def loop_of_known_length(tf, run):
    noted(tf, run, 2, 5, input_length=5, go_backwards=True)


@story
def masked(tf, run):
    noted(tf, run, 2, 5, is_masked=True)


@story
def masked_by_zeros(tf, run):
    noted(tf, run, is_masked=True, zero_output_for_mask=True, go_backwards=True)


@story
def unrolled(tf, run):
    noted(tf, run, 2, 5, unroll=True)


@story
def unrolled_and_masked(tf, run):
    noted(tf, run, 2, 5, unroll=True, is_masked=True, go_backwards=True)


@story
def unrolled_and_masked_by_zeros(tf, run):
    noted(tf, run, 2, 5, unroll=True, is_masked=True, zero_output_for_mask=True)


@story
def nested(tf, run):
    x, y = (tf.placeholder(tf.float32, [5, 2, 3], name) for name in "xy")

    def step(inputs, states):
        total = {"a": inputs[0] + states[0], "b": inputs[1] * states[1] + states[2]}
        return total, [states[0] + inputs[1], states[1] * 2]

    last, outputs, states = tf.keras.backend.rnn(
        step,
        (x, y),
        [tf.zeros([2, 3]), tf.ones([2, 3])],
        constants=[tf.ones([2, 3])],
        time_major=True,
    )
    run([last, outputs, list(states)], {x: X.reshape(5, 2, 3), y: X.reshape(5, 2, 3)})


@story
def without_states(tf, run):
    x = tf.placeholder(tf.float32, [2, 5, 3], "x")
    _, outputs, _ = tf.keras.backend.rnn(
        lambda inputs, _: (inputs * 2, []), x, initial_states=[], input_length=5
    )
    run(outputs, {x: X})


@story
def refused(tf, run):
    rnn = tf.keras.backend.rnn
    x = tf.placeholder(tf.float32, [2, None, 3], "x")
    step = lambda inputs, states: (inputs, states)
    run.refused(lambda: rnn(step, x, [tf.zeros([2, 3])], unroll=True))
    run.refused(lambda: rnn(step, x, [], mask=tf.ones([2, 5])))
    run.refused(lambda: rnn(step, tf.zeros([2, 3]), [tf.zeros([2, 3])]))
