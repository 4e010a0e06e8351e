"""Critical sections keep the runs of several threads apart."""

import threading
import time

import pytest

import stillflow as tf
from tests.standstill import until_it_waits


def test_threads_are_in_a_section_one_at_a_time():
    inside, most = [], []

    def stay():
        inside.append(None)
        most.append(len(inside))
        time.sleep(0.002)
        inside.pop()
        return 1.0

    section = tf.CriticalSection()
    out = section.execute(lambda: tf.py_func(stay, [], tf.float64))
    with tf.Session() as sess:
        threads = [
            threading.Thread(target=lambda: [sess.run(out) for _ in range(5)]) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(most) == 20
    assert set(most) == {1}


def test_a_run_that_fails_leaves_the_section_to_others():
    section, x = tf.CriticalSection(), tf.placeholder(tf.bool, [])

    def checked():
        with tf.control_dependencies([tf.Assert(x, ["no"])]):
            return tf.constant(1)

    out = section.execute(checked)
    kept, results = [], []
    with tf.Session() as sess:

        def fail():
            try:
                sess.run(out, {x: False})
            except tf.errors.InvalidArgumentError as error:
                kept.append(error)

        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        thread = threading.Thread(target=lambda: results.append(sess.run(out, {x: True})))
        thread.start()
        thread.join(10)
    assert kept
    assert results == [1]


def test_what_is_fetched_within_a_section_leaves_it_at_the_end_of_the_run():
    section = tf.CriticalSection()
    within = []
    out = section.execute(
        lambda: within.append(tf.py_func(lambda: 2.0, [], tf.float64)) or within[0]
    )
    results = []
    with tf.Session() as sess:
        threads = [
            threading.Thread(target=lambda wanted=wanted: results.append(sess.run(wanted)))
            for wanted in (within[0], out, within[0], out)
        ]
        for thread in threads:
            thread.start()
            thread.join(10)
    assert results == [2.0] * 4


def test_a_section_that_is_waited_for_ends_with_the_session():
    section, entered, leave = tf.CriticalSection(), threading.Event(), threading.Event()

    def wait():
        entered.set()
        leave.wait(60)
        return 1.0

    out = section.execute(lambda: tf.py_func(wait, [], tf.float64))
    sess = tf.Session()
    first = threading.Thread(target=lambda: sess.run(out))
    first.start()
    entered.wait(10)
    errors = []

    def second():
        with pytest.raises(tf.errors.CancelledError) as error:
            sess.run(out)
        errors.append(error)

    thread = threading.Thread(target=second)
    thread.start()
    until_it_waits(thread)
    sess.close()
    thread.join(30)
    leave.set()
    first.join(30)
    assert errors
