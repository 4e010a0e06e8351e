"""Runners make several turns at once where that is the same: `runtime.turns`."""

import threading
import time
from collections import Counter

import numpy as np
import pytest

import stillflow as tf
from stillflow.runtime.plan import make_plan
from stillflow.runtime.turns import Turns

NUMBERS = 200


def queues(capacity):
    return tf.FIFOQueue(NUMBERS, tf.int32, shapes=[[]]), tf.FIFOQueue(
        capacity, [tf.int32, tf.float32], shapes=[[], [2]]
    )


def moving(source, target):
    """The operation that brings rows of a table from one queue to another."""
    index = source.dequeue()
    table = tf.constant(np.arange(2 * NUMBERS, dtype=np.float32).reshape(NUMBERS, 2))
    return target.enqueue([index, 2.0 * tf.gather(table, index)])


def test_turns_are_made_at_once_and_in_order():
    source, target = queues(NUMBERS)
    put = moving(source, target)
    assert Turns(make_plan([put], [])).is_possible
    with tf.Session() as session:
        session.run(source.enqueue_many([tf.range(NUMBERS)]))
        turns, count = session.make_turns(put), 0
        while session.run(target.size()) < NUMBERS:
            turns()
            count += 1
        assert count < NUMBERS / 10
        indices, rows = session.run(target.dequeue_many(NUMBERS))
    assert indices.tolist() == list(range(NUMBERS))
    np.testing.assert_array_equal(rows[:, 0], 4.0 * np.arange(NUMBERS))


def test_what_changes_or_draws_goes_turn_by_turn():
    source, target = queues(NUMBERS)
    count = tf.Variable(0)
    index = source.dequeue()
    puts = [
        target.enqueue([index + count, [1.0, 2.0]]),
        target.enqueue([index, tf.random_uniform([2])]),
        target.enqueue([tf.assign_add(count, index), [1.0, 2.0]]),
        target.enqueue([index + source.dequeue(), [1.0, 2.0]]),
        target.enqueue([tf.reshape(tf.py_func(lambda x: x, [index], tf.int32), []), [1.0, 2.0]]),
    ]
    assert not any(Turns(make_plan([put], [])).is_possible for put in puts)


def test_an_element_that_is_refused_comes_after_those_before_it():
    source, target = queues(NUMBERS)
    put = moving(source, target)
    with tf.Session() as session:
        session.run(source.enqueue_many([[3, 4, NUMBERS + 7, 5]]))
        turns = session.make_turns(put)
        turns()
        turns()
        with pytest.raises(tf.errors.InvalidArgumentError, match="is not in"):
            turns()
        assert session.run(target.size()) == 2
        assert session.run(source.dequeue_many(2)).tolist() == [NUMBERS + 7, 5]


def test_a_turn_that_is_ended_loses_and_doubles_nothing():
    source, target = queues(10)
    put = moving(source, target)
    with tf.Session() as session:
        session.run(source.enqueue_many([tf.range(30)]))
        turns, ended = session.make_turns(put), threading.Event()

        def fill():
            try:
                while True:
                    turns()
            except tf.errors.CancelledError:
                ended.set()

        threading.Thread(target=fill, daemon=True).start()
        while session.run(target.size()) < 10:
            time.sleep(0.01)
        session.run(target.close(cancel_pending_enqueues=True))
        assert ended.wait(30)
        there = session.run(target.dequeue_up_to(10))[0].tolist()
        back = session.run(source.dequeue_up_to(session.run(source.size()))).tolist()
    assert Counter(there + back) == Counter(range(30))


def test_the_end_comes_when_everything_has_been_brought():
    source, target = queues(NUMBERS)
    put = moving(source, target)
    with tf.Session() as session:
        session.run(source.enqueue_many([[1, 2, 3]]))
        session.run(source.close())
        turns = session.make_turns(put)
        turns()
        with pytest.raises(tf.errors.OutOfRangeError, match="is closed and has insufficient"):
            turns()
        assert session.run(target.size()) == 3
