"""Programs with queues: what goes in and out, what is refused. Runs and nodes are compared."""

import numpy as np

from .arrays import f32, ints
from .suite import Suite

suite = Suite("queues")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def one_by_one(tf, run):
    queue = tf.FIFOQueue(10, tf.float32)
    x = tf.placeholder(tf.float32, name="x")
    put, got, size = queue.enqueue(x), queue.dequeue(), queue.size()
    for at in range(3):
        run(put, {x: f32(2, at + 1, at=at)})
    for _ in range(3):
        run([got * 2.0, queue.is_closed()])
        run(size)
    run.note([str(got.shape), str(queue.queue_ref.shape), queue.name])


@story
def batches(tf, run):
    """Of two components, one a string."""
    queue = tf.FIFOQueue(100, [tf.string, tf.float32], shapes=[[], [3]], name="pairs")
    keys, values = tf.placeholder(tf.string, [None]), tf.placeholder(tf.float32, [None, 3])
    with tf.name_scope("feeding"):
        put = queue.enqueue_many([keys, values])
        one = queue.enqueue(["last", [1.0, 2.0, 3.0]])
    n = tf.placeholder(tf.int32, [])
    several, up_to = queue.dequeue_many(n), queue.dequeue_up_to(2, name="rest")
    run(put, {keys: ["a", "b", "c", "d"], values: f32(4, 3)})
    run(one)
    run.note([str(tensor.shape) for tensor in [*several, *up_to, *queue.dequeue_many(2)]])
    for count in (2, 0, 1):
        run(several, {n: count})
    run(queue.dequeue())
    run(queue.close())
    run(up_to)
    run.attempt(up_to)
    run.attempt(several, {n: 1})
    run(several, {n: 0})
    run.attempt(one)
    run.attempt(queue.close())
    run(queue.close(cancel_pending_enqueues=True))
    run([queue.size(), queue.is_closed()])


@story
def names(tf, run):
    with tf.name_scope("outer"), tf.device("/cpu:0"):
        queue = tf.FIFOQueue(
            3, [tf.int32, tf.bool], shapes=[(), ()], names=["n", "flag"], shared_name="s", name="q"
        )
        run(queue.enqueue({"n": 3, "flag": True}))
        run(queue.enqueue_many({"flag": [False, True], "n": [4, 5]}))
    run(queue.dequeue())
    run(queue.dequeue_many(2))


@story
def of_one_name(tf, run):
    """Nodes that share a queue, by name and container."""
    first = tf.FIFOQueue(3, tf.int32, shared_name="a")
    same = tf.FIFOQueue(3, tf.int32, shared_name="a")
    with tf.container("other"):
        apart = tf.FIFOQueue(3, tf.int32, shared_name="a")
    unlike = [
        tf.FIFOQueue(3, tf.float32, shared_name="a"),
        tf.FIFOQueue(4, tf.int32, shared_name="a"),
        tf.FIFOQueue(3, tf.int32, shapes=[[2]], shared_name="a"),
    ]
    run(first.enqueue(7))
    run([same.size(), apart.size()])
    for queue in unlike:
        run.attempt(queue.size())
    run(same.dequeue())


@story
def chosen_from_several(tf, run):
    queues = [tf.FIFOQueue(3, tf.float32, shapes=[[2, n]]) for n in (1, 3)]
    index = tf.placeholder(tf.int32, [])
    queue = tf.QueueBase.from_list(index, queues)
    run(queues[0].enqueue(tf.zeros([2, 1])))
    run(queues[1].enqueue(tf.ones([2, 3])))
    got = queue.dequeue()
    run.note([str(got.shape), str(tf.queue.QueueBase.from_list(1, queues[:1]).dequeue().shape)])
    for at in (1, 0):
        run(got, {index: at})


@story
def training_from_a_queue(tf, run):
    """What is dequeued is used, and the queue is filled from variables."""
    queue = tf.FIFOQueue(10, tf.float32, shapes=[[2]])
    w, count = tf.Variable([1.0, 1.0], name="w"), tf.Variable(0.0, name="count")
    run(tf.global_variables_initializer())
    put = queue.enqueue(tf.assign_add(count, 1.0) * [1.0, 2.0])
    loss = tf.reduce_sum(tf.square(w * queue.dequeue() - 1.0))
    train = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
    for _ in range(3):
        run(put)
    for _ in range(3):
        run([loss, train])
        run(w)


@story
def wrong_elements(tf, run):
    queue = tf.FIFOQueue(10, [tf.float32, tf.int32], shapes=[[2], []], name="q")
    x, y = tf.placeholder(tf.float32), tf.placeholder(tf.int32)
    one, many = queue.enqueue([x, y]), queue.enqueue_many([x, y])

    def refused(fetch, feeds=None):
        run.refused(lambda: run.session.run(fetch, feeds))

    refused(one, {x: f32(3), y: 1})
    refused(one, {x: 1.0, y: 1})
    refused(many, {x: f32(2), y: [1]})
    refused(many, {x: f32(1, 2), y: [1, 2]})
    refused(many, {x: f32(1, 3), y: [1]})
    refused(many, {x: f32(1, 2), y: 3})
    run.refused(lambda: queue.enqueue([tf.zeros([3]), y]))
    run.refused(lambda: queue.enqueue_many([tf.zeros([3, 2]), tf.zeros([2], tf.int32)]))
    run.refused(lambda: queue.dequeue_many(-1))
    run.refused(lambda: queue.enqueue({"a": x}))
    run.refused(lambda: tf.FIFOQueue(10, tf.float32, shapes=[[None]]))
    run.refused(lambda: tf.FIFOQueue(10, [tf.float32, tf.int32], shapes=[[]]))
    run.refused(lambda: tf.FIFOQueue(10, [tf.float32, tf.int32], names=["a"]))
    run.refused(lambda: tf.FIFOQueue(10, []))
    run.refused(lambda: tf.QueueBase.from_list(0, [queue, tf.FIFOQueue(10, tf.int32)]))
    run(many, {x: np.zeros([0, 2]), y: ints([])})
    run(many, {x: f32(2, 2), y: [1, 2]})
    n = tf.placeholder(tf.int32, [])
    refused(queue.dequeue_many(n), {n: -1})
    refused(queue.dequeue_up_to(n), {n: -1})
    refused(tf.FIFOQueue(2, tf.float32).dequeue_many(2))
    refused(tf.FIFOQueue(2, tf.float32).dequeue_up_to(2))
    run(queue.dequeue_many(2))


@story
def waits_that_nothing_orders(tf, run):
    """In one run an element is taken that the run itself brings."""
    queue = tf.FIFOQueue(1, tf.float32, shapes=[[]])
    run([queue.dequeue(), queue.enqueue(3.0)])
    run([queue.dequeue_many(3), queue.enqueue_many([[1.0, 2.0, 3.0]])])


@story
def waits_for_what_follows_another(tf, run):
    """What a wait needs is brought once another has ended, by the same run; over several queues."""
    first, second, third = (tf.FIFOQueue(2, tf.float32, shapes=[[]]) for _ in range(3))
    x, y, z = first.dequeue(), second.dequeue(), third.dequeue()
    puts = [second.enqueue(x * 2.0), third.enqueue(x + y)]
    run(first.enqueue(3.0))
    run([z, y, x, puts])
    later = tf.while_loop(lambda i, _: i < x, lambda i, t: (i + 1.0, t + i), [0.0, 0.0])[1]
    choice = tf.cond(y > 1.0, lambda: third.enqueue(y), lambda: third.enqueue(-y))
    run(first.enqueue(4.0))
    run([z, choice, y, second.enqueue(later)])
    with tf.control_dependencies([x, y]):
        tail = third.enqueue(7.0)
    run(first.enqueue(5.0))
    run([z, tail, x, y, puts[0]])
    run([queue.size() for queue in (first, second, third)])


@story
def waits_for_other_resources(tf, run):
    """What follows a wait for a queue ends waits for areas, accumulators, and for a barrier."""
    source = tf.FIFOQueue(9, tf.float32, shapes=[[]])
    run(source.enqueue_many([[1.0, 2.0, 3.0]]))
    area = tf.contrib.staging.StagingArea([tf.float32])
    run([area.get(), area.put([source.dequeue()])])
    sums = tf.ConditionalAccumulator(tf.float32, [])
    run([sums.take_grad(1), sums.apply_grad(source.dequeue())])
    whole = tf.contrib.training.SequenceQueueingStateSaver(
        1,
        1,
        input_length=tf.constant(1),
        input_key="only",
        input_sequences={"x": source.dequeue_many([1])},
        input_context={},
        initial_states={"state": tf.zeros([])},
        capacity=1,
    )
    batch = whole.next_batch
    run([batch.sequences["x"], batch.save_state("state", [1.0]), whole.prefetch_op])


@story
def a_wait_that_fails_ends_the_others(tf, run):
    ended, queue = tf.FIFOQueue(1, tf.float32), tf.FIFOQueue(1, tf.float32)
    run(ended.close())
    run.attempt([queue.dequeue(), ended.dequeue()])
    run(queue.enqueue(1.0))
    run(queue.size())
