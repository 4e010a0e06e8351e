"""Accumulators of gradients: what they sum, what is stale, what they refuse."""

import numpy as np

from .arrays import f32
from .suite import Suite, internal_module

suite = Suite("accumulators")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def dense(tf, run):
    for reduction in ("MEAN", "SUM"):
        held = tf.ConditionalAccumulator(tf.float32, shape=[2, None], reduction_type=reduction)
        x, step = tf.placeholder(tf.float32, [2, 3]), tf.placeholder(tf.int64, [])
        put, taken = held.apply_grad(x, step), held.take_grad(2)
        run.note([held.name, str(taken.shape), str(held.dtype)])
        for number in (0, 0, 3):
            run(put, {x: f32(2, 3, at=number), step: number})
        run(held.num_accumulated())
        run(taken)
        run(put, {x: f32(2, 3), step: 0})  # stale
        run(held.num_accumulated())
        run(held.set_global_step(5))
        run(put, {x: f32(2, 3), step: 4})
        run(put, {x: f32(2, 3), step: 5})
        run(held.take_grad(1))
        run([held.take_grad(1), held.apply_grad(x, 9)], {x: f32(2, 3)})
    half = tf.ConditionalAccumulator(tf.float16, name="half")
    run(half.apply_grad(np.ones([2], np.float16)))
    run(half.take_grad(1))


@story
def sparse(tf, run):
    for reduction in ("MEAN", "SUM"):
        held = tf.SparseConditionalAccumulator(
            tf.float32, shape=[9, 2], reduction_type=reduction, shared_name=reduction
        )
        taken = held.take_grad(2)
        run.note([held.name, [str(part.shape) for part in taken]])
        run(held.apply_grad(np.array([1, 4]), f32(2, 2), [9, 2]))
        run(held.apply_indexed_slices_grad(tf.IndexedSlices(tf.ones([3, 2]), [0, 4, 8], [9, 2])))
        run(held.apply_grad([4], f32(1, 2, at=3), local_step=1))
        run(held.num_accumulated())
        run(taken)
        run(held.set_global_step(3))
        run(held.apply_grad([4], f32(1, 2), local_step=2))
        run(held.num_accumulated())
        run(held.apply_grad([4], f32(1, 2), local_step=3))
        slices = held.take_indexed_slices_grad(1)
        run([slices.indices, slices.values, slices.dense_shape])
    free = tf.SparseConditionalAccumulator(tf.float64)
    run(free.apply_grad([2, 3], np.ones([2])))
    run(free.take_grad(1))


@story
def refused(tf, run):
    x = tf.placeholder(tf.float32)
    held = tf.ConditionalAccumulator(tf.float32, shape=[2, None])
    put = held.apply_grad(x)
    run(put, {x: f32(2, 3)})
    for wrong in (f32(2, 4), f32(3, 3), f32(2)):
        run.refused(lambda wrong=wrong: run.session.run(put, {x: wrong}))
    run.refused(lambda: run.session.run(held.take_grad(0)))
    run.refused(lambda: held.apply_grad(tf.zeros([3, 3])))
    run.refused(lambda: tf.ConditionalAccumulator(tf.string))
    run.refused(lambda: tf.ConditionalAccumulator(tf.float32, reduction_type="MAX"))
    indices = tf.placeholder(tf.int64)
    rows = tf.SparseConditionalAccumulator(tf.float32, shape=[5, 2])
    add, known = rows.apply_grad(indices, x), rows.apply_grad(indices, x, tf.constant([4, 2]))
    short = rows.apply_grad(indices, x, tf.constant([5]))

    def fails(fetch, at, values):
        run.refused(lambda: run.session.run(fetch, {indices: at, x: values}))

    fails(add, [[1]], f32(1, 2))
    fails(add, [1], 3.0)
    fails(add, [1], f32(2, 2))
    fails(add, [5], f32(1, 2))
    fails(add, [1], f32(1, 3))
    fails(add, [1], f32(1))
    fails(known, [1], f32(1, 2))
    fails(short, [1], f32(1, 2))
    run(add, {indices: [1], x: f32(1, 2)})
    fails(add, [1], f32(1, 3))
    fails(add, [1], f32(1, 2, 2))


@story
def of_old_graphs(tf, run):
    ops = internal_module(tf, "python.ops.gen_data_flow_ops")
    held = ops.conditional_accumulator(dtype=tf.float32, shape=[2])
    run(ops.accumulator_apply_gradient(held, np.int64(0), [1.0, 2.0]))
    run(ops.accumulator_num_accumulated(held))
    run(ops.accumulator_take_gradient(held, 1, dtype=tf.float32))
    run(ops.accumulator_set_global_step(held, np.int64(7)))
    run(ops.accumulator_apply_gradient(held, np.int64(6), [1.0, 2.0]))
    run(ops.accumulator_num_accumulated(held))
