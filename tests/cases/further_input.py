"""Input that few programs use: errors among elements, internals, records, sequences."""

import numpy as np

from .datasets import sentence
from .suite import Suite, internal_module

suite = Suite("further_input")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def structures(tf, run):
    nest = internal_module(tf, "python.data.util.nest")
    told = nest.flatten({"b": [1, 2], "a": (3, 4)}), nest.is_sequence([1]), nest.is_sequence((1,))
    run.note(str(told))
    for one, other in (
        ((0, 1), (0, 1, 2)),
        ((0, (1, 2)), (0, 1)),
        ({"a": 1}, {"b": 1}),
        ((0, 1), {"a": 0, "b": 1}),
    ):
        run.refused(lambda one=one, other=other: nest.assert_same_structure(one, other))
    nest.assert_same_structure({"a": 1}, {"b": 1}, check_types=False)
    run.refused(lambda: nest.map_structure(lambda x: x, (1, 2), types=False))
    convert = internal_module(tf, "python.data.util.convert")
    run([convert.partial_shape_to_tensor([None, 3]), convert.optional_param_to_tensor("x", None)])
    run.refused(lambda: convert.partial_shape_to_tensor(tf.constant([[1]], tf.int64)))
    run.refused(lambda: convert.partial_shape_to_tensor(tf.constant([1.0])))


@story
def errors_among_elements(tf, run):
    """An error counts as an element: others take their turns behind it."""

    def checked(x):
        inverse = tf.check_numerics(1 / tf.cast(x - 5, tf.float32), "five")
        return x + tf.cast(0 * inverse, tf.int64)

    def rows(x):
        return tf.data.Dataset.from_tensors(x).repeat(x)

    def refused(x):
        return tf.data.Dataset.from_tensors(x).repeat(checked(x))

    numbers = tf.data.Dataset.from_tensor_slices(np.int64([4, 5, 6]))
    for dataset, function in ((numbers.map(checked), rows), (numbers, refused)):
        turns = tf.data.experimental.parallel_interleave(function, 2, buffer_output_elements=1)
        iterator = tf.compat.v1.data.make_initializable_iterator(dataset.apply(turns))
        element = iterator.get_next()
        run(iterator.initializer)
        for _ in range(14):
            try:
                run(element)
            except tf.errors.InvalidArgumentError:
                run.note("refused")
            except tf.errors.OutOfRangeError:
                run.note("over")


@story
def optionals_of_optionals(tf, run):
    def pair(x):
        inner = tf.raw_ops.OptionalFromValue(components=[x])
        return tf.raw_ops.OptionalFromValue(components=[x, inner])

    def values(optional):
        x, inner = tf.raw_ops.OptionalGetValue(
            optional=optional, output_types=[tf.float32, tf.variant], output_shapes=[[], []]
        )
        (y,) = tf.raw_ops.OptionalGetValue(
            optional=inner, output_types=[tf.float32], output_shapes=[[]]
        )
        return x, y

    one, other = pair(tf.constant(2.0)), pair(tf.constant(3.0))
    run([values(tf.add_n([one, other])), values(tf.zeros_like(one))])


@story
def impossible_padding(tf, run):
    rows = tf.data.Dataset.range(2).map(lambda x: tf.reshape(x, [1]))
    size = tf.constant([5], tf.int64) * -1
    iterator = tf.compat.v1.data.make_initializable_iterator(rows.padded_batch(2, size))
    element = iterator.get_next()
    sentence(run, [iterator.initializer])
    run.note(str(element.shape))
