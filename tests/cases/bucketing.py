"""Batches of elements that go together, or are chosen at random."""

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


@story
def chosen_by_a_probability(tf, run):
    tf.set_random_seed(3)
    n = tf.constant(4)
    given = tf.contrib.training.rejection_sample(
        [n, tf.ones([2])], lambda values: tf.constant(1.0), 3, runtime_checks=True
    )
    rows = tf.contrib.training.rejection_sample(
        [tf.constant([5, 5]), tf.ones([2, 3])],
        lambda values: tf.cast(values[0], tf.float32) / 5.0,
        2,
        enqueue_many=True,
        name="rows",
    )
    described(tf, run, [*given, *rows])
    with runners(tf, run):
        run(given)
        run(rows)


@story
def as_often_as_a_rate_says(tf, run):
    tf.set_random_seed(5)
    values = [tf.range(8), tf.ones([8, 2])]
    often = tf.contrib.training.resample_at_rate(values, tf.fill([8], 1.5), seed=3)
    weighted, rates = tf.contrib.training.weighted_resample(values, tf.range(8.0), 0.5, seed=4)
    described(tf, run, [*often, *weighted, rates])
    run(often)
    run(often)
