"""Rows of large variables are written in place, and nothing shows it but the time it takes."""

import threading

import numpy as np
import pytest

import stillflow as tf

ROWS = 4_000  # of four numbers: more than is copied as soon
RUNS = 30  # more than the host tier needs to write its program


@pytest.fixture(params=["host", "xla", "auto"])
def tier(request, monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", request.param)


@pytest.fixture(params=[False, True], ids=["reference", "resource"])
def table(request):
    return tf.get_variable(
        "table", [ROWS, 4], initializer=tf.zeros_initializer(), use_resource=request.param
    )


def distinct(ids):
    """`ids`, by an op of the host whose result has no known size, as optimizers have them."""
    return tf.unique(ids)[0]


def started(*fetches):
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return session


def test_the_array_stays_the_same(tier, table):
    ids = tf.placeholder(tf.int32, [None])
    rows = distinct(ids)
    add = tf.scatter_add(table, rows, tf.ones([tf.size(rows), 4]))
    session = started()
    wanted = np.zeros([ROWS, 4], np.float32)
    places = set()
    for run in range(RUNS):
        fed = np.array([run, 2 * run, run])
        session.run(add.op, {ids: fed})
        wanted[np.unique(fed)] += 1
        (value,) = session._state.variables.values()
        if run:  # its first value was an initializer's
            places.add(np.asarray(value).ctypes.data)
        del value  # else this would be one more holder
    np.testing.assert_array_equal(session.run(table), wanted)
    assert len(places) == 1


def test_a_variable_of_the_same_value_keeps_it(tier, table):
    copy = tf.get_variable("copy", [ROWS, 4], use_resource=table.op.type == "VarHandleOp")
    keep = tf.assign(copy, table)
    ids = tf.placeholder(tf.int32, [None])
    add = tf.scatter_add(table, distinct(ids), tf.ones([1, 4]))
    session = started()
    for run in range(RUNS):
        session.run(keep.op)
        session.run(add.op, {ids: [0]})
        now, before = session.run([table, copy])
        assert now[0, 0] == run + 1
        assert before[0, 0] == run


def test_what_was_fetched_stays(tier, table):
    ids = tf.placeholder(tf.int32, [None])
    old = tf.slice(table, [0, 0], [-1, -1])  # no reference
    with tf.control_dependencies([old]):
        add = tf.scatter_add(table, distinct(ids), tf.ones([1, 4]))
    session = started()
    fetched = [session.run([old, add.op], {ids: [3]})[0] for _ in range(RUNS)]
    assert [value[3, 0] for value in fetched] == list(range(RUNS))


def test_what_is_read_after_the_write_is_new(tier, table):
    ids = tf.placeholder(tf.int32, [None])
    add = tf.scatter_add(table, distinct(ids), tf.ones([1, 4]))
    with tf.control_dependencies([add]):
        row = tf.identity(tf.gather(table, [5]))
    session = started()
    assert [session.run(row, {ids: [5]})[0, 0] for _ in range(RUNS)] == list(range(1, RUNS + 1))


def test_a_run_that_fails_writes_nothing(tier, table):
    ids, most = tf.placeholder(tf.int32, [None]), tf.placeholder(tf.int32, [])
    add = tf.scatter_add(table, distinct(ids), tf.ones([1, 4]))
    with tf.control_dependencies([add]):
        check = tf.Assert(most < 10, [most])
    session = started()
    for run in range(RUNS):
        session.run([add.op, check], {ids: [1], most: 1})
        with pytest.raises(tf.errors.InvalidArgumentError, match="assertion failed"):
            session.run([add.op, check], {ids: [1], most: 11})
        assert session.run(table)[1, 0] == run + 1


def test_what_a_queue_holds_stays(tier, table):
    queue = tf.FIFOQueue(RUNS, tf.float32, [[ROWS, 4]])
    enqueue = queue.enqueue(tf.identity(table))
    ids = tf.placeholder(tf.int32, [None])
    add = tf.scatter_add(table, distinct(ids), tf.ones([1, 4]))
    taken = queue.dequeue()[2]
    session = started()
    for _ in range(RUNS):
        session.run(enqueue)
        session.run(add.op, {ids: [2]})
    assert [session.run(taken)[0] for _ in range(RUNS)] == list(range(RUNS))


def test_a_run_beside_sees_one_moment(tier, table):
    """Every row is written in every run, so any two must be equal whenever they are read."""
    ids = tf.placeholder(tf.int32, [None])
    add = tf.scatter_add(table, distinct(ids), tf.ones([ROWS, 4]))
    ends = tf.gather(table, [0, ROWS // 2, ROWS - 1])
    session = started()
    every = np.arange(ROWS)
    seen = []

    def read():
        for _ in range(10 * RUNS):
            seen.append(session.run(ends))

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(RUNS):
        session.run(add.op, {ids: every})
    for thread in threads:
        thread.join()
    assert len(seen) == 20 * RUNS
    for value in seen:
        np.testing.assert_array_equal(value, np.full([3, 4], value[0, 0]))


@pytest.mark.parametrize(
    "optimizer",
    [
        tf.train.GradientDescentOptimizer(0.1),
        tf.train.MomentumOptimizer(0.5, 0.9),
        tf.train.AdagradOptimizer(0.5),
        tf.train.FtrlOptimizer(0.5),
        tf.train.RMSPropOptimizer(0.5),
    ],
    ids=lambda optimizer: type(optimizer).__name__,
)
def test_optimizers_write_the_rows_they_are_given(tier, table, optimizer):
    """What a large table becomes is what the rows in use become alone."""
    small = tf.get_variable("small", [4, 4], initializer=tf.zeros_initializer())
    ids = tf.placeholder(tf.int32, [None])
    rows, rank = tf.unique(ids)
    losses = [
        tf.reduce_sum((tf.gather(variable, places) - 1) ** 2)
        for variable, places in ((table, tf.gather(rows, rank)), (small, rank))
    ]
    train = [optimizer.minimize(loss) for loss in losses]
    session = started()
    for _ in range(RUNS):
        session.run(train, {ids: [7, 3_000, 7, 1, 9]})
    large, few = session.run([table, small])
    np.testing.assert_array_equal(large[[7, 3_000, 1, 9]], few)
    assert np.count_nonzero(large) == few.size
