"""Pipelines of queues under stress: runs that fail and are interrupted, and how waiting ends."""

import ctypes
import random
import threading
import time
from collections import Counter

import pytest

import stillflow as tf
from tests.standstill import until_it_waits

SECONDS = 30
NUMBERS = 60


class Interrupted(BaseException):
    """What a thread is interrupted with; no `except Exception` stops it."""


class Pipeline:
    """Numbers from a queue through threads to a second queue, and out of it into a variable.

    Any run may fail: by a deadline, by a Python function, or because its thread is interrupted.
    """

    def __init__(self, seed):
        self._random = random.Random(seed)
        tf.reset_default_graph()
        self._source = tf.FIFOQueue(NUMBERS, tf.int32, shapes=[[]])
        self._between = tf.FIFOQueue(5, tf.int32, shapes=[[]])
        self._counts = tf.Variable(tf.zeros([NUMBERS], tf.int32))
        number = tf.py_func(self._fails_at_times, [self._source.dequeue()], tf.int32)
        self._move = self._between.enqueue(tf.reshape(number, []))
        taken = tf.py_func(self._fails_at_times, [self._between.dequeue_up_to(4)], tf.int32)
        taken = tf.reshape(taken, [-1])
        self._train = tf.scatter_add(self._counts, taken, tf.ones_like(taken)).op
        self._fill = self._source.enqueue_many([tf.range(NUMBERS)])
        self._close = self._source.close(), self._between.close()
        self._session = tf.Session()
        self._session.run(tf.global_variables_initializer())
        self._done = threading.Event()

    def _fails_at_times(self, value):
        if self._random.random() < 0.2:
            raise ValueError("now and then")
        return value

    def _again_and_again(self, fetch):
        options = tf.RunOptions()
        while not self._done.is_set():
            options.timeout_in_ms = self._random.choice(
                [1, 3, 30, 1000]
            )  # however busy the machine is
            try:
                self._session.run(fetch, options=options)
            except tf.errors.OutOfRangeError:
                return
            except (tf.errors.OpError, ValueError):
                continue
            except RuntimeError:  # the session was closed before the call
                if not self._done.is_set():
                    raise

    def run(self):
        """Returns how often each number arrived."""
        self._session.run(self._fill)
        jobs = [self._move, self._move, self._train]
        threads = [
            threading.Thread(target=self._again_and_again, args=(job,), daemon=True) for job in jobs
        ]
        for thread in threads:
            thread.start()
        until = time.monotonic() + SECONDS
        counts = Counter()
        while time.monotonic() < until and sum(counts.values()) < NUMBERS:
            time.sleep(0.002)
            counts = Counter(dict(enumerate(self._session.run(self._counts).tolist())))
        self._done.set()
        self._session.close()
        for thread in threads:
            thread.join(SECONDS)
            assert not thread.is_alive()
        return counts


@pytest.mark.parametrize("seed", range(3))
def test_every_element_arrives_once(seed):
    """However runs fail between the queues."""
    assert Pipeline(seed).run() == Counter(range(NUMBERS))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 1003))
def test_every_element_arrives_once_whatever_fails(seed):
    assert Pipeline(seed).run() == Counter(range(NUMBERS))


def interrupt(thread):
    """Has `thread` raise Interrupted where it is."""
    number = ctypes.c_ulong(thread.ident)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(number, ctypes.py_object(Interrupted))


def until_interrupted(session, fetch):
    try:
        while True:
            session.run(fetch)
    except Interrupted:
        return
    except tf.errors.OpError:
        return


@pytest.mark.parametrize("seed", range(2))
def test_interrupted_threads_leave_the_queue_in_order(seed):
    """Threads that move an element round and round are killed; all elements are still there."""
    tf.reset_default_graph()
    queue = tf.FIFOQueue(20, tf.int32, shapes=[[]])
    other = tf.FIFOQueue(20, tf.int32, shapes=[[]])
    there, back = other.enqueue(queue.dequeue()), queue.enqueue(other.dequeue())
    drawn = random.Random(seed)
    with tf.Session() as session:
        session.run(queue.enqueue_many([tf.range(10)]))
        for _ in range(2):
            threads = [
                threading.Thread(target=until_interrupted, args=(session, fetch), daemon=True)
                for fetch in (there, back)
            ]
            for thread in threads:
                thread.start()
            time.sleep(drawn.random() * 0.02)
            for thread in threads:
                interrupt(thread)
                thread.join(SECONDS)
                assert not thread.is_alive()
        sizes = session.run([queue.size(), other.size()])
        assert sum(sizes) <= 10
        left = [session.run(q.dequeue_many(n)) for q, n in zip((queue, other), sizes, strict=True)]
        numbers = [int(number) for part in left for number in part]
        assert len(set(numbers)) == len(numbers)  # none is doubled
        session.run(queue.enqueue(3))  # and nobody has locked it for ever
        assert session.run(queue.dequeue()) == 3


def test_a_runner_that_dies_is_reported():
    def fail():
        raise ValueError("no more of this")

    queue = tf.FIFOQueue(5, tf.int64)
    put = queue.enqueue(tf.py_func(fail, [], tf.int64))
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, [put]))
    with tf.Session() as session:
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        with pytest.raises(tf.errors.OutOfRangeError, match="is closed and has insufficient"):
            session.run(queue.dequeue())
        with pytest.raises(tf.errors.InvalidArgumentError, match="ValueError: no more of this"):
            coordinator.join(threads)


def test_what_a_failed_run_took_is_there_again():
    queue = tf.FIFOQueue(5, tf.int32, shapes=[[]])
    wrong = tf.placeholder(tf.int32, [])
    used = tf.gather([1, 2, 3], queue.dequeue() + wrong)
    with tf.Session() as session:
        session.run(queue.enqueue_many([[0, 1, 2]]))
        for _ in range(3):
            with pytest.raises(tf.errors.InvalidArgumentError):
                session.run(used, {wrong: 100})
        assert [session.run(used, {wrong: 0}) for _ in range(3)] == [1, 2, 3]


def test_a_record_that_a_failed_run_read_comes_again(tmp_path):
    path = tmp_path / "lines"
    path.write_text("a\nb\nc\n")
    queue = tf.FIFOQueue(5, tf.string, shapes=[[]])
    reader = tf.TextLineReader()
    limit = tf.placeholder(tf.int32, [])
    _, line = reader.read(queue)
    with tf.control_dependencies([tf.Assert(limit > 0, ["no"])]):
        used = tf.identity(line)
    with tf.control_dependencies([line]):
        checked = tf.gather([0], limit)
    with tf.Session() as session:
        session.run(queue.enqueue(str(path)))
        assert session.run(used, {limit: 1}) == b"a"
        for _ in range(2):
            with pytest.raises(tf.errors.InvalidArgumentError):
                session.run(checked, {limit: 5})
        assert session.run([used, reader.num_records_produced()], {limit: 1})[0] == b"b"
        assert session.run(used, {limit: 1}) == b"c"
        assert session.run(reader.num_records_produced()) == 3


def test_closing_the_session_ends_readers_areas_and_accumulators():
    queue = tf.FIFOQueue(1, tf.string)
    waits = [
        tf.TextLineReader().read(queue),
        tf.contrib.staging.StagingArea([tf.int32]).get(),
        tf.ConditionalAccumulator(tf.float32).take_grad(1),
    ]
    session = tf.Session()
    outcomes = []

    def wait(fetch):
        try:
            session.run(fetch)
        except tf.errors.CancelledError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=wait, args=(fetch,), daemon=True) for fetch in waits]
    for thread in threads:
        thread.start()
    until_it_waits(*threads)
    session.close()
    for thread in threads:
        thread.join(SECONDS)
    assert len(outcomes) == len(waits)


def test_runners_are_started_once_and_end_with_their_coordinator():
    batch = tf.train.batch(tf.train.slice_input_producer([tf.range(9)]), 2, num_threads=2)
    with tf.Session() as session:
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        assert tf.train.start_queue_runners(session, coordinator) == []  # they run already
        session.run(batch)
        coordinator.request_stop()
        coordinator.join(threads)
        assert not any(thread.is_alive() for thread in threads)
