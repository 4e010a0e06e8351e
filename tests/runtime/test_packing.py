"""Small variables share a buffer in compiled code; nothing of that shows."""

import numpy as np
import pytest

import stillflow.api as tf
from stillflow.runtime.packing import PackedValue


@pytest.fixture(autouse=True)
def compiled(monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")


def two_layers():
    x = tf.placeholder(tf.float32, [None, 2])
    w = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    b = tf.Variable([0.5, -0.5])
    count = tf.Variable(0, trainable=False)
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b))
    step = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss, global_step=count)
    return x, [w, b, count], loss, step


def is_packed(session, variable) -> bool:
    return type(session._state.variables[variable.op]) is PackedValue


def trained(tier, monkeypatch, between=lambda session, variables: None):
    monkeypatch.setenv("STILLFLOW_TIER", tier)
    with tf.Graph().as_default(), tf.Session() as session:
        x, variables, loss, step = two_layers()
        session.run(tf.global_variables_initializer())
        for _ in range(4):
            session.run([step, loss], {x: np.ones((3, 2))})
            between(session, variables)
        return session.run(variables)


def assert_same(a, b):
    for one, other in zip(a, b, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_training_gives_the_values_of_the_host_tier(monkeypatch):
    assert_same(trained("xla", monkeypatch), trained("host", monkeypatch))


def test_the_variables_of_one_type_share_a_buffer():
    x, (w, b, count), _, step = two_layers()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step, {x: np.ones((3, 2))})
        assert is_packed(session, w)
        assert is_packed(session, b)
        assert not is_packed(session, count)  # the only int32


def test_a_value_that_another_run_writes_is_taken_up(monkeypatch):
    def load(session, variables):
        variables[1].load([7.0, 8.0], session)

    assert_same(trained("xla", monkeypatch, load), trained("host", monkeypatch, load))


def test_a_fetched_value_does_not_change_with_the_variable():
    x, (w, *_), _, step = two_layers()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        feed = {x: np.ones((3, 2))}
        session.run(step, feed)
        before = session.run(w)
        copy = before.copy()
        session.run(step, feed)
        np.testing.assert_array_equal(before, copy)
        assert before.flags.writeable
        assert not np.array_equal(session.run(w), copy)


def test_a_failed_check_leaves_packed_variables():
    labels = tf.placeholder(tf.int32, [2])
    w, b = tf.Variable(tf.ones([2, 3])), tf.Variable(tf.zeros([3]))
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=w + b, labels=labels)
    step = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(losses))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step, {labels: [0, 1]})
        before = session.run([w, b])
        with pytest.raises(tf.errors.InvalidArgumentError, match="label"):
            session.run(step, {labels: [0, 9]})
        assert_same(session.run([w, b]), before)
        session.run(step, {labels: [0, 1]})
        assert not np.array_equal(session.run(b), before[1])


def test_a_variable_of_another_shape_than_declared_still_trains():
    w, b = tf.Variable([1.0, 2.0]), tf.Variable([3.0, 4.0])
    grow = tf.assign(w, [1.0, 2.0, 3.0], validate_shape=False)
    step = tf.group(tf.assign(w, 3 * w, validate_shape=False), tf.assign_add(b, b))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        session.run(grow)
        session.run(step)
        got = session.run([w, b])
    np.testing.assert_array_equal(got[0], [3, 6, 9])
    np.testing.assert_array_equal(got[1], [12, 16])
