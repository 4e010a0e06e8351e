"""Servers in this process: what their sessions share, and what `Session.reset` forgets."""

import pytest

import stillflow as tf


def _counter():
    v = tf.Variable(1.0, name="v")
    return v, tf.assign_add(v, 1.0)


def test_sessions_of_a_server_share_variables_by_name():
    target = tf.train.Server.create_local_server().target
    with tf.Graph().as_default():
        v, bump = _counter()
        first = tf.Session(target)
        first.run(v.initializer)
    with tf.Graph().as_default():
        _, bump = _counter()
        with tf.Session(target) as second:
            assert second.run(bump) == 2.0
    assert first.run(v) == 2.0


def test_a_session_may_be_by_itself():
    target = tf.train.Server.create_local_server().target
    with tf.Graph().as_default():
        v, _ = _counter()
        tf.Session(target).run(v.initializer)
        alone = tf.Session(target, config=tf.ConfigProto(isolate_session_state=True))
        with pytest.raises(tf.errors.FailedPreconditionError):
            alone.run(v)


@pytest.mark.parametrize("runs", [2, 60])  # on both tiers
def test_a_variable_that_another_graph_made_of_another_shape(runs):
    target = tf.train.Server.create_local_server().target
    with tf.Graph().as_default():
        v = tf.Variable([4.0], name="w")
        total = tf.reduce_sum(v * v)
        mine = tf.Session(target)
        mine.run(v.initializer)
        for _ in range(runs):
            assert mine.run(total) == 16.0
    with tf.Graph().as_default():
        longer = tf.Variable([1.0, 2.0], name="w", validate_shape=False)
        tf.Session(target).run(longer.initializer)
    assert mine.run(total) == 5.0


def test_reset_forgets_containers():
    target = tf.train.Server.create_local_server().target
    with tf.Graph().as_default():
        with tf.container("kept"):
            kept = tf.Variable(1.0, name="v")
        with tf.container("lost"):
            lost = tf.Variable(2.0, name="v")
        session = tf.Session(target)
        session.run(tf.global_variables_initializer())
        tf.Session.reset(target, ["lost"])
        with pytest.raises(tf.errors.AbortedError):
            session.run(kept)
        session = tf.Session(target)
        assert session.run(kept) == 1.0
        with pytest.raises(tf.errors.FailedPreconditionError):
            session.run(lost)


def test_workers_share_what_is_on_a_parameter_server():
    workers, _ = tf.test.create_local_cluster(num_workers=2, num_ps=1)

    def build():
        with tf.device("/job:ps/task:0"):
            shared = tf.Variable(10.0, name="shared")
        return shared, tf.Variable(1.0, name="own")

    sessions = []
    for worker in workers:
        with tf.Graph().as_default():
            shared, own = build()
            sessions.append((tf.Session(worker.target), shared, own))
    (one, shared, own), (other, seen, others) = sessions
    one.run([shared.initializer, own.initializer])
    assert other.run(seen) == 10.0
    with pytest.raises(tf.errors.FailedPreconditionError):
        other.run(others)


def test_an_iterator_of_a_server_goes_on_in_a_later_session():
    target = tf.train.Server.create_local_server().target
    with tf.Graph().as_default():
        numbers = tf.data.Dataset.range(10).map(lambda x: x * x)
        iterator = tf.compat.v1.data.make_initializable_iterator(numbers, "of_squares")
        element = iterator.get_next()
        with tf.Session(target) as session:
            session.run(iterator.initializer)
            assert [session.run(element) for _ in range(3)] == [0, 1, 4]
    with tf.Graph().as_default():
        same = tf.data.Iterator.from_structure(tf.int64, [], shared_name="of_squares")
        element = same.get_next()
        for expected in (9, 16):
            with tf.Session(target) as session:
                assert session.run(element) == expected


def test_tasks_of_other_processes_are_refused():
    server = tf.train.Server(
        {"ps": ["localhost:0"], "worker": ["elsewhere:1"]}, job_name="ps", task_index=0
    )
    with tf.Graph().as_default():
        tf.constant(1)
        with pytest.raises(tf.errors.UnimplementedError, match="elsewhere:1 is not in this one"):
            tf.Session(server.target)
    with pytest.raises(tf.errors.UnimplementedError):
        server.join()


def test_addresses():
    with pytest.raises(tf.errors.InvalidArgumentError, match="Could not parse port"):
        tf.train.Server({"local": ["localhost"]})
    server = tf.train.Server.create_local_server()
    with pytest.raises(tf.errors.UnknownError, match="Could not start gRPC server"):
        tf.train.Server({"other": [server.target.removeprefix("grpc://")]})
    config = tf.ConfigProto(intra_op_parallelism_threads=3)
    made = tf.train.Server({"local": ["localhost:0"]}, config=config).server_def
    assert made.default_session_config.intra_op_parallelism_threads == 3
