"""What programs for several hosts use, in one process."""

import threading

import numpy as np
import pytest

import stillflow as tf


def test_a_local_server_is_this_process():
    server = tf.train.Server.create_local_server()
    with tf.Session(server.target) as session:
        assert session.run(tf.constant(1) + 2) == 3
    server = tf.train.Server({"worker": ["here:1", "there:2"]}, "worker", 0)
    with pytest.raises(tf.errors.UnimplementedError, match="there:2 is not in this one"):
        tf.Session(server.target)
    with pytest.raises(ValueError, match="explicit job_name"):
        tf.train.Server({"ps": ["a:1"], "worker": ["b:2"]})


def test_one_shard_gives_its_own_gradients():
    w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
    optimizer = tf.contrib.tpu.CrossShardOptimizer(tf.train.GradientDescentOptimizer(0.25))
    train = optimizer.minimize(tf.reduce_sum(tf.square(w)))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(train)
        assert np.array_equal(session.run(w), [0.5, 0.5])


# The runner's thread ends by an error when the session is closed under it, as in TensorFlow.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_one_replica_is_applied_by_the_chiefs_runner():
    w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
    step = tf.train.get_or_create_global_step()
    optimizer = tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.25), 1)
    with pytest.raises(ValueError, match="should be called after"):
        optimizer.get_init_tokens_op()
    train = optimizer.minimize(tf.reduce_sum(tf.square(w)), global_step=step)
    hook = optimizer.make_session_run_hook(True, num_tokens=0)
    # The runner waits for gradients when the session is closed, in TensorFlow for the whole period.
    with tf.train.MonitoredTrainingSession(hooks=[hook], stop_grace_period_secs=1) as session:
        assert [session.run(train) for _ in range(3)] == [1, 2, 3]
        assert np.array_equal(session.run(w), [0.125, 0.125])
    for thread in threading.enumerate():
        if thread.name.startswith("QueueRunnerThread-dummy_queue"):
            thread.join(5)
