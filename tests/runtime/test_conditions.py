"""Conditions that are fed: a plan for each value, which has one side of the choices."""

import numpy as np
import pytest

import stillflow as tf
from stillflow.ops.control.switch import switch


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def test_each_value_has_a_plan_without_the_other_side():
    training = tf.placeholder(tf.bool, [], name="training")
    v = tf.Variable(1.0, use_resource=True)
    y = tf.cond(tf.identity(training), lambda: v.assign_add(2.0), lambda: v * 10.0)
    z = tf.cast(training, tf.float32) + y
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run([z, training], {training: False}) == [10.0, False]
        assert session.run(z, {training: True}) == 4.0
        assert session.run(z, {training: np.bool_(False)}) == 30.0


def test_random_numbers_are_drawn_on_the_side_that_is_taken():
    tf.set_random_seed(3)
    training = tf.placeholder_with_default(False, [])
    x = tf.ones([8])
    y = tf.layers.dropout(x, 0.5, training=training)
    with tf.Session() as session:
        given = [session.run(y, {training: True}) for _ in range(3)]
        assert session.run(y).tolist() == session.run(y, {training: False}).tolist() == [1.0] * 8
    with tf.Session() as session:  # the condition is computed
        by_default = tf.placeholder_with_default(True, [])
        tf.set_random_seed(3)
        fed = [session.run(y, {training: session.run(by_default)}) for _ in range(3)]
    np.testing.assert_array_equal(given, fed)
    assert len({each.tobytes() for each in given}) == 3


def test_a_fetch_that_is_not_there_says_so():
    p = tf.placeholder(tf.bool, [])
    no, yes = switch(tf.constant(2.0), p)
    with tf.Session() as session:
        assert session.run(yes, {p: True}) == 2.0
        with pytest.raises(tf.errors.InvalidArgumentError, match="Retval"):
            session.run([no, tf.constant(1.0)], {p: True})


def test_a_variable_is_needed_whichever_side_is_taken():
    p = tf.placeholder(tf.bool, [])
    v = tf.Variable(1.0)
    y = tf.cond(p, lambda: tf.constant(1.0), lambda: v + 1.0)
    with tf.Session() as session, pytest.raises(tf.errors.FailedPreconditionError):
        session.run(y, {p: False})


def test_gradients_go_through_the_side_that_is_taken():
    p = tf.placeholder(tf.bool, [])
    x = tf.constant(3.0)
    y = tf.cond(p, lambda: x * x, lambda: x * 5.0)
    (gradient,) = tf.gradients(y, x)
    with tf.Session() as session:
        assert [session.run(gradient, {p: side}) for side in (True, False, True)] == [6.0, 5.0, 6.0]


def test_compiled_steps_have_no_choice():
    p = tf.placeholder(tf.bool, [])
    v = tf.Variable(tf.ones([64, 64]), use_resource=True)
    loss = tf.cond(p, lambda: tf.reduce_sum(v * v), lambda: tf.reduce_sum(v))
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    with tf.Session() as session:
        session.run(v.initializer)
        session.run([loss, step], {p: True})
        (executor,) = (made for by in session._prepared.values() for made in _made(by.executor))
        assert not any(step.region for step in executor.plan.steps)


def _made(executor):
    return list(getattr(executor, "_executors", {}).values())
