"""Several threads in one session: nothing is lost, nothing torn, and nobody starves another."""

import queue
import threading

import numpy as np
import pytest
from together import SECONDS, times, together

import stillflow.api as tf

THREADS = 4


@pytest.mark.usefixtures("tier")
class TestUpdates:
    def test_none_is_lost(self):
        """Each of the runs reads what the one before it wrote."""
        w = tf.Variable(tf.zeros([8]))
        step = tf.assign(w, w * 1.0 + 1.0)
        with tf.Session() as session:
            session.run(w.initializer)
            together(*[times(50, session.run, step.op)] * THREADS)
            assert session.run(w).tolist() == [50.0 * THREADS] * 8

    def test_of_different_plans_none_is_lost(self):
        w = tf.Variable(0, dtype=tf.int64)
        by = [tf.assign(w, w + 10**n).op for n in range(THREADS)]
        with tf.Session() as session:
            session.run(w.initializer)
            together(*[times(40, session.run, step) for step in by])
            assert session.run(w) == 40 * sum(10**n for n in range(THREADS))

    @pytest.mark.parametrize("size", [3, 5000])
    def test_a_fetch_shows_one_moment(self, size):
        """Variables that one run writes are never seen some new and some old."""
        variables = [tf.Variable(tf.zeros([size])) for _ in range(6)]
        step = tf.group(*[tf.assign_add(w, tf.ones([size])) for w in variables])
        sums = [tf.reduce_sum(w * 2.0) for w in variables]
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            seen = together(
                times(60, session.run, step),
                times(60, session.run, variables),
                times(60, session.run, sums),
            )
        for fetched in seen[1]:
            assert len({value.tobytes() for value in fetched}) == 1
            assert np.ptp(fetched[0]) == 0
        for fetched in seen[2]:
            assert len(set(fetched)) == 1

    def test_every_run_draws_numbers_of_its_own(self):
        drawn = tf.random_uniform([4], seed=3)
        with tf.Session() as session:
            seen = together(*[times(40, session.run, drawn)] * THREADS)
        rows = {row.tobytes() for rows in seen for row in rows}
        assert len(rows) == 40 * THREADS
        with tf.Session() as session:
            assert rows == {session.run(drawn).tobytes() for _ in range(40 * THREADS)}

    def test_variables_of_new_shapes_are_seen_whole(self):
        w = tf.Variable([1.0], validate_shape=False)
        x = tf.placeholder(tf.float32)
        store = tf.assign(w, x, validate_shape=False).op
        y = w * 2.0
        with tf.Session() as session:
            session.run(w.initializer)

            def write():
                for size in range(1, 30):
                    session.run(store, {x: np.full(size, size, np.float32)})

            seen = together(write, times(60, session.run, y), times(60, session.run, y))
        for values in seen[1] + seen[2]:
            assert values.tolist() in ([2.0], [2.0 * len(values)] * len(values))


@pytest.mark.usefixtures("tier")
class TestWaiting:
    def test_a_producer_and_a_consumer_progress_together(self):
        """Two Python functions that wait for each other, in runs that touch no variable."""
        items = queue.Queue(1)
        put = tf.py_func(lambda x: items.put(x, timeout=SECONDS), [tf.constant(1.0)], [])
        get = tf.py_func(lambda: items.get(timeout=SECONDS), [], tf.float32)
        with tf.Session() as session:
            _, got = together(times(20, session.run, put), times(20, session.run, get))
        assert got == [1.0] * 20

    def test_a_run_that_reads_does_not_hold_up_training(self):
        w = tf.Variable(tf.zeros([5000]))
        constant = tf.Variable(0.0)
        step = tf.assign_add(w, tf.ones([5000])).op
        started, go_on = threading.Event(), threading.Event()

        def wait(x):
            started.set()
            assert go_on.wait(SECONDS)
            return x

        seen = tf.py_func(wait, [constant], tf.float32)
        seen.set_shape([])
        after = w + seen
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(step)

            def train():
                assert started.wait(SECONDS)
                for _ in range(5):
                    session.run(step)
                go_on.set()

            value, _ = together(lambda: session.run(after), train)
            assert value.tolist() == [1.0] * 5000  # all of one moment
            assert session.run(w)[0] == 6.0

    def test_a_function_runs_others_of_its_session(self):
        """What the inner run changes is there after the outer one, which does not touch it."""
        w = tf.Variable(tf.zeros([5000]))
        u = tf.Variable(tf.zeros([5000]))
        inner = tf.assign_add(u, tf.ones([5000]))
        with tf.Session() as session:
            call = tf.py_func(lambda: session.run(inner)[0], [], tf.float32)
            outer = tf.assign_add(w, tf.fill([5000], call) + 0.0 * w)
            session.run(tf.global_variables_initializer())
            for run in range(1, 12):
                session.run(inner.op)
                session.run(outer.op)
                assert session.run(u)[0] == 2 * run
            assert session.run(w)[0] == sum(2 * run for run in range(1, 12))

    def test_an_inner_run_leaves_the_buffers_of_the_outer_one(self):
        """The outer run has taken a variable's value when the inner one replaces it."""
        w = tf.Variable(tf.zeros([5000]))
        u = tf.Variable(tf.ones([5000]))
        inner = tf.assign_add(u, tf.ones([5000])).op
        with tf.Session() as session:
            call = tf.py_func(lambda x: [session.run(inner), x][1], [w[0]], tf.float32)
            outer = tf.assign(w, u * 2.0 + call)
            session.run(tf.global_variables_initializer())
            for run in range(1, 8):
                before = session.run([w, u])
                session.run(outer.op)
                np.testing.assert_array_equal(session.run(w), before[1] * 2.0 + before[0][0])
                assert session.run(u)[0] == run + 1


class TestClosing:
    def test_a_run_ends_though_the_session_is_closed_meanwhile(self):
        started, go_on = threading.Event(), threading.Event()

        def wait(x):
            started.set()
            assert go_on.wait(SECONDS)
            return x

        w = tf.Variable(1.0)
        step = tf.assign_add(w, tf.py_func(wait, [tf.constant(2.0)], tf.float32))
        session = tf.Session()
        session.run(w.initializer)

        def close():
            assert started.wait(SECONDS)
            session.close()
            go_on.set()

        value, _ = together(lambda: session.run(step), close)
        assert value == 3.0
        with pytest.raises(RuntimeError, match="Attempted to use a closed Session"):
            session.run(step)


@pytest.mark.parametrize(
    "computed",
    [
        lambda x, size: tf.while_loop(lambda a: a[0] < 1.0, lambda a: a + size(), [x]),
        lambda x, size: tf.cond(tf.reduce_sum(x) > -1.0, lambda: x + size(), lambda: x),
    ],
)
def test_a_first_run_learns_of_its_own_shapes_while_another_one_has_others(computed, monkeypatch):
    """The run of two elements ends after that of three has been in the same loop or choice."""
    monkeypatch.setenv("STILLFLOW_TIER", "host")
    one_is_there, other_is_there, one_is_done = (threading.Event() for _ in range(3))

    def after(value):
        if len(value) == 2:
            one_is_there.set()
            other_is_there.wait(SECONDS)
        else:
            other_is_there.set()
            one_is_done.wait(SECONDS)
        return value

    x = tf.placeholder(tf.float32, [None])
    y = computed(x, lambda: tf.cast(tf.shape(x)[0], tf.float32))
    y = tf.py_func(after, [y], tf.float32)
    with tf.Session() as session:

        def one():
            session.run(y, {x: np.zeros(2)})
            one_is_done.set()

        def other():
            one_is_there.wait(SECONDS)
            session.run(y, {x: np.zeros(3)})

        together(one, other)
        assert session.run(y, {x: np.zeros(2)}).tolist() == [2.0, 2.0]
