"""Batches of elements that go together: buckets, by which and by length."""

from .queue_pipelines import described, runners
from .suite import Suite

suite = Suite("bucketing")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def buckets(tf, run):
    n = tf.train.range_input_producer(12, num_epochs=1, shuffle=False).dequeue()
    which, given = tf.contrib.training.bucket([n, tf.fill([2], n)], 0 * n, 4, 2)
    described(tf, run, [which, *given])
    with runners(tf, run):
        for _ in range(3):
            run([which, given])
        run.attempt(which)


@story
def some_are_left_out(tf, run):
    n = tf.train.range_input_producer(8, num_epochs=1, shuffle=False).dequeue()
    which, given = tf.contrib.training.bucket(
        {"n": n, "ones": tf.ones([n])},
        tf.constant(1),
        [9, 3],
        2,
        keep_input=tf.less(n, 5),
        shapes=[[], [None]],
        dynamic_pad=True,
        allow_smaller_final_batch=True,
        bucket_capacities=[5, 6],
        shared_name="shared",
    )
    described(tf, run, [which, given["n"], given["ones"]])
    with runners(tf, run):
        run([which, given])
        run([which, given])
        run.attempt(which)


@story
def by_length(tf, run):
    n = tf.train.range_input_producer(6, num_epochs=1, shuffle=False).dequeue()
    lengths, (given,) = tf.contrib.training.bucket_by_sequence_length(
        n + 3, [tf.fill([n], n)], 3, [20, 30], shapes=[[None]], dynamic_pad=True, name="lengths"
    )
    described(tf, run, [lengths, given])
    with runners(tf, run):
        run([lengths, given])
        run([lengths, given])


@story
def misused(tf, run):
    training, n = tf.contrib.training, tf.constant(1)
    run.refused(lambda: training.bucket([n], 0, [3], 2))
    run.refused(lambda: training.bucket([n], 0, 3, 2, bucket_capacities=[3]))
    run.refused(lambda: training.bucket([], 0, 3, 2))
    run.refused(lambda: training.bucket_by_sequence_length(n, [n], 3, 4))
    run.refused(lambda: training.bucket_by_sequence_length(n, [n], 3, []))
    run.refused(lambda: training.bucket_by_sequence_length(n, [n], 3, [5, 4]))
    run.refused(lambda: training.bucket_by_sequence_length(n, [n], 3, [5.0, 6.0]))
