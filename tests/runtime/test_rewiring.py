"""What changes of a graph that has run, or has not, do to the plans of its sessions."""

import numpy as np
import pytest

import stillflow as tf


def executors(session):
    return list(session._executors.values())


def test_a_rewired_operation_runs_as_it_is_now(tier):
    a, b = tf.constant(1.0), tf.constant(2.0)
    double = tf.negative(tf.identity(a))
    with tf.Session() as session:
        for _ in range(30):
            assert session.run(double) == -1
        double.op._update_input(0, b)
        for _ in range(30):
            assert session.run(double) == -2


def test_consumers_are_those_of_each_input():
    a, b = tf.constant(1.0), tf.constant(2.0)
    added = tf.add(a, b).op
    added._update_input(1, a)
    assert (a.consumers(), b.consumers()) == ([added, added], [])
    message = r"Input index \[2\] is greater than the number of total inputs \[2\]."
    with pytest.raises(tf.errors.OutOfRangeError, match=message):
        added._update_input(2, a)


def test_a_control_input_that_is_added_is_waited_for(tier):
    v = tf.Variable(0.0)
    read = tf.identity(tf.constant(1.0))
    with tf.Session() as session:
        session.run(v.initializer)
        session.run(read)
        read.op._add_control_input(tf.assign_add(v, 1.0).op)
        session.run([read, tf.negative(read)])
        assert session.run(v) == 1


def test_plans_that_hold_no_more_are_given_up():
    x = tf.placeholder(tf.float32, [2])
    y = tf.negative(x)
    with tf.Session() as session:
        session.run(y, {x: [1, 2]})
        session.run(y * 2, {x: [1, 2]})
        y.op._update_input(0, tf.constant([3.0, 4.0]))
        assert session.run(y).tolist() == [-3, -4]
        assert len(executors(session)) == 1


def test_rewiring_what_has_not_run_leaves_plans_alone():
    """Libraries build an operation and then change its input, between steps of a training too."""
    x = tf.placeholder(tf.float32, [2])
    y = tf.negative(x)
    with tf.Session() as session:
        session.run(y, {x: [1, 2]})
        before = executors(session)
        new = tf.negative(tf.zeros([2]))
        new.op._update_input(0, x)
        new.op._set_attr("_note", 1)
        new.op._add_control_input(tf.no_op())
        np.testing.assert_array_equal(session.run(y, {x: [1, 2]}), [-1, -2])
        assert executors(session) == before
        assert session.run(new, {x: [1, 2]}).tolist() == [-1, -2]
