"""Pipelines of queues and their runners: producers, batches, epochs; their runs and nodes."""

import contextlib

from .arrays import f32, ints
from .suite import Suite

suite = Suite("queue_pipelines")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@contextlib.contextmanager
def runners(tf, run):
    """A block in which the runners of the graph go."""
    run(tf.local_variables_initializer())
    coordinator = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(run.session, coordinator)
    run.note([len(threads), [runner.name for runner in tf.get_collection("queue_runners")]])
    try:
        yield
    finally:
        coordinator.request_stop()
        coordinator.join(threads)


def described(tf, run, tensors):
    collections = tf.local_variables() + tf.get_collection("summaries")
    run.note([str(tensor.shape) for tensor in tensors] + [item.name for item in collections])


@story
def slices_and_batches(tf, run):
    tf.set_random_seed(3)
    row, label = tf.train.slice_input_producer([f32(7, 3), ints(range(7))], num_epochs=2)
    rows, labels = tf.train.batch([row, label], 3, name="three")
    described(tf, run, [row, label, rows, labels])
    with runners(tf, run):
        for _ in range(4):
            run([rows, labels])
        run.attempt([rows, labels])


@story
def smaller_in_the_end(tf, run):
    index = tf.train.range_input_producer(5, num_epochs=1, shuffle=False, capacity=2).dequeue()
    given = tf.train.batch({"b": index, "a": -index}, 3, allow_smaller_final_batch=True, capacity=7)
    alone = tf.train.batch({"only": tf.constant([1, 2])}, 2)
    run.note([sorted(given), sorted(alone), str(given["a"].shape), str(alone["only"].shape)])
    with runners(tf, run):
        run(given)
        run(given)
        run.attempt(given)


@story
def strings_in_order(tf, run):
    queue = tf.train.string_input_producer(
        ["a", "b", "c"], num_epochs=2, shuffle=False, name="names", shared_name="own"
    )
    described(tf, run, [queue.queue_ref])
    with runners(tf, run):
        for _ in range(6):
            run(queue.dequeue())
        run.attempt(queue.dequeue())


@story
def shuffled_rows(tf, run):
    queue = tf.train.input_producer(f32(5, 2), num_epochs=3, seed=11, summary_name="fullness")
    tensor = queue.dequeue_many(5)
    described(tf, run, [tensor])
    with runners(tf, run):
        for _ in range(3):
            run(tensor)


@story
def padded(tf, run):
    n = tf.train.range_input_producer(4, shuffle=False).dequeue()
    given = tf.train.batch([tf.fill([n], n), n], 4, dynamic_pad=True, shapes=[[None], []])
    described(tf, run, given)
    with runners(tf, run):
        run(given)
        run(given)


@story
def rows_of_blocks(tf, run):
    n = tf.train.range_input_producer(4, shuffle=False).dequeue()
    block = tf.stack([n, 10 * n, 100 * n])
    whole = tf.train.batch([block, tf.ones([3, 2])], 4, enqueue_many=True)
    kept = tf.train.maybe_batch([[4, 5, 6]], [True, False, True], 4, enqueue_many=True)
    described(tf, run, [*whole, kept])
    with runners(tf, run):
        for _ in range(3):
            run([*whole, kept])


@story
def some_of_them(tf, run):
    """What a condition leaves out."""
    n = tf.train.range_input_producer(6, shuffle=False).dequeue()
    even = tf.train.maybe_batch([n], tf.equal(n % 2, 0), 3)
    never = tf.train.maybe_batch([n], False, 3)
    mixed = tf.train.maybe_shuffle_batch([tf.constant(1)], 2, 9, 4, tf.constant(True))
    joined = tf.train.maybe_batch_join([[n], [n + 1]], tf.less(n, 3), 2)
    both = tf.train.maybe_shuffle_batch_join([[n], [n]], 2, 9, 4, True, seed=4)
    described(tf, run, [even, never, mixed, joined, both])
    with runners(tf, run):
        run(mixed)


@story
def shuffled_batches(tf, run):
    tf.set_random_seed(9)
    n = tf.train.range_input_producer(20, num_epochs=1, shuffle=False).dequeue()
    given = tf.train.shuffle_batch(
        [n, tf.ones([2])],
        4,
        30,
        10,
        num_threads=2,
        shapes=[[], [2]],
        allow_smaller_final_batch=True,
    )
    joined = tf.train.shuffle_batch_join([[n], [n]], 2, 9, 4, seed=4, enqueue_many=False)
    described(tf, run, [*given, joined])


def a_sparse_tensor(tf, n):
    """Of two rows, the second of which has nothing."""
    indices = tf.stack([[tf.constant(0), n], [0, n + 1]])
    return tf.SparseTensor(tf.cast(indices, tf.int64), tf.fill([2], n), [2, 9])


@story
def sparse_components(tf, run):
    n = tf.train.range_input_producer(6, shuffle=False).dequeue()
    given = tf.train.batch([a_sparse_tensor(tf, n), n], 3)
    alone = tf.train.batch([a_sparse_tensor(tf, tf.constant(3))], 2)
    rows = tf.train.batch({"s": a_sparse_tensor(tf, tf.constant(4))}, 3, enqueue_many=True)
    described(tf, run, [given[1], given[0].indices, alone.values, rows["s"].dense_shape])
    with runners(tf, run):
        for _ in range(3):
            run([*given, alone, rows])


@story
def some_sparse_components(tf, run):
    s = a_sparse_tensor(tf, tf.constant(1))
    keep = tf.placeholder_with_default(True, [])
    every = [
        tf.train.maybe_batch([s, tf.constant([5, 6])], [True, False], 2, enqueue_many=True),
        tf.train.maybe_batch([s], keep, 2),
        tf.train.maybe_batch([s], keep, 2, enqueue_many=True),
        tf.train.batch_join([[s], [s]], 2),
        tf.train.shuffle_batch([s], 2, 9, 4, seed=3),
    ]
    described(tf, run, [every[1].indices])
    with runners(tf, run):
        for given in every:
            run(given)


@story
def joined(tf, run):
    n = tf.train.range_input_producer(3, shuffle=False).dequeue()
    given = tf.train.batch_join([[n, "a"]], 3)
    several = tf.train.batch_join([{"x": n, "y": 1.0}, {"x": n, "y": 2.0}], 2, enqueue_many=False)
    described(tf, run, [*given, several["x"], several["y"]])
    with runners(tf, run):
        run(given[1])


@story
def kept_in_meta_graphs(tf, run):
    with tf.name_scope("outer"):
        given = tf.train.batch(tf.train.slice_input_producer([f32(4, 2)], shuffle=False), 2)
    described(tf, run, [given])
    meta = tf.train.export_meta_graph()
    runners_of = meta.collection_def["queue_runners"].bytes_list.value
    run.note([value.decode("latin-1") for value in runners_of])
    tf.train.import_meta_graph(meta, import_scope="again")
    run.note(
        [[r.name, r.close_op.name, r.cancel_op.name] for r in tf.get_collection("queue_runners")]
    )
    with runners(tf, run):
        run("again/outer/batch:0")
        run(given)


@story
def misused(tf, run):
    x = tf.placeholder(tf.float32)
    refused = [
        lambda: tf.train.batch([x], 2),
        lambda: tf.train.batch([], 2),
        lambda: tf.train.batch_join([], 2),
        lambda: tf.train.batch_join([[1], [1.0]], 2),
        lambda: tf.train.batch_join([{"a": 1}, {"b": 1}], 2),
        lambda: tf.train.shuffle_batch([1], 2, 5, 5),
        lambda: tf.train.maybe_batch([1], [True], 2),
        lambda: tf.train.maybe_batch([1], tf.placeholder(tf.bool), 2),
        lambda: tf.train.string_input_producer([]),
        lambda: tf.train.input_producer(x),
        lambda: tf.train.slice_input_producer([]),
        lambda: tf.train.limit_epochs(1, 0),
        lambda: tf.train.QueueRunner(),
        lambda: tf.train.QueueRunner(tf.FIFOQueue(1, tf.int32), []),
        lambda: tf.train.start_queue_runners(sess=3),
    ]
    for build in refused:
        run.refused(build)
    queue = tf.train.string_input_producer(tf.zeros([0], tf.string), shuffle=False)
    put = tf.get_collection("queue_runners")[-1].enqueue_ops[0]
    run.refused(lambda: run.session.run(put))
    run(queue.size())
