"""Programs with queues that pad, sort and shuffle, and with those of old graphs."""

import numpy as np

from .arrays import f32, ints
from .suite import Suite, internal_module

suite = Suite("queue_kinds")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def padded(tf, run):
    queue = tf.PaddingFIFOQueue(
        100, [tf.float32, tf.string, tf.int32], shapes=[[None, 2], [None], []], name="padding"
    )
    x, words = tf.placeholder(tf.float32, [None, 2]), tf.placeholder(tf.string, [None])
    put, many, up_to = queue.enqueue([x, words, 7]), queue.dequeue_many(3), queue.dequeue_up_to(9)
    run.note([str(t.shape) for t in [*many, *up_to, *queue.dequeue()]])
    for rows in (1, 3, 0, 2, 2):
        run(
            put,
            {x: f32(rows, 2, at=rows), words: ["w"] * (3 - rows)}
            if rows < 3
            else {x: f32(3, 2), words: []},
        )
    run(many)
    run(queue.enqueue_many([tf.ones([2, 4, 2]), [["a"], ["b"]], [1, 2]]))
    run(queue.close())
    run(up_to)
    run.attempt(up_to)


@story
def padded_to_nothing(tf, run):
    queue = tf.PaddingFIFOQueue(9, [tf.float32], shapes=[[2, None]])
    n = tf.placeholder(tf.int32, [])
    run(queue.dequeue_many(n), {n: 0})
    run.refused(
        lambda: run.session.run(queue.enqueue(tf.placeholder_with_default(f32(3, 1), None)))
    )
    run.refused(lambda: tf.PaddingFIFOQueue(9, [tf.float32], shapes=[None]))
    run.refused(lambda: tf.PaddingFIFOQueue(9, [tf.float32], shapes=[2]))
    run.refused(lambda: tf.PaddingFIFOQueue(9, [tf.float32, tf.int32], shapes=[[2]]))


@story
def by_priority(tf, run):
    """Elements of one priority come in the order of the heap."""
    queue = tf.PriorityQueue(100, [tf.int32, tf.string], shapes=[[], []])
    priority, n = tf.placeholder(tf.int64, [None]), tf.placeholder(tf.int32, [])
    numbers = tf.range(tf.size(priority))
    put = queue.enqueue_many([priority, numbers, tf.fill(tf.shape(priority), "s")])
    several = queue.dequeue_many(n)
    run(put, {priority: ints([3, 1, 2, 1, 1, 3, 2, 2, 1, 1, 5, 2, 0, 1]).astype(np.int64)})
    run(several, {n: 5})
    run(queue.enqueue([np.int64(-2), 77, "first"]))
    run(queue.dequeue())
    run(put, {priority: np.array([2, 2, 1, 4], np.int64)})
    run(several, {n: 6})
    run(several, {n: 7})
    run(queue.size())
    run.refused(lambda: tf.PriorityQueue(100, [tf.int32], shapes=[[None]]))
    run(queue.close())
    run.attempt(queue.dequeue())


@story
def shuffled(tf, run):
    queue = tf.RandomShuffleQueue(100, 3, [tf.int32, tf.float32], shapes=[[], [2]], seed=12)
    n = tf.placeholder(tf.int32, [])
    several = queue.dequeue_many(n)
    run(queue.enqueue_many([tf.range(30), f32(30, 2)]))
    run(several, {n: 5})
    run(queue.dequeue())
    run(queue.enqueue([77, [1.0, 2.0]]))
    run(several, {n: 20})
    run(queue.close())
    run(queue.dequeue_up_to(4))
    run(queue.dequeue_up_to(4))
    run.attempt(queue.dequeue())
    run.refused(lambda: run.session.run(tf.RandomShuffleQueue(9, 0, tf.int32).dequeue_many(2)))


@story
def seeds_of_shared_queues(tf, run):
    tf.set_random_seed(5)
    made = [
        tf.RandomShuffleQueue(20, 0, tf.int32, shapes=[[]], seed=seed, shared_name=name)
        for seed, name in ((None, None), (None, "a"), (None, "a"), (3, "b"), (3, None))
    ]
    for queue in (made[0], made[1], made[3]):
        run(queue.enqueue_many([tf.range(12)]))
    for queue in (made[0], made[2], made[3]):
        run(queue.dequeue_many(12))
    unlike = [
        tf.RandomShuffleQueue(20, 0, tf.int32, shapes=[[]], seed=4, shared_name="b"),
        tf.RandomShuffleQueue(20, 1, tf.int32, shapes=[[]], seed=3, shared_name="b"),
        tf.FIFOQueue(20, tf.int32, shapes=[[]], shared_name="b"),
    ]
    for queue in unlike:
        run.attempt(queue.size())


@story
def of_old_graphs(tf, run):
    """Handles that are strings."""
    ops = internal_module(tf, "python.ops.gen_data_flow_ops")
    types, sizes = [tf.int32], [tf.TensorShape([])]
    made = [
        ops.fifo_queue(component_types=types, shapes=sizes),
        ops.padding_fifo_queue(component_types=types, shapes=sizes),
        ops.random_shuffle_queue(component_types=types, shapes=sizes, seed=3, seed2=4),
    ]
    for handle in made:
        run(ops.queue_enqueue(handle, [5]))
        run(ops.queue_enqueue_many(handle, [[6, 7, 8, 9, 10, 11, 12]]))
        run([ops.queue_size(handle), ops.queue_is_closed(handle)])
        run(ops.queue_dequeue(handle, component_types=types))
        run(ops.queue_dequeue_many(handle, 2, component_types=types))
        run(ops.queue_close(handle))
        run(ops.queue_dequeue_up_to(handle, 9, component_types=types))
        run.note([str(handle.dtype), str(handle.shape)])
    handle = ops.priority_queue(component_types=types, shapes=sizes)
    run(ops.queue_enqueue_many(handle, [np.array([3, 1, 2]), [6, 7, 8]]))
    run(ops.queue_dequeue_many(handle, 3, component_types=[tf.int64, tf.int32]))
