"""What a session keeps, what it gives away, and what a failed run leaves behind."""

import threading

import numpy as np
import pytest

import stillflow.api as tf


@pytest.mark.usefixtures("tier")
class TestOwnership:
    """Arrays that a program feeds and fetches are its own."""

    def test_a_fetched_array_can_be_written_without_changing_the_variable(self):
        w = tf.Variable([1.0, 2.0])
        with tf.Session() as session:
            session.run(w.initializer)
            fetched = session.run(w)
            fetched[:] = 7.0
            assert session.run(w).tolist() == [1.0, 2.0]

    def test_a_fed_array_can_be_changed_after_the_run(self):
        x = tf.placeholder(tf.float32, [4096])
        w = tf.Variable(tf.zeros([4096]))
        store = tf.assign(w, x)
        values = np.ones(4096, np.float32)
        with tf.Session() as session:
            session.run(w.initializer)
            session.run(store.op, {x: values})
            values[:] = 7.0
            np.testing.assert_array_equal(session.run(w), np.ones(4096, np.float32))

    def test_a_fed_array_that_went_through_reshapes_stays_the_callers(self, monkeypatch):
        """Two reshapes give back the elements in their first shape, and are left out of runs."""
        monkeypatch.setattr("stillflow.runtime.executor.RUNS_BEFORE_WRITING", 2)
        x = tf.placeholder(tf.float32, [3, 1])
        w = tf.Variable(tf.zeros([3, 1]))
        store = tf.assign(w, tf.reshape(tf.reduce_sum(x, 1), [3, 1]))
        with tf.Session() as session:
            session.run(w.initializer)
            for run in range(6):
                values = np.full((3, 1), run, np.float32)
                session.run(store.op, {x: values})
                values[:] = -1.0
                assert session.run(w).tolist() == [[run]] * 3

    def test_a_fed_tensor_that_is_fetched_is_what_was_fed(self):
        x = tf.placeholder(tf.float32, [None])
        scalar = tf.placeholder(tf.float32, [])
        values = np.ones(3, np.float32)
        with tf.Session() as session:
            same = tf.identity(x)
            fetched = session.run([x + 1.0, x, same, scalar], {x: values, scalar: 2.0})
            assert fetched[1] is values
            assert fetched[2] is not values
            assert type(fetched[3]) is np.ndarray
            assert fetched[3].shape == ()
            assert session.run(x, {x: [1.0]}).tolist() == [1.0]
            assert session.make_callable(x, [x])(values) is values

    def test_a_scalar_comes_back_as_a_numpy_scalar(self):
        with tf.Session() as session:
            value = session.run(tf.placeholder_with_default(2.5, []) * 2.0)
        assert type(value) is np.float32
        assert value == 5.0

    def test_variables_of_two_sessions_are_apart(self):
        w = tf.Variable(1.0)
        add = tf.assign_add(w, 1.0)
        with tf.Session() as first, tf.Session() as second:
            first.run(w.initializer)
            second.run(w.initializer)
            first.run(add)
            assert (first.run(w), second.run(w)) == (2.0, 1.0)


@pytest.mark.usefixtures("tier")
class TestFailure:
    """A run that fails leaves every variable, and every random stream, as it was."""

    def test_a_failed_check_undoes_the_whole_run(self):
        logits = tf.placeholder(tf.float32, [2, 3])
        labels = tf.placeholder(tf.int64, [2])
        w = tf.Variable(tf.zeros([2]))
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=logits, labels=labels)
        step = tf.assign_add(w, loss)
        feed = {logits: np.zeros((2, 3)), labels: [0, 2]}
        with tf.Session() as session:
            session.run(w.initializer)
            session.run(step, feed)
            before = session.run(w)
            with pytest.raises(tf.errors.InvalidArgumentError, match="label value of 3"):
                session.run(step, {**feed, labels: [0, 3]})
            np.testing.assert_array_equal(session.run(w), before)
            session.run(step, feed)
            np.testing.assert_allclose(session.run(w), 2 * before)

    def test_a_host_only_failure_undoes_what_compiled_code_did_before_it(self):
        w = tf.Variable(tf.zeros([2]))
        x = tf.placeholder(tf.float32, [2])
        changed = tf.assign_add(w, x)
        with tf.control_dependencies([changed]):
            check = tf.Assert(tf.reduce_all(x > 0), [x])
        with tf.Session() as session:
            session.run(w.initializer)
            session.run(check, {x: [1, 1]})
            with pytest.raises(tf.errors.InvalidArgumentError, match="assertion failed"):
                session.run(check, {x: [1, -1]})
            assert session.run(w).tolist() == [1.0, 1.0]

    def test_an_uninitialised_variable_is_named_with_the_remedy(self):
        w = tf.Variable(1.0, name="weights")
        with tf.Session() as session, pytest.raises(tf.errors.FailedPreconditionError) as caught:
            session.run(w + 1.0)
        assert caught.value.message.startswith("Attempting to use uninitialized value weights")
        assert "global_variables_initializer" in caught.value.message
        assert "test_state.py" in str(caught.value)

    def test_a_run_of_a_wrong_shape_keeps_the_random_stream(self):
        x = tf.placeholder(tf.float32, [None])
        noisy = x + tf.random_normal([3], seed=1)
        with tf.Session() as session:
            first = session.run(noisy, {x: np.zeros(3)})
            with pytest.raises(tf.errors.InvalidArgumentError, match="Incompatible shapes"):
                session.run(noisy, {x: np.zeros(2)})
            second = session.run(noisy, {x: np.zeros(3)})
        with tf.Session() as session:
            again = [session.run(noisy, {x: np.zeros(3)}) for _ in range(2)]
        np.testing.assert_array_equal([first, second], again)


@pytest.mark.usefixtures("tier")
def test_threads_share_a_session():
    """Runs from several threads are one after another, none lost."""
    w = tf.Variable(0)
    add = tf.assign_add(w, 1)
    with tf.Session() as session:
        session.run(w.initializer)
        threads = [
            threading.Thread(target=lambda: [session.run(add.op) for _ in range(50)])
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert session.run(w) == 200


@pytest.mark.usefixtures("tier")
def test_a_variable_is_assigned_a_function_of_itself_again_and_again():
    """After the run the variable holds the very array that the product gave."""
    w = tf.Variable([1.0, 2.0])
    double = tf.assign(w, w * 2.0)
    with tf.Session() as session:
        session.run(w.initializer)
        assert [session.run(double).tolist() for _ in range(3)] == [[2, 4], [4, 8], [8, 16]]


def test_a_closed_session_says_so():
    session = tf.Session()
    constant = tf.constant(1)
    session.close()
    with pytest.raises(RuntimeError, match=r"Attempted to use a closed Session\."):
        session.run(constant)
