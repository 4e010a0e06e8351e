"""Staging areas: elements in order, and by key."""

from .arrays import f32
from .suite import Suite, internal_module

suite = Suite("staging")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def in_order(tf, run):
    area = tf.contrib.staging.StagingArea([tf.float32, tf.int32], shapes=[[2], []], capacity=5)
    x = tf.placeholder(tf.float32, [2])
    put = area.put([x, tf.constant(7)])
    got, first, second = area.get(), area.peek(0), area.peek(tf.constant(1))
    run.note([area.name, str([t.shape for t in got]), area.capacity, area.memory_limit])
    for at in range(3):
        run(put, {x: f32(2, at=at)})
    run([first, second, area.size()])
    run(got)
    run(second)
    run([put, got], {x: [8.0, 9.0]})
    run(area.clear())
    run(area.size())


@story
def dicts(tf, run):
    with tf.name_scope("outer"), tf.device("/cpu:0"):
        area = tf.contrib.staging.StagingArea(
            [tf.float32, tf.int32], names=["a", "b"], shared_name="own", memory_limit=64
        )
        put = area.put({"b": tf.constant(3), "a": tf.ones([2])})
    run(put)
    run(area.get())
    one = tf.contrib.staging.StagingArea([tf.string])
    run(one.put(tf.constant("word")))
    run(one.get())


@story
def by_key(tf, run):
    module = internal_module(tf, "python.ops.data_flow_ops")
    area = module.MapStagingArea([tf.float32, tf.int32], shapes=[[2], []], ordered=True)
    key, x = tf.placeholder(tf.int64, []), tf.placeholder(tf.float32, [2])
    put = area.put(key, [x, tf.constant(7)], [0, 1])
    some, no_key = area.get(key), area.get()
    sizes = [area.size(), area.incomplete_size()]
    for number in (5, 3, 9):
        run(put, {key: number, x: f32(2, at=number)})
    run(sizes)
    run(area.peek(key, [1]), {key: 9})
    run(some, {key: 9})
    run(no_key)
    run(area.put(key, [x], [0]), {key: 4, x: f32(2)})
    run(sizes)
    run(area.put(key, [tf.constant(8)], [1]), {key: 4})
    run(area.get(key, [1]), {key: 4})
    run(area.get(key, [0]), {key: 4})
    run(sizes)
    run(area.clear())
    run(sizes)


@story
def by_key_and_name(tf, run):
    module = internal_module(tf, "python.ops.data_flow_ops")
    area = module.MapStagingArea([tf.float32, tf.int32], names=["x", "n"], capacity=3)
    key = tf.placeholder(tf.int64, [])
    run(area.put(key, {"n": tf.constant(1)}), {key: 2})
    run([area.size(), area.incomplete_size()])
    run(area.put(key, {"x": tf.ones([2])}), {key: 2})
    run(area.peek(key, ["x"]), {key: 2})
    run(area.get(key, ["n"]), {key: 2})
    run(area.get(indices=["x"]))
    run([area.size(), area.incomplete_size()])
    run(area.put(key, {"n": tf.constant(1)}), {key: 2})
    run(area.clear())
    run([area.size(), area.incomplete_size()])


@story
def misused(tf, run):
    module = internal_module(tf, "python.ops.data_flow_ops")
    area = tf.contrib.staging.StagingArea([tf.float32], memory_limit=8)
    keyed = module.MapStagingArea([tf.float32, tf.int32])
    named = module.MapStagingArea([tf.float32, tf.int32], names=["a", "b"])
    one, x = tf.constant(1, tf.int64), tf.zeros([2])
    refused = [
        lambda: tf.contrib.staging.StagingArea([tf.float32], shapes=[[], []]),
        lambda: tf.contrib.staging.StagingArea([tf.float32], names=["a", "b"]),
        lambda: tf.contrib.staging.StagingArea([tf.float32], shared_name=3),
        lambda: area.put([x, x]),
        lambda: area.put({"a": x}),
        lambda: area.put(tf.constant(1)),
        lambda: keyed.put(one, [x]),
        lambda: keyed.get(one, []),
        lambda: keyed.get(one, ["a"]),
        lambda: keyed.get(one, [0, "a"]),
        lambda: named.put(one, [x], [0]),
        lambda: named.put(one, {"c": x}),
        lambda: run.session.run(area.put(tf.zeros([3]))),
        lambda: run.session.run(keyed.put(one, [tf.constant(1), x], [1, 0])),
    ]
    for build in refused:
        run.refused(build)
    run(keyed.put(one, [x, tf.constant(1)], [0, 1]))
    run(keyed.get(one, [0]))
    run.refused(lambda: run.session.run(keyed.get(one, [0])))
