"""Loops whose turns are counted before a run: decoders that stop when all sequences have ended."""

import numpy as np
import pytest

import stillflow as tf
from stillflow.runtime import measuring

X = np.linspace(-1.0, 1.0, 6, dtype=np.float32).reshape(2, 3)


def decoder(x, lengths):
    """x: f32[2, 3], lengths: i32[2] -> f32[n, 2, 3] of the n turns until all have ended."""
    rows = tf.TensorArray(tf.float32, size=0, dynamic_size=True)

    def turn(i, ended, h, rows):
        h = tf.where(ended, h, tf.tanh(h * 1.5))
        return i + 1, tf.logical_or(ended, i + 1 >= lengths), h, rows.write(i, h)

    def goes_on(i, ended, h, rows):
        return tf.logical_not(tf.reduce_all(ended))

    return tf.while_loop(goes_on, turn, [0, lengths <= 0, x, rows])[3].stack()


def expected(lengths):
    h, rows = X.copy(), []
    for turn in range(max(lengths)):
        going = np.array(lengths)[:, None] > turn
        h = np.where(going, np.tanh(h * np.float32(1.5)), h)
        rows.append(h)
    return np.array(rows)


def slopes(lengths):
    h, slope = X.copy(), np.ones_like(X)
    total = np.zeros_like(X)
    for turn in range(max(lengths)):
        going = np.array(lengths)[:, None] > turn
        after = np.where(going, np.tanh(h * np.float32(1.5)), h)
        slope = np.where(going, slope * np.float32(1.5) * (1 - after * after), slope)
        total, h = total + slope, after
    return total


def programs_of(session):
    (prepared,) = session._prepared.values()
    return list(prepared.executor.learned.compiled.values())


@pytest.mark.parametrize("tier", ["host", "xla"])
def test_values_and_gradients(monkeypatch, tier):
    monkeypatch.setenv("STILLFLOW_TIER", tier)
    x, lengths = tf.placeholder(tf.float32, [2, 3]), tf.placeholder(tf.int32, [2])
    y = decoder(x, lengths)
    slope = tf.gradients(y, x)[0]
    with tf.Session() as sess:
        for fed in ([2, 3], [2, 3], [5, 1], [3, 3], [2, 3]):
            values, slopes_seen = sess.run([y, slope], {x: X, lengths: fed})
            np.testing.assert_allclose(values, expected(fed), rtol=1e-6)
            np.testing.assert_allclose(slopes_seen, slopes(fed), rtol=1e-5)


def test_such_a_loop_is_compiled_for_each_number_of_turns(monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x, lengths = tf.placeholder(tf.float32, [2, 3]), tf.placeholder(tf.int32, [2])
    y = decoder(x, lengths)
    with tf.Session() as sess:
        for fed in ([2, 3], [3, 1], [1, 3], [4, 4], [4, 2]):
            assert len(sess.run(y, {x: X, lengths: fed})) == max(fed)
        programs = programs_of(sess)
    assert [program.runs for program in programs] == [2, 2]  # the first run showed that it is one
    assert all(program.traces == 1 for program in programs)


def test_a_rare_number_of_turns_is_not_compiled():
    measures = measuring.Measures(plan=None)
    asked = [("a", False), ("a", False), ("b", False), ("a", True), ("a", True)]
    assert [(key, measures.is_frequent(key)) for key, _ in asked] == asked


def test_no_more_than_so_many_numbers_are_compiled(monkeypatch):
    monkeypatch.setattr(measuring, "_MAX_NUMBERS", 1)
    measures = measuring.Measures(plan=None)
    assert [measures.is_frequent("a") for _ in range(3)][-1]
    assert not any(measures.is_frequent("b") for _ in range(9))


def test_what_a_variable_decides_is_not_measured(monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x = tf.placeholder(tf.float32, [2, 3])
    y = decoder(x, tf.Variable([2, 3], name="lengths"))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(3):
            np.testing.assert_allclose(sess.run(y, {x: X}), expected([2, 3]), rtol=1e-6)


def test_a_loop_without_turns(monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x, lengths = tf.placeholder(tf.float32, [2, 3]), tf.placeholder(tf.int32, [2])
    rows = tf.TensorArray(tf.float32, 0, dynamic_size=True, element_shape=[2, 3])
    y = tf.while_loop(
        lambda i, h, _: tf.reduce_any(i < lengths),
        lambda i, h, rows: (i + 1, h * 2.0, rows.write(i, h)),
        [0, x, rows],
    )
    slope = tf.gradients(y[1], x)[0]
    with tf.Session() as sess:
        for fed in ([2, 2], [0, 0], [0, 0], [1, 0]):
            h, size, dx = sess.run([y[1], y[2].size(), slope], {x: X, lengths: fed})
            assert size == max(fed)
            np.testing.assert_array_equal(h, X * 2.0 ** max(fed))
            np.testing.assert_array_equal(dx, np.full_like(X, 2.0 ** max(fed)))
