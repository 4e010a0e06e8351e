"""Loops that append to what goes round them: compiled with room for the last turn."""

import numpy as np
import pytest

import stillflow as tf
from stillflow.runtime.growing import Uneven, begins_with, line

X = np.linspace(-1.0, 1.0, 6, dtype=np.float32).reshape(2, 3)
SHAPES = [tf.TensorShape([]), tf.TensorShape([None, 3])]


def grown(x, row, turns=9):
    """x: f32[m, 3] and, in each turn, `row(i, y)`: f32[n, 3] more."""
    return tf.while_loop(
        lambda i, y: i < turns,
        lambda i, y: (i + 1, tf.concat([y, row(i, y)], 0)),
        [0, x],
        shape_invariants=SHAPES,
    )[1]


def runs(monkeypatch, y, feeds, times=3):
    """What runs give on both tiers, and whether the last one was compiled as a whole."""
    results = {}
    for tier in ("host", "xla"):
        monkeypatch.setenv("STILLFLOW_TIER", tier)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            results[tier] = [sess.run(y, feeds) for _ in range(times)]
            (*_, prepared) = sess._prepared.values()
            refused = prepared.executor.refused
    return results["host"], results["xla"], not refused


def rows_of(y):
    return tf.shape(y)[0]


def softmaxed(i, y):
    """As attention: products along what grows, and a mask made of its size."""
    rows = rows_of(y)
    mask = tf.cast(tf.range(1)[:, None] >= tf.range(rows) - rows + 1, tf.float32)
    weights = tf.matmul(y[-1:], y, transpose_b=True)
    weights = tf.nn.softmax(weights * mask - 1e10 * (1.0 - mask))
    return tf.matmul(weights, y)


def table():
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
        return tf.get_variable("table", initializer=np.linspace(0.0, 1.0, 48).reshape(16, 3))


COMPILED = {
    "last row": lambda i, y: y[-1:] * 1.5,
    "two rows": lambda i, y: tf.reverse(y[:2], [0]) + 1.0,
    "a row by its number": lambda i, y: y[1:][0:1] * 0.5,
    "the one before the last": lambda i, y: y[-2:-1] + 0.25,
    "sums": lambda i, y: tf.reduce_sum(y, 0, keepdims=True) * 0.5,
    "means": lambda i, y: tf.reduce_mean(y, 0, keepdims=True) + 0.5,
    "extremes": lambda i, y: tf.reduce_max(y, 0, keepdims=True) - tf.reduce_min(y - 2.0),
    "of integers": lambda i, y: (
        tf.cast(tf.reduce_max(tf.cast(y * 9.0, tf.int32) - 50, 0, keepdims=True), tf.float32) * 0.1
    ),
    "product": lambda i, y: tf.reduce_prod(y + 0.1, 0, keepdims=True),
    "truths": lambda i, y: (
        tf.cast(tf.reduce_all(y > -3.0), tf.float32) * y[:1]
        + tf.cast(tf.reduce_any(y > 0.5, 0, keepdims=True), tf.float32)
    ),
    "where it is greatest": lambda i, y: tf.cast(tf.argmax(-y, 0)[None], tf.float32) * 0.1,
    "its size": lambda i, y: y[:1] / tf.cast(rows_of(y), tf.float32),
    "numbers up to its size": lambda i, y: (
        tf.reduce_sum(y * tf.cast(tf.range(rows_of(y)), tf.float32)[:, None], 0, keepdims=True)
        * 0.1
    ),
    "running sums": lambda i, y: tf.cumsum(y)[-1:] * 0.3,
    "infinite behind the end": lambda i, y: tf.matmul(tf.log(y[:, :1] + 3.0), y, True) * 0.01,
    "transposed": lambda i, y: tf.transpose(tf.reduce_sum(tf.transpose(y), 1, keepdims=True)),
    "an axis more": lambda i, y: tf.reduce_mean(tf.reshape(y, [1, -1, 3, 1]), [1, 3]),
    "attention": softmaxed,
    "all but the last": lambda i, y: tf.matmul(tf.ones([1, rows_of(y) - 1]), y[:-1]) * 0.3,
    "two sizes": lambda i, y: (
        tf.reduce_mean(tf.matmul(tf.matmul(y, y, transpose_b=True), y), 0, keepdims=True) * 0.1
    ),
    "rows of a table": lambda i, y: tf.reduce_mean(
        tf.gather(tf.constant(X), tf.cast(y[:, 0] > 0.0, tf.int32)), 0, keepdims=True
    ),
    "a row of a table": lambda i, y: tf.cast(tf.gather(table(), [rows_of(y)]), tf.float32),
    "chosen": lambda i, y: tf.reduce_sum(tf.where(y > 0.0, y, y * 0.1), 0, keepdims=True) * 0.3,
    "random": lambda i, y: y[-1:] + tf.random_uniform([1, 3], seed=3),
}
ON_THE_HOST = {
    "on one size alone": lambda i, y: y[:1] + tf.cast(tf.equal(rows_of(y), 7), tf.float32),
    "a choice by its size": lambda i, y: tf.cond(
        tf.equal(rows_of(y), 7), lambda: y[:1] * 9.0, lambda: y[:1]
    ),
    "twice as many": lambda i, y: y,
    "by a half": lambda i, y: y[-1:] / (1.0 + 1.0 / tf.cast(rows_of(y), tf.float32)),
    "sorted": lambda i, y: tf.contrib.framework.sort(y, axis=0)[:1] * 0.5,
    "backwards": lambda i, y: tf.cumsum(y, reverse=True)[:1] * 0.3,
    "mixed axes": lambda i, y: tf.reshape(tf.reshape(y, [-1])[:3], [1, 3]),
    "as many random numbers": lambda i, y: tf.reduce_mean(
        tf.random_uniform([rows_of(y), 3], seed=3), 0, keepdims=True
    ),
}


@pytest.mark.parametrize("row", COMPILED.values(), ids=COMPILED.keys())
def test_a_loop_that_grows_evenly_is_compiled(monkeypatch, row):
    x = tf.placeholder(tf.float32, [None, 3])
    host, compiled, is_whole = runs(monkeypatch, grown(x, row), {x: X})
    assert is_whole
    for expected, value in zip(host, compiled, strict=True):
        np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("row", ON_THE_HOST.values(), ids=ON_THE_HOST.keys())
def test_one_that_no_form_serves_stays_on_the_host(monkeypatch, row):
    x = tf.placeholder(tf.float32, [None, 3])
    host, other, is_whole = runs(monkeypatch, grown(x, row), {x: X})
    assert not is_whole
    np.testing.assert_array_equal(other, host)


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 50])
def test_whatever_the_number_of_turns(monkeypatch, turns):
    x = tf.placeholder(tf.float32, [None, 3])
    y = grown(x, lambda i, y: tf.reduce_mean(y, 0, keepdims=True) * 1.1, turns)
    host, compiled, _ = runs(monkeypatch, y, {x: X})
    assert compiled[-1].shape == (2 + turns, 3)
    np.testing.assert_allclose(compiled, host, rtol=1e-5)


def test_a_number_of_turns_that_is_fed(monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x, turns = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.int32, [])
    y = grown(x, lambda i, y: y[-1:] * 2.0, turns)
    with tf.Session() as sess:
        for fed in (4, 4, 4, 6, 4, 5, 6):
            doubled = X[-1] * 2.0 ** np.arange(1, fed + 1)[:, None]
            np.testing.assert_array_equal(
                sess.run(y, {x: X, turns: fed}), np.concatenate([X, doubled])
            )


def test_several_values_grow_by_several_sizes(monkeypatch):
    x = tf.placeholder(tf.float32, [None, 3])

    def body(i, y, words):
        said = tf.argmax(tf.matmul(y[-1:], y, transpose_b=True), 1, output_type=tf.int32)
        word = tf.stack([tf.reduce_sum(words), tf.shape(words)[1]])[None]
        step = tf.cast(said, tf.float32) * 0.1 + tf.reduce_mean(y, 0, keepdims=True)
        return i + 1, tf.concat([y, step], 0), tf.concat([words, word], 1)

    words = tf.constant([[1, 2, 3]])
    shapes = [*SHAPES, tf.TensorShape([1, None])]
    y = tf.while_loop(lambda *_: True, body, (0, x, words), tuple(shapes), maximum_iterations=7)
    host, compiled, is_whole = runs(monkeypatch, y, {x: X})
    assert is_whole
    np.testing.assert_array_equal(compiled[-1][2], host[-1][2])
    np.testing.assert_allclose(compiled[-1][1], host[-1][1], rtol=1e-5)


def test_the_gradient_of_rows_that_are_taken_in_a_loop(monkeypatch):
    """It is made of rows, and each turn adds some."""
    ids = tf.placeholder(tf.int32, [None, 2])
    weights = tf.get_variable("weights", initializer=X)
    y = tf.while_loop(
        lambda i, _: i < 5,
        lambda i, y: (i + 1, y + tf.reduce_sum(tf.tanh(tf.gather(weights, ids[i]) * y), 0)),
        [0, tf.constant([0.5, 0.25, -0.125])],
    )[1]
    slopes = tf.gradients(y, weights)[0]
    fed = {ids: np.arange(10).reshape(5, 2) % 2}
    host, compiled, is_whole = runs(monkeypatch, [y, slopes.indices, slopes.values], fed)
    assert is_whole
    for expected, value in zip(host[-1], compiled[-1], strict=True):
        np.testing.assert_allclose(value, expected, rtol=1e-5)


def test_a_check_in_a_turn_tells_of_what_is_there_alone(monkeypatch):
    x = tf.placeholder(tf.float32, [None, 3])

    def row(i, y):
        with tf.control_dependencies([tf.Assert(tf.reduce_all(y < 9.0), ["too large"])]):
            return tf.reduce_max(y, 0, keepdims=True) * 1.5

    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    few, many = grown(x, row, 4), grown(x, row, 8)
    with tf.Session() as sess:
        for _ in range(3):
            assert sess.run(few, {x: X}).shape == (6, 3)
            with pytest.raises(tf.errors.InvalidArgumentError, match="too large"):
                sess.run(many, {x: X})


def test_lines():
    first, step = line([[3, 5], [4, 5], [7, 5]], [0, 1, 4])
    assert (first.tolist(), step.tolist()) == ([3, 5], [1, 0])
    for uneven in ([1, 2, 4], [[1], [1, 2], [1]], [0.5, 0.6, 0.7]):
        with pytest.raises(Uneven):
            line(uneven, [0, 1, 2])


def test_first_parts():
    array = np.array([[1.0, np.nan], [-0.0, 2.0]])
    assert begins_with(array, array[:1])
    assert begins_with(array, array[:, :1])
    assert not begins_with(array, np.array([[1.0], [0.0]]))
    assert not begins_with(array, array[0])
