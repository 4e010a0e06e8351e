"""Queues between threads: who waits for whom, and how waiting ends."""

import threading
import time

import pytest

import stillflow.api as tf
from tests.standstill import until_it_waits

SECONDS = 60


class Waiting:
    """A run in a thread of its own, which is to wait."""

    def __init__(self, session, fetches):
        self.outcome = None
        self._thread = threading.Thread(target=self._run, args=(session, fetches), daemon=True)
        self._thread.start()
        until_it_waits(self._thread)
        assert self._thread.is_alive(), self.outcome

    def _run(self, session, fetches):
        try:
            self.outcome = session.run(fetches)
        except Exception as error:
            self.outcome = error

    def result(self):
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()
        return self.outcome


@pytest.fixture
def session():
    with tf.Session() as session:
        yield session


def fails(outcome, error, sentence):
    assert type(outcome) is error
    assert sentence in str(outcome)


def test_a_full_queue_is_waited_for(session):
    queue = tf.FIFOQueue(1, tf.int32)
    session.run(queue.enqueue(1))
    waiting = Waiting(session, queue.enqueue(2))
    assert session.run(queue.dequeue()) == 1
    assert waiting.result() is None
    assert session.run(queue.dequeue()) == 2


def test_more_are_taken_than_fit(session):
    queue = tf.FIFOQueue(2, tf.int32, shapes=[[]])
    waiting = Waiting(session, queue.dequeue_many(5))
    session.run(queue.enqueue_many([[1, 2, 3, 4, 5, 6]]))
    assert waiting.result().tolist() == [1, 2, 3, 4, 5]
    assert session.run(queue.size()) == 1


def test_who_came_first_is_served_first(session):
    queue = tf.FIFOQueue(10, tf.int32, shapes=[[]])
    first = Waiting(session, queue.dequeue_many(3))
    second = Waiting(session, queue.dequeue())
    session.run(queue.enqueue_many([[1, 2]]))
    session.run(queue.enqueue_many([[3, 4]]))
    assert first.result().tolist() == [1, 2, 3]
    assert second.result() == 4


def test_closing_ends_who_waits_for_more(session):
    queue = tf.FIFOQueue(10, tf.int32, shapes=[[]], name="q")
    session.run(queue.enqueue_many([[1, 2, 3]]))
    waiting = Waiting(session, queue.dequeue_many(5))
    session.run(queue.close())
    error = waiting.result()
    fails(error, tf.errors.OutOfRangeError, "is closed and has insufficient elements (requested 2")
    assert session.run(queue.size()) == 3
    assert session.run(queue.dequeue_up_to(5)).tolist() == [1, 2, 3]


def test_closing_waits_for_who_came_before(session):
    queue = tf.FIFOQueue(1, tf.int32, name="q")
    session.run(queue.enqueue(1))
    before, closing = Waiting(session, queue.enqueue(2)), Waiting(session, queue.close())
    after = Waiting(session, queue.enqueue(3))
    assert [session.run(queue.dequeue()) for _ in range(2)] == [1, 2]
    assert before.result() is closing.result() is None
    fails(after.result(), tf.errors.CancelledError, "_q' is closed.")


def test_closing_may_send_away_who_waits(session):
    queue = tf.FIFOQueue(1, tf.int32)
    session.run(queue.enqueue(1))
    waiting = Waiting(session, queue.enqueue(2))
    session.run(queue.close(cancel_pending_enqueues=True))
    fails(waiting.result(), tf.errors.CancelledError, "Enqueue operation was cancelled")


def test_closing_the_session_ends_every_wait():
    session = tf.Session()
    queue = tf.FIFOQueue(1, tf.int32)
    waiting = Waiting(session, queue.dequeue())
    session.close()
    fails(waiting.result(), tf.errors.CancelledError, "Dequeue operation was cancelled")


def test_another_thread_ends_a_wait_and_what_follows_it_the_other(session):
    first, second = (tf.FIFOQueue(1, tf.int32, shapes=[[]]) for _ in range(2))
    x = first.dequeue()
    waiting = Waiting(session, [second.dequeue(), x, second.enqueue(x + 1)])
    session.run(first.enqueue(3))
    assert waiting.result() == [4, 3, None]


def test_a_reset_closes_all_sessions(only_own_sessions):
    queue = tf.FIFOQueue(1, tf.int32)
    session = tf.Session()
    waiting = Waiting(session, queue.dequeue())
    tf.Session.reset("", ["any container"])
    fails(waiting.result(), tf.errors.CancelledError, "Dequeue operation was cancelled")
    with pytest.raises(tf.errors.CancelledError, match="Session has been closed"):
        session.run(queue.size())


def test_a_run_may_have_a_deadline(session):
    queue = tf.FIFOQueue(3, tf.int32, shapes=[[]])
    session.run(queue.enqueue(1))
    options = tf.RunOptions(timeout_in_ms=30)
    with pytest.raises(tf.errors.DeadlineExceededError, match="Timed out waiting for notification"):
        session.run(queue.dequeue_many(2), options=options)
    assert session.run(queue.dequeue(), options=options) == 1  # what was taken went back
    with tf.Session(config=tf.ConfigProto(operation_timeout_in_ms=30)) as impatient:
        began = time.monotonic()
        with pytest.raises(tf.errors.DeadlineExceededError):
            impatient.run(queue.dequeue())
    assert time.monotonic() - began < SECONDS / 2


def test_a_failed_run_leaves_no_line(session):
    """Of two waits side by side one fails; the other takes nothing any more."""
    ended, queue = tf.FIFOQueue(1, tf.int32), tf.FIFOQueue(1, tf.int32)
    session.run(ended.close())
    with pytest.raises(tf.errors.OutOfRangeError):
        session.run([ended.dequeue(), queue.dequeue()])
    session.run(queue.enqueue(1))
    assert session.run(queue.size()) == 1


@pytest.mark.usefixtures("tier")
def test_elements_are_copies(session):
    x = tf.placeholder(tf.float32, [3])
    queue = tf.FIFOQueue(9, tf.float32, shapes=[[3]])
    put, got = queue.enqueue(x), queue.dequeue()
    values = tf.zeros([3]).eval(session=session)
    session.run(put, {x: values})
    values[:] = 7.0
    assert session.run(got).tolist() == [0.0] * 3


@pytest.mark.usefixtures("tier")
def test_threads_feed_and_train(session):
    """Three feed batches that they draw, two train on them; every batch is used once."""
    queue = tf.FIFOQueue(2, tf.float32, shapes=[[]])
    count, total = tf.Variable(0.0), tf.Variable(0.0)
    put = queue.enqueue(tf.assign_add(count, 1.0) + 0.0 * tf.random_uniform([]))
    train = tf.assign_add(total, queue.dequeue() * 1.0).op
    session.run(tf.global_variables_initializer())

    def run(what, often):
        for _ in range(often):
            session.run(what)

    jobs = [(put, 20)] * 3 + [(train, 30)] * 2
    threads = [threading.Thread(target=run, args=job, daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert not any(thread.is_alive() for thread in threads)
    assert session.run([count, total, queue.size()]) == [60.0, 60 * 61 / 2, 0]


def test_a_handle_of_another_kind_is_refused(session):
    size = tf.raw_ops.QueueSizeV2(handle=tf.WholeFileReader().reader_ref)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Expected Queue got WholeFileReader"):
        session.run(size)


def test_a_barrier_puts_components_together_in_the_order_of_their_keys():
    from stillflow.ops.queues.barriers import Barrier

    with tf.Graph().as_default(), tf.Session() as session:
        barrier = Barrier((tf.float32, tf.string), shapes=((), (2,)), name="B")
        first = barrier.insert_many(0, [b"a", b"b", b"c"], [1.0, 2.0, 3.0])
        second = barrier.insert_many(1, [b"c", b"a"], [["x", "y"], ["z", "w"]])
        taken = barrier.take_many(2)
        sizes = [barrier.ready_size(), barrier.incomplete_size()]
        again = barrier.insert_many(0, [b"b"], [9.0])
        new = barrier.insert_many(0, [b"d"], [9.0])
        session.run(first)
        assert session.run(sizes) == [0, 3]
        session.run(second)
        assert session.run(sizes) == [2, 1]
        indices, keys, (numbers, texts) = session.run(taken)
        assert keys.tolist() == [
            b"c",
            b"a",
        ]  # of one insertion in the order in which they are whole
        assert numbers.tolist() == [3.0, 1.0]
        assert texts.tolist() == [[b"x", b"y"], [b"z", b"w"]]
        assert indices.tolist() == [-(2**63)] * 2
        with pytest.raises(tf.errors.InvalidArgumentError, match="already has a value"):
            session.run(again)
        session.run(barrier.close())
        with pytest.raises(
            tf.errors.CancelledError, match="attempted to insert a brand new key: d"
        ):
            session.run(new)
        session.run(barrier.insert_many(1, [b"b"], [["u", "v"]]))
        with pytest.raises(tf.errors.OutOfRangeError, match=r"insufficient elements \(requested 2"):
            session.run(taken)
        assert session.run(barrier.take_many(2, allow_small_batch=True))[1].tolist() == [b"b"]


def test_waiting_for_a_barrier_ends_with_its_session():
    from stillflow.ops.queues.barriers import Barrier

    with tf.Graph().as_default():
        session = tf.Session()
        waiting = Waiting(session, Barrier(tf.int32, shapes=((),)).take_many(1))
        session.close()
        assert type(waiting.result()) is tf.errors.CancelledError
