"""Coordinator and LooperThread."""

import threading
import time

import pytest

import stillflow as tf


def worker(coord, target):
    thread = threading.Thread(target=target, args=(coord,), daemon=True)
    thread.start()
    return thread


def until_stopped(coord):
    coord.wait_for_stop()


def test_join_waits_for_the_threads_to_end():
    coord = tf.train.Coordinator()
    threads = [worker(coord, until_stopped) for _ in range(3)]
    assert not coord.should_stop()
    coord.request_stop()
    coord.join(threads)
    assert coord.joined
    assert not any(thread.is_alive() for thread in threads)


def test_join_raises_what_a_thread_reported():
    coord = tf.train.Coordinator()

    def fail(coord):
        with coord.stop_on_exception():
            raise ValueError("first")

    threads = [worker(coord, fail), worker(coord, until_stopped)]
    coord.wait_for_stop()
    coord.request_stop(KeyError("later"))
    with pytest.raises(ValueError, match="first"):
        coord.join(threads)
    with pytest.raises(ValueError, match="first"):
        coord.raise_requested_exception()


def test_end_of_input_is_no_error():
    coord = tf.train.Coordinator()
    coord.request_stop(tf.errors.OutOfRangeError(None, None, "end"))
    coord.join([])
    own = tf.train.Coordinator(clean_stop_exception_types=(KeyError,))
    own.request_stop((KeyError, KeyError("end"), None))
    own.join([])


def test_threads_that_do_not_stop_are_named():
    coord, release = tf.train.Coordinator(), threading.Event()
    thread = threading.Thread(target=release.wait, name="stubborn", daemon=True)
    thread.start()
    coord.register_thread(thread)
    coord.request_stop()
    message = "Coordinator stopped with threads still running: stubborn"
    with pytest.raises(RuntimeError, match=message):
        coord.join(stop_grace_period_secs=0.01)
    coord.join([thread], stop_grace_period_secs=0.01, ignore_live_threads=True)
    release.set()


def test_after_join_an_error_is_raised_at_once():
    coord = tf.train.Coordinator()
    coord.request_stop()
    coord.join([])
    with pytest.raises(ValueError, match="late"):
        coord.request_stop(ValueError("late"))
    coord.clear_stop()
    assert not coord.should_stop()
    assert not coord.joined


def test_looper_calls_until_the_stop():
    coord, calls = tf.train.Coordinator(), []

    def turn(limit, step=1):
        calls.append(step)
        if len(calls) == limit:
            coord.request_stop()

    looper = tf.train.LooperThread.loop(coord, 0.001, turn, args=(3,), kwargs={"step": 2})
    coord.join()
    assert calls == [2, 2, 2]
    assert not looper.is_alive()


def test_looper_keeps_its_interval():
    coord, times = tf.train.Coordinator(), [time.monotonic()]

    def turn():
        times.append(time.monotonic())
        if len(times) == 4:
            coord.request_stop()

    tf.train.LooperThread.loop(coord, 0.02, turn)
    coord.join()
    assert times[-1] - times[0] >= 0.04


def test_looper_needs_a_coordinator():
    with pytest.raises(ValueError, match="'coord' argument must be a Coordinator: 3"):
        tf.train.LooperThread(3, None)
