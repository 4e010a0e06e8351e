"""Loops that do not need each other are functions of their own, on several threads."""

import threading

import jax
import numpy as np
import pytest

import stillflow as tf
from stillflow.runtime import xla_parallel

WIDTH, TURNS = 256, 12


def looped(x, w):
    """x: f32[rows, WIDTH] through as many layers as there are turns."""
    turn = lambda i, x: (i + 1, tf.tanh(tf.matmul(x, w)))
    return tf.while_loop(lambda i, _: i < TURNS, turn, [0, x])[1]


def two_ways(x):
    random = np.random.RandomState(0)
    ws = [
        tf.Variable(random.randn(WIDTH, WIDTH).astype(np.float32) / 16, name=name)
        for name in ("there", "back")
    ]
    return [looped(x, ws[0]), looped(x[::-1], ws[1])], ws


@pytest.fixture
def divided(monkeypatch):
    """What was cut into stages: of each run that was looked at, how many functions they have."""
    found = []
    stages = xla_parallel._stages

    def watched(jaxpr):
        result = stages(jaxpr)
        found.append(result and [len(stage) for stage in result])
        return result

    monkeypatch.setattr(xla_parallel, "_stages", watched)
    return found


def trained(tier, monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", tier)
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, WIDTH])
        results, ws = two_ways(x)
        loss = tf.reduce_mean(tf.square(results[0] + results[1]))
        train = tf.train.GradientDescentOptimizer(1.0).minimize(loss)
        fed = np.random.RandomState(1).randn(16, WIDTH).astype(np.float32)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            losses = [session.run([loss, train], {x: fed})[0] for _ in range(4)]
            return losses, session.run(ws)


def test_both_ways_and_back_again_run_side_by_side(divided, monkeypatch):
    losses, ws = trained("xla", monkeypatch)
    in_parallel = [functions for functions in divided if functions]
    assert [functions.count(2) for functions in in_parallel] == [2]  # forward, and backward
    expected, expected_ws = trained("host", monkeypatch)
    np.testing.assert_allclose(losses, expected, rtol=1e-5)
    np.testing.assert_allclose(ws, expected_ws, rtol=1e-4, atol=1e-6)
    assert losses[-1] < losses[0]


def test_loops_of_which_one_needs_the_other_are_one_function(divided, monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x = tf.placeholder(tf.float32, [16, WIDTH])
    w = tf.constant(np.eye(WIDTH, dtype=np.float32))
    twice = looped(looped(x, w), w)
    with tf.Session() as session:
        assert session.run(twice, {x: np.ones((16, WIDTH))}).shape == (16, WIDTH)
    assert divided == [None]


def test_a_failed_check_in_one_of_them_leaves_the_variables(monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x = tf.placeholder(tf.float32, [16, WIDTH])
    limit = tf.placeholder(tf.float32, [])
    (there, back), ws = two_ways(x)
    with tf.control_dependencies([tf.assert_less(tf.reduce_max(back), limit)]):
        update = [w.assign_add(tf.reduce_mean(there) + tf.zeros_like(w)) for w in ws]
    fed = np.ones((16, WIDTH), np.float32)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(ws)
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run(update, {x: fed, limit: -2.0})
        np.testing.assert_array_equal(session.run(ws), before)
        session.run(update, {x: fed, limit: 2.0})
        assert not np.array_equal(session.run(ws), before)


def test_what_one_of_them_raises_comes_when_none_runs_any_more():
    finished = threading.Event()

    def slow():
        finished.wait(0.2)
        finished.set()
        return []

    def fails():
        raise jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: of the test")

    parts = [xla_parallel._Part([], [], function) for function in (fails, slow)]
    with pytest.raises(jax.errors.JaxRuntimeError):
        xla_parallel._together(parts, {})
    assert finished.is_set()
