"""What arrays of tensors and stacks refuse, while building and in a run."""

import numpy as np

from .arrays import ints, num
from .suite import Suite

suite = Suite("tensor_array_errors")

ROWS = num([[1, 2], [3, 4], [5, 6]])


def fed(tf, value):
    """A tensor of which building knows the type alone."""
    return tf.placeholder_with_default(np.asarray(value), None)


def array(tf, size=3, dtype="float32", **options):
    return tf.TensorArray(tf.as_dtype(dtype), size, **options)


def case(id, fn):
    """Adds a case that runs what `fn(tf)` builds."""
    suite.case(id, lambda tf, run: run(fn(tf)), grad=False)


def after(tf, wait, build):
    with tf.control_dependencies([wait]):
        return build()


# Writing.

case("write_twice", lambda tf: array(tf).write(0, 1.0).write(0, 2.0).flow)
case("write_behind_the_end", lambda tf: array(tf).write(3, 1.0).flow)
case("write_before_the_start", lambda tf: array(tf).write(fed(tf, ints(-1)), 1.0).flow)
case("write_before_a_dynamic", lambda tf: array(tf, dynamic_size=True).write(-1, 1.0).flow)
case("write_other_shape", lambda tf: array(tf).write(0, [1.0]).write(1, [1.0, 2.0]).flow)
case(
    "write_other_shape_fed",
    lambda tf: array(tf).write(0, fed(tf, ROWS)).write(1, fed(tf, ROWS[0])).flow,
)
case(
    "write_other_than_element_shape",
    lambda tf: array(tf, element_shape=[2, None], infer_shape=False).write(0, fed(tf, ROWS)).flow,
)
case("write_other_type", lambda tf: array(tf).write(0, tf.constant(1)).flow)
case("write_index_vector", lambda tf: array(tf).write([1], 1.0).flow)
case("write_index_vector_fed", lambda tf: array(tf).write(fed(tf, ints([1])), 1.0).flow)


def read_then_write(tf, **options):
    given = array(tf, **options).write(0, 1.0)
    return after(tf, given.read(0), lambda: given.write(0, 2.0).flow)


case("write_what_was_read", read_then_write)
case("write_what_was_kept", lambda tf: read_then_write(tf, clear_after_read=False))
case("scatter_twice", lambda tf: array(tf).scatter([1, 1], ROWS[:2]).flow)
case("scatter_behind_the_end", lambda tf: array(tf, 2).unstack(ROWS).flow)
case("scatter_before_the_start", lambda tf: array(tf).scatter([-1, 0], ROWS[:2]).flow)
case("scatter_lengths", lambda tf: array(tf).scatter([1, 0], ROWS).flow)
case("scatter_lengths_fed", lambda tf: array(tf).scatter(fed(tf, ints([1, 0])), ROWS).flow)
case("scatter_scalar", lambda tf: array(tf).scatter([0], fed(tf, num(1))).flow)
case("scatter_index_matrix", lambda tf: array(tf).scatter(fed(tf, ints([[0, 1, 2]])), ROWS).flow)
case("unstack_scalar", lambda tf: array(tf).unstack(1.0).flow)
case("split_lengths", lambda tf: array(tf, 2).split(ROWS, [1, 1]).flow)
case("split_size", lambda tf: array(tf, 3).split(ROWS, [1, 2]).flow)
case("split_unevenly", lambda tf: array(tf, 2).split(ROWS, [1, 2]).flow)
case("split_scalar", lambda tf: array(tf, 2).split(fed(tf, num(1)), [1, 0]).flow)
case("split_length_scalar", lambda tf: array(tf, 2).split(ROWS, fed(tf, ints(3))).flow)

# Reading.

case("read_unwritten", lambda tf: array(tf).read(0))
case("read_unwritten_of_some_shape", lambda tf: array(tf, element_shape=[None]).read(0))
case(
    "read_unwritten_of_any_shape",
    lambda tf: array(tf, infer_shape=False).write(1, 1.0).read(0),
)
case("read_behind_the_end", lambda tf: array(tf).unstack(ROWS).read(3))
case("read_before_the_start", lambda tf: array(tf).unstack(ROWS).read(fed(tf, ints(-1))))
case("read_index_vector", lambda tf: array(tf).unstack(ROWS).read(fed(tf, ints([1]))))


def read_twice(tf):
    given = array(tf).unstack(ROWS)
    return after(tf, given.read(0), lambda: given.read(0))


case("read_twice", read_twice)
case("gather_twice", lambda tf: array(tf).unstack(ROWS).gather([1, 1]))
case("gather_behind_the_end", lambda tf: array(tf).unstack(ROWS).gather([0, 3]))
case("gather_scalar", lambda tf: array(tf).unstack(ROWS).gather(0))
case("gather_scalar_fed", lambda tf: array(tf).unstack(ROWS).gather(fed(tf, ints(0))))
case("gather_none", lambda tf: array(tf, 0).stack())
case("gather_none_of_some_shape", lambda tf: array(tf, 0, element_shape=[2, None]).stack())


def of_two_shapes(tf):
    return array(tf, 2, infer_shape=False).write(0, ROWS[0]).write(1, ROWS[0, :1])


case("stack_two_shapes", lambda tf: of_two_shapes(tf).stack())


def gathered_as(tf, given, sizes):
    return tf.raw_ops.TensorArrayGatherV3(
        handle=given.handle,
        indices=[0],
        flow_in=given.flow,
        dtype=tf.float32,
        element_shape=sizes,
    )


case("gather_other_shape", lambda tf: gathered_as(tf, of_two_shapes(tf), [3]))
case(
    "gather_other_element_shape",
    lambda tf: gathered_as(tf, array(tf, element_shape=[2]).unstack(ROWS), [3]),
)
case(
    "concat_two_shapes",
    lambda tf: (
        array(tf, 2, infer_shape=False).write(0, ROWS).write(1, fed(tf, ROWS[:, :1])).concat()
    ),
)
case("concat_scalars", lambda tf: array(tf, 2).unstack(num([1, 2])).concat())
case("concat_scalars_fed", lambda tf: array(tf, 2).unstack(fed(tf, num([1, 2]))).concat())
case("concat_none", lambda tf: array(tf, 0, infer_shape=False).concat())


def read_as(tf, dtype):
    given = array(tf)
    return tf.raw_ops.TensorArrayReadV3(
        handle=given.handle, index=0, flow_in=given.flow, dtype=tf.as_dtype(dtype)
    )


case("read_other_type", lambda tf: read_as(tf, "int32"))

# Making and closing.

case("size_negative", lambda tf: array(tf, -1).size())
case("size_vector", lambda tf: array(tf, [1]).size())
case("size_vector_fed", lambda tf: array(tf, fed(tf, ints([1]))).size())
case("no_size", lambda tf: tf.TensorArray(tf.float32).size())
case("handle_and_size", lambda tf: tf.TensorArray(tf.float32, 2, handle=array(tf).handle))
case(
    "handle_and_name",
    lambda tf: tf.TensorArray(tf.float32, tensor_array_name="a", handle=array(tf).handle),
)
case(
    "handle_and_element_shape",
    lambda tf: tf.TensorArray(tf.float32, element_shape=[2], handle=array(tf).handle),
)
case(
    "handle_and_dynamic_size",
    lambda tf: tf.TensorArray(tf.float32, dynamic_size=True, handle=array(tf).handle),
)
case(
    "handle_and_clear_after_read",
    lambda tf: tf.TensorArray(tf.float32, clear_after_read=True, handle=array(tf).handle),
)
case("handle_is_none_of_tensors", lambda tf: tf.TensorArray(tf.float32, handle="a"))
case("handle_without_flow", lambda tf: tf.TensorArray(tf.float32, handle=array(tf).handle))

CLOSED = {
    "read": lambda given: given.read(0),
    "write": lambda given: given.write(1, 1.0).flow,
    "stack": lambda given: given.stack(),
    "concat": lambda given: given.concat(),
    "unstack": lambda given: given.unstack([1.0, 2.0]).flow,
    "grad": lambda given: given.grad("any").flow,
}


def closed(tf, use):
    given = array(tf, 2).write(0, 1.0)
    closing = after(tf, given.flow, given.close)
    return after(tf, closing, lambda: use(given))


for name in CLOSED:
    case("closed_" + name, lambda tf, use=CLOSED[name]: closed(tf, use))

# Gradients.

case(
    "gradients_of_another_shape",
    lambda tf: array(tf).unstack(ROWS).grad("a").write(0, fed(tf, ROWS)).flow,
)
case(
    "gradients_behind_the_end", lambda tf: array(tf).unstack(ROWS).grad("a").write(3, ROWS[0]).flow
)
case("gradients_of_gradients", lambda tf: array(tf).grad("a").grad("b").flow)


def longer_after_gradients(tf):
    given = array(tf, 1, dynamic_size=True).write(0, 1.0)
    return after(tf, given.grad("a").flow, lambda: given.write(1, 1.0).flow)


case("longer_after_gradients", longer_after_gradients)


def gradients_read_twice(tf):
    sums = array(tf, clear_after_read=False).unstack(ROWS).grad("a")
    return after(tf, sums.read(0), lambda: sums.read(0))


case("gradients_read_twice", gradients_read_twice)


def gradients_read_then_written(tf):
    sums = array(tf, clear_after_read=False).unstack(ROWS).grad("a")
    return after(tf, sums.read(0), lambda: sums.write(0, ROWS[0]).flow)


case("gradients_read_then_written", gradients_read_then_written)


def gradients_of_another_name(tf):
    given = tf.constant(ROWS)
    return tf.gradients(array(tf).unstack(given).stack(), given, name="slopes")


case("gradients_of_another_name", gradients_of_another_name)

# Stacks.


def chain(tf, most, *steps):
    """What the last of `steps` on one stack gives; each waits for the one before."""
    handle = tf.raw_ops.StackV2(max_size=most, elem_type=tf.float32)
    made = handle
    for step in steps:
        with tf.control_dependencies([made.op if hasattr(made, "op") else made]):
            made = step(tf, handle)
    return made


def push(tf, handle, value=1.0):
    return tf.raw_ops.StackPushV2(handle=handle, elem=value)


def pop(tf, handle):
    return tf.raw_ops.StackPopV2(handle=handle, elem_type=tf.float32)


def shut(tf, handle):
    return tf.raw_ops.StackCloseV2(handle=handle)


case("stack_empty", lambda tf: chain(tf, -1, pop))
case("stack_full", lambda tf: chain(tf, 1, push, push, pop))
case("stack_of_none", lambda tf: chain(tf, 0, push, pop))
case("stack_closed", lambda tf: chain(tf, 1, push, shut, pop))
case("stack_push_closed", lambda tf: chain(tf, 1, push, shut, push, pop))
case("stack_of_another_type", lambda tf: chain(tf, 1, lambda tf, handle: push(tf, handle, 1), pop))
case("stack_size_vector", lambda tf: chain(tf, [1, 2], push, pop))

# Conditions of any shape.


def while_smaller(tf, value):
    given = fed(tf, value)
    return tf.while_loop(lambda v: v < 3, lambda v: v + 1, [given])


case("loop_condition_vector", lambda tf: while_smaller(tf, num([1, 2])))
case("loop_condition_empty", lambda tf: while_smaller(tf, num([])))
case(
    "choice_condition_vector",
    lambda tf: tf.raw_ops.Switch(data=1.0, pred=fed(tf, [True, False]))[1] * 2,
)

# map_fn, foldl, foldr, scan.

for name in ("map_fn", "foldl", "foldr", "scan"):
    case(name + "_of_no_function", lambda tf, name=name: getattr(tf, name)(3, ROWS))
for name in ("foldl", "foldr", "scan"):
    function = lambda made, row: made
    case(name + "_scalar", lambda tf, n=name, f=function: getattr(tf, n)(f, 1.0))
    case(name + "_empty", lambda tf, n=name, f=function: getattr(tf, n)(f, ROWS[:0]))
    case(
        name + "_another_structure",
        lambda tf, n=name: getattr(tf, n)(lambda made, row: (made, row), ROWS),
    )
case("map_scalar", lambda tf: tf.map_fn(lambda x: x, 1.0))
case("map_scalars", lambda tf: tf.map_fn(lambda x: x[0], [1.0, 2.0]))
case("map_another_structure", lambda tf: tf.map_fn(lambda x: (x, x), ROWS))
case(
    "map_another_structure_than_dtype",
    lambda tf: tf.map_fn(lambda x: x, ROWS, dtype=(tf.float32, tf.float32)),
)
case(
    "map_another_sequence_than_dtype",
    lambda tf: tf.map_fn(lambda x: (x, x), ROWS, dtype=[tf.float32, tf.float32]),
)
case("map_lengths", lambda tf: tf.map_fn(lambda x: x[0], (ROWS, ROWS[:2]), dtype=tf.float32))
case("map_another_type", lambda tf: tf.map_fn(lambda x: tf.cast(x, tf.int32), ROWS))
case(
    "map_several_shapes",
    lambda tf: tf.map_fn(lambda x: tf.range(tf.cast(x[0], tf.int32)), ROWS, dtype=tf.int32),
)
case("map_nothing", lambda tf: tf.map_fn(lambda x: None, ROWS))
case("map_empty_fed", lambda tf: tf.map_fn(lambda x: x, fed(tf, ROWS[:0])))
case("foldl_longer", lambda tf: tf.foldl(lambda made, row: tf.concat([made, row], 0), ROWS))
case("scan_longer", lambda tf: tf.scan(lambda made, row: tf.concat([made, row], 0), ROWS))
case(
    "scan_longer_not_inferred",
    lambda tf: tf.scan(lambda made, row: tf.concat([made, row], 0), ROWS, infer_shape=False),
)
case("scan_lengths", lambda tf: tf.scan(lambda made, row: made, (ROWS, ROWS[:2])))


def twice_differentiated(tf, function):
    x = tf.constant(ROWS)
    return tf.gradients(tf.gradients(function(x), x), x)


case(
    "map_second_gradient",
    lambda tf: twice_differentiated(tf, lambda x: tf.map_fn(lambda row: row**3, x)),
)
