"""What a run computes in place of what was built, and where it does not."""

import numpy as np
import pytest

import stillflow as tf


def types_in_plan(session):
    (executor,) = session._executors.values()
    return [step.op.type for step in executor.plan.steps]


def run(fetches, feeds):
    """The values, and the op types of the steps that were planned."""
    with tf.Session() as session:
        return session.run(fetches, feeds), types_in_plan(session)


@pytest.fixture
def x():
    return tf.placeholder(tf.float32, [2])


def test_two_constants_are_one(x, tier):
    """1e8 is lost beside 1; the constants' difference is not."""
    got, types = run((x + 1e8) - 1e8, {x: [1, 3]})
    assert got.tolist() == [1, 3]
    assert len(types) == 1


def test_a_chain_of_constants_is_one(x, tier):
    got, types = run(((x + 1.0) - 3.0) + 2.5, {x: [1, 3]})
    assert got.tolist() == [1.5, 3.5]
    assert len(types) == 1


def test_a_computed_constant_counts_as_one(x, tier):
    large = tf.cast(tf.constant(1e8, tf.float64), tf.float32)
    got, types = run((x + large) - 1e8, {x: [1, 3]})
    assert got.tolist() == [1, 3]
    assert len(types) == 1


def test_a_declared_shape_counts_as_constant(tier):
    """What it is the shape of is there still, though it was computed for one other op alone."""
    x = tf.placeholder(tf.float32, [2])
    inner = x * tf.random_uniform([2], seed=1)
    scaled = tf.exp(inner) / tf.cast(tf.shape(inner)[0], tf.float32)
    got, types = run(scaled, {x: [0, 0]})
    assert got.tolist() == [0.5, 0.5]
    assert "Shape" not in types


@pytest.mark.parametrize("also", ["fetched", "used"])
def test_what_is_wanted_besides_is_left(x, tier, also):
    inner = x + 1e8
    outer = inner - 1e8
    fetches = [outer, inner if also == "fetched" else tf.negative(inner)]
    (got, _), types = run(fetches, {x: [1, 3]})
    assert got.tolist() == [0, 0]
    assert "AddV2" in types


def test_what_is_fed_is_left(x, tier):
    inner = x + 1e8
    got, _ = run(inner - 1e8, {inner: [1, 2], x: [0, 0]})
    np.testing.assert_array_equal(got, np.float32([1, 2]) - np.float32(1e8))


def test_a_variable_is_read_where_the_program_reads_it(tier):
    w = tf.Variable(2.0)
    before = w * 3.0
    with tf.control_dependencies([before]):
        write = tf.assign(w, 100.0)
    with tf.control_dependencies([write]):
        after = tf.multiply(before, 5.0)
    with tf.Session() as session:
        session.run(w.initializer)
        assert session.run(after) == 30


def test_strings_add_up_in_their_order():
    s = tf.placeholder(tf.string, [])
    got, _ = run(tf.add(tf.add(s, "b"), "c"), {s: "a"})
    assert got == b"abc"


def test_a_graph_says_nothing_of_it(x):
    y = (x + 1.0) + 2.0
    run(y, {x: [1, 2]})
    assert [op.type for op in tf.get_default_graph().get_operations()].count("AddV2") == 2
