"""Arrays of tensors and stacks, without loops: values, nodes and gradients."""

import numpy as np

from .arrays import f32, ints, num
from .nodes import node
from .suite import Suite

suite = Suite("tensor_arrays")
case = suite.case


def array(tf, size, dtype="float32", **options):
    return tf.TensorArray(tf.as_dtype(dtype), size, **options)


def after(tf, wait, build):
    """What `build` builds, which waits for `wait`."""
    with tf.control_dependencies([wait]):
        return build()


# Each method.

case("stacked", lambda tf, x: array(tf, 2).write(0, x).write(1, x * x).stack(), f32(3))
case("stacked_scalars", lambda tf, x: array(tf, 2).write(0, x).write(1, x * x).stack(), num(3))
case("concat", lambda tf, x: array(tf, 2).write(0, x).write(1, x * x).concat(), f32(2, 3))
case("read", lambda tf, x: array(tf, 3).write(1, x * 2).read(1), f32(3))
case("unstack", lambda tf, x: array(tf, 2).unstack(x).read(1), f32(2, 3))
case("unstack_stack", lambda tf, x: array(tf, 3).unstack(x).stack() * x, f32(3, 2))
case("gather", lambda tf, x: array(tf, 3).unstack(x).gather([2, 0]), f32(3, 2))
case("scatter", lambda tf, x: array(tf, 3).scatter([2, 0, 1], x).stack(), f32(3, 2))
case("fed_indices", lambda tf, x, i: array(tf, 3).scatter(i, x).gather(i), f32(2, 2), ints([2, 0]))
case(
    "fed_index",
    lambda tf, x, i: array(tf, 3).write(i, x).read(i),
    f32(2, 2),
    ints(2),
)
case(
    "split",
    lambda tf, x: array(tf, 2, infer_shape=False).split(x, [1, 2]).concat() * x,
    f32(3, 2),
)
case("split_evenly", lambda tf, x: array(tf, 2).split(x, [2, 2]).stack(), f32(4, 2))
case("split_read", lambda tf, x: array(tf, 2, infer_shape=False).split(x, [1, 2]).read(1), f32(3))
case("size", lambda tf, n: [array(tf, n).size(), array(tf, 4).unstack([1.0, 2.0]).size()], ints(3))


def identity(tf, x):
    given = array(tf, 2)
    return given.write(0, x).identity().write(1, x).stack()


case("identity", identity, f32(2))


def close(tf, x):
    given = array(tf, 2).write(0, x)
    value = given.read(0)
    return after(tf, value, lambda: after(tf, given.close(), lambda: given.size()))


case("close", close, f32(2))


# What arrays are made with.

case(
    "dynamic",
    lambda tf, x: array(tf, 0, dynamic_size=True, element_shape=[2]).write(2, x).stack(),
    f32(2),
)
case("dynamic_size", lambda tf, x: array(tf, 1, dynamic_size=True).write(4, x).size(), f32(2))
case(
    "dynamic_scatter",
    lambda tf, x: array(tf, 0, dynamic_size=True).scatter([1, 3, 0], x).stack(),
    f32(3, 2),
)


def read_twice(tf, x):
    given = array(tf, 2, clear_after_read=False).write(0, x)
    return given.read(0) * given.read(0)


case("read_twice", read_twice, f32(3))
case(
    "several_shapes",
    lambda tf, x, y: array(tf, 2, infer_shape=False).write(0, x).write(1, y).concat(),
    f32(2, 3),
    f32(1, 3),
)
case("unwritten", lambda tf, x: array(tf, 3).write(1, x).stack(), f32(2))
case("unwritten_declared", lambda tf, x: array(tf, 3, element_shape=[2]).read(1) + x, f32(2))
case(
    "element_shape",
    lambda tf, x: array(tf, 2, element_shape=[None, 3], name="rows").write(0, x).read(0),
    f32(2, 3),
)
case(
    "own_name",
    lambda tf, x: array(tf, 1, tensor_array_name="own").write(0, x, name="put").read(0, name="got"),
    f32(2),
)
case("empty", lambda tf: array(tf, 0, element_shape=[2, 3]).stack(), grad=False)
case("empty_concat", lambda tf: array(tf, 0, element_shape=[None, 3]).concat(), grad=False)
case("no_rows", lambda tf, x: array(tf, 2).unstack(x).stack(), f32(0, 3), grad=False)
case("integers", lambda tf, x: array(tf, 2, "int32").unstack(x).stack(), ints([3, 4]))
case(
    "strings",
    lambda tf: array(tf, 2, "string").write(0, "a").write(1, "b").stack(),
    grad=False,
)
case("booleans", lambda tf, x: array(tf, 3, "bool").write(1, x > 0).stack(), f32(2), grad=False)


def placed(tf, x):
    """The array stands by the first value that is written, wherever that is."""
    with tf.device("/cpu:0"):
        y = x * 2
    with tf.device("/cpu:1"):
        given = array(tf, 3).write(0, y).write(1, x)
    with tf.device("/cpu:2"):
        other = array(tf, 2, colocate_with_first_write_call=False).unstack([1.0, 2.0])
    return given.read(0).shape.ndims, other.handle.shape.as_list()


case("placed", placed, f32(2), grad=False)


def of_handle(tf, x):
    given = array(tf, 2).write(0, x)
    same = tf.TensorArray(tf.float32, handle=given.handle, flow=given.flow)
    return same.write(1, x * x).stack()


case("of_handle", of_handle, f32(2))


def described(tf, x):
    given = array(tf, 2, dynamic_size=True).write(0, x)
    other = array(tf, 2, infer_shape=False).write(0, x)
    return (
        given.dtype.name,
        given.dynamic_size,
        str(given.element_shape),
        given.flow,
        str(other.element_shape),
    )


case("described", described, f32(2), grad=False)


# Gradients.


def many_reads(tf, x):
    given = array(tf, 3, clear_after_read=False).unstack(x)
    return given.read(0) * given.read(0) + given.read(2), given.gather([2, 2, 1])


case("many_reads", many_reads, f32(3, 2))


def unread(tf, x, y):
    """The element that nothing read has gradient zero."""
    return array(tf, 2).write(0, x).write(1, y).read(0)


case("unread", unread, f32(2), f32(2, at=1))


def sum_of_gradients(tf, x):
    given = array(tf, 3).write(0, x).write(1, x)
    sums = given.grad("given").write(0, x).write(0, x * x).write(2, x)
    return sums.stack(), sums.size()


case("sum_of_gradients", sum_of_gradients, f32(2))


def sums_by_source(tf, x):
    given = array(tf, 2).write(0, x)
    one, other = given.grad("one").write(0, x), given.grad("other").write(0, x * 2)
    again = given.grad("one", flow=one.flow).write(0, x)
    return again.read(0), other.read(0)


case("sums_by_source", sums_by_source, f32(2), grad=False)


def sums_with_axes(tf, x):
    given = array(tf, 2).write(0, x)
    made = tf.raw_ops.TensorArrayGradWithShape(
        handle=given.handle, flow_in=given.flow, shape_to_prepend=[2, 1], source="wide"
    )
    sums = tf.TensorArray(tf.float32, handle=made.grad_handle, flow=made.flow_out)
    return sums.write(0, x[None, None] * [[[1.0]], [[2.0]]]).read(0), made.flow_out


case("sums_with_axes", sums_with_axes, f32(3), grad=False)


def several_calls(tf, x):
    given = array(tf, 2).unstack(x).stack()
    return tf.gradients(given * given, x), tf.gradients(given, x), tf.gradients(3 * given, x)


case("several_calls", several_calls, f32(2, 3), grad=False)


def behind_a_split(tf, x):
    """The gradient of a split is as long as what was split."""
    given = array(tf, 2, dynamic_size=True).split(x, [1, 1]).write(2, x[:1])
    return given.concat()


case("behind_a_split", behind_a_split, f32(2, 3))

# Stacks.


def pile(tf, x):
    handle = tf.raw_ops.StackV2(max_size=-1, elem_type=tf.float32, stack_name="pile")
    first = tf.raw_ops.StackPushV2(handle=handle, elem=x)
    second = after(tf, first, lambda: tf.raw_ops.StackPushV2(handle=handle, elem=x[0]))

    def pop():
        return tf.raw_ops.StackPopV2(handle=handle, elem_type=tf.float32)

    third = after(tf, second, pop)
    fourth = after(tf, third, pop)
    closed = after(tf, fourth, lambda: tf.raw_ops.StackCloseV2(handle=handle))
    return third, fourth, after(tf, closed, lambda: tf.constant(np.int32(1)))


case("pile", pile, f32(2, 3), grad=False)


def old_pile(tf, x):
    """As graphs of before TensorFlow 1.1 have it."""
    (handle,) = node(tf, "Stack", elem_type=tf.float32)
    (pushed,) = node(tf, "StackPush", handle, x, T=tf.float32)
    (popped,) = after(tf, pushed, lambda: node(tf, "StackPop", handle, elem_type=tf.float32))
    after(tf, popped, lambda: node(tf, "StackClose", handle, outputs=0))
    (closing,) = [op for op in x.graph.get_operations() if op.type == "StackClose"]
    return popped, after(tf, closing, lambda: tf.constant(np.int32(1)))


case("old_pile", old_pile, f32(2, 3), grad=False)


# In choices.


def written_on_both_sides(tf, x):
    given = array(tf, 2, element_shape=[2])
    chosen = tf.cond(x[0] > 0, lambda: given.write(0, x), lambda: given.write(1, x * 2))
    return chosen.stack()


case("written_on_both_sides", written_on_both_sides, num([1, 2]))
case("written_on_the_other_side", written_on_both_sides, num([-1, 2]))


def read_on_one_side(tf, x):
    given = array(tf, 2).unstack(x)
    return tf.cond(x[0, 0] > 0, lambda: given.read(0) * 2, lambda: given.read(1))


case("read_on_one_side", read_on_one_side, f32(2, 3))
case("read_on_the_other_side", read_on_one_side, -f32(2, 3))
