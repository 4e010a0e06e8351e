"""Transformations of `tf.data.experimental`: their elements, their nodes, and what they refuse."""

import os
import tempfile

import numpy as np

from .datasets import drain, drain_raw, exhaust, sentence
from .suite import Suite

suite = Suite("more_datasets")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def numbers_of(tf, count=10):
    return tf.data.Dataset.range(count)


@story
def scanned(tf, run):
    experimental = tf.data.experimental
    numbers = numbers_of(tf, 5)
    sums = experimental.scan(np.int64(10), lambda state, x: (state + x, (state, x)))
    drain(tf, run, numbers.apply(sums), 2)
    growing = experimental.scan(
        [0], lambda state, x: (tf.concat([state, state], 0), tf.size(state))
    )
    dataset = numbers.apply(growing)
    run.note(str(dataset))
    drain(tf, run, dataset)
    run.refused(lambda: numbers.apply(experimental.scan(0, lambda state, x: state)))
    run.refused(lambda: numbers.apply(experimental.scan(0, lambda state, x: (x, x))))
    drain(tf, run, experimental.Counter(3, 2).take(3))
    drain(tf, run, experimental.Counter(3.0, -0.5, tf.float32).take(3))


@story
def up_to(tf, run):
    experimental = tf.data.experimental
    numbers = numbers_of(tf)
    drain(tf, run, numbers.apply(experimental.take_while(lambda x: x < 3)).repeat(2))
    run.refused(lambda: numbers.apply(experimental.take_while(lambda x: x)))
    twice = numbers.map(lambda x: x // 2).concatenate(numbers.take(3))
    drain(tf, run, twice.apply(experimental.unique()))
    words = tf.data.Dataset.from_tensor_slices(["a", "b", "a"])
    drain(tf, run, words.apply(experimental.unique()))
    run.refused(lambda: numbers.map(lambda x: (x, x)).apply(experimental.unique()))
    drain(tf, run, numbers.take(2).apply(experimental.enumerate_dataset(5)))


@story
def without_errors(tf, run):
    numbers = tf.data.Dataset.from_tensor_slices(np.float32([1, 0, 2, 0, 4]))
    inverse = numbers.map(lambda x: tf.check_numerics(1 / x, "no number"))
    drain(tf, run, inverse.apply(tf.data.experimental.ignore_errors()))


@story
def by_windows(tf, run):
    experimental = tf.data.experimental
    group = experimental.group_by_window(lambda x: x % 3, lambda key, window: window.batch(4), 4)
    drain(tf, run, numbers_of(tf, 20).apply(group))
    sized = experimental.group_by_window(
        lambda x: x % 2, lambda key, window: window.batch(9), window_size_func=lambda key: key + 1
    )
    drain(tf, run, numbers_of(tf, 7).apply(sized))
    run.refused(lambda: experimental.group_by_window(lambda x: x, lambda key, window: window))
    wrong = experimental.group_by_window(lambda x: x % 2, lambda key, window: key, 2)
    run.refused(lambda: numbers_of(tf).apply(wrong))
    empty = experimental.group_by_window(lambda x: x % 2, lambda key, window: window, 0)
    iterator = tf.compat.v1.data.make_initializable_iterator(numbers_of(tf).apply(empty))
    run(iterator.initializer)
    sentence(run, iterator.get_next())


@story
def by_reducers(tf, run):
    experimental = tf.data.experimental
    mean = experimental.Reducer(
        lambda _: (np.int64(0), np.int64(0)),
        lambda state, x: (state[0] + x, state[1] + 1),
        lambda total, count: tf.cast(total, tf.float32) / tf.cast(count, tf.float32),
    )
    drain(tf, run, numbers_of(tf).apply(experimental.group_by_reducer(lambda x: x % 3, mean)))
    dataset = numbers_of(tf)
    run.refused(lambda: dataset.apply(experimental.group_by_reducer(lambda x: 1.0, mean)))


@story
def by_length(tf, run):
    experimental = tf.data.experimental
    lengths = tf.data.Dataset.from_tensor_slices(np.int64([1, 5, 2, 9, 3, 4, 12, 1, 6]))
    ragged = lengths.map(lambda x: tf.fill([x], x))
    bucket = experimental.bucket_by_sequence_length(tf.size, [3, 8], [2, 2, 1])
    drain(tf, run, ragged.apply(bucket))
    plain = experimental.bucket_by_sequence_length(
        tf.size, [3, 8], [1, 1, 1], no_padding=True, drop_remainder=True
    )
    drain(tf, run, ragged.apply(plain))
    run.refused(lambda: experimental.bucket_by_sequence_length(tf.size, [3], [2]))


@story
def mapped_and_batched(tf, run):
    experimental = tf.data.experimental
    numbers = numbers_of(tf, 7)
    drain(tf, run, numbers.apply(experimental.map_and_batch(lambda x: (x, x * x), 3)))
    few = experimental.map_and_batch(lambda x: x, 3, num_parallel_batches=2, drop_remainder=True)
    dataset = numbers.apply(few)
    run.note(str(dataset))
    drain(tf, run, dataset)
    legacy = experimental.map_and_batch_with_legacy_function(lambda x: -x, 4)
    drain(tf, run, numbers.apply(legacy))
    run.refused(lambda: experimental.map_and_batch(lambda x: x, 1, 2, num_parallel_calls=2))
    inverse = tf.data.Dataset.from_tensor_slices(np.float32([1, 0, 2, 3, 4, 5]))
    checked = inverse.map(lambda x: tf.check_numerics(1 / x, "no number")).batch(2)
    iterator = tf.compat.v1.data.make_initializable_iterator(checked)
    element = iterator.get_next()
    run(iterator.initializer)
    sentence(run, element)
    exhaust(tf, run, element)


@story
def chosen(tf, run):
    experimental = tf.data.experimental
    several = [tf.data.Dataset.from_tensors(word).repeat(3) for word in "abc"]
    choice = tf.data.Dataset.from_tensor_slices(np.int64([0, 2, 1, 1, 0, 0, 0, 2, 1]))
    drain(tf, run, experimental.choose_from_datasets(several, choice))
    numbers = [tf.data.Dataset.range(n, n + 9) for n in (0, 10, 20)]
    drain(tf, run, experimental.sample_from_datasets(numbers, seed=3))
    drain(tf, run, experimental.sample_from_datasets(numbers, [0.2, 0.7, 0.1], seed=3))
    weights = tf.data.Dataset.from_tensors([0.2, 0.7, 0.1]).repeat()
    drain(tf, run, experimental.sample_from_datasets(numbers, weights, seed=3))
    run.refused(lambda: experimental.choose_from_datasets(several, several[0]))
    run.refused(lambda: experimental.sample_from_datasets([numbers[0], several[0]]))
    run.refused(lambda: experimental.sample_from_datasets(numbers, [1.0]))
    wrong = experimental.choose_from_datasets(several, tf.data.Dataset.from_tensors(np.int64(5)))
    iterator = tf.compat.v1.data.make_initializable_iterator(wrong)
    run(iterator.initializer)
    sentence(run, iterator.get_next())


@story
def random_numbers(tf, run):
    experimental = tf.data.experimental
    drain(tf, run, experimental.RandomDataset(seed=4).take(9), 2)
    numbers = numbers_of(tf, 5)
    drain(tf, run, numbers.apply(experimental.shuffle_and_repeat(3, 2, seed=1)), 2)
    drain(tf, run, numbers.apply(experimental.shuffle_and_repeat(30, seed=1)).take(12))


@story
def resampled(tf, run):
    experimental = tf.data.experimental
    tf.set_random_seed(1)
    classes = tf.data.Dataset.from_tensor_slices(np.int32([0, 1, 0, 0, 0, 1, 0, 0] * 4))
    known = experimental.rejection_resample(lambda x: x, [0.5, 0.5], [0.75, 0.25], seed=2)
    drain(tf, run, classes.apply(known))
    guessed = experimental.rejection_resample(lambda x: x, [0.5, 0.5], seed=2)
    drain(tf, run, classes.apply(guessed))


@story
def interleaved_beforehand(tf, run):
    experimental = tf.data.experimental

    def rows(x):
        return tf.data.Dataset.range(x * 10, x * 10 + x)

    drain(tf, run, numbers_of(tf, 6).apply(experimental.parallel_interleave(rows, 3, 2)))
    run.refused(lambda: numbers_of(tf).apply(experimental.parallel_interleave(lambda x: x, 3)))


@story
def optional_values(tf, run):
    experimental = tf.data.experimental
    iterator = tf.compat.v1.data.make_initializable_iterator(numbers_of(tf, 1))
    following = experimental.get_next_as_optional(iterator)
    run(iterator.initializer)
    value, is_there = following.get_value(), following.has_value()
    run([is_there, value])
    run(is_there)
    run(iterator.initializer)
    run(value)
    sentence(run, value)
    some = experimental.Optional.from_value((1.0, {"a": [2, 3]}))
    none = experimental.Optional.none_from_structure(some.value_structure)
    run([some.has_value(), none.has_value(), some.get_value()])
    sentence(run, none.get_value())
    run.note(str(some.value_structure))


@story
def sliding(tf, run):
    numbers = numbers_of(tf, 10)
    structure = dict(output_types=[tf.int64], output_shapes=[tf.TensorShape([None])])
    for size, shift, stride in ((3, 1, 1), (2, 3, 2), (3, 5, 1), (4, 2, 3), (11, 1, 1)):
        raw = tf.raw_ops.SlidingWindowDataset(
            input_dataset=numbers._variant_tensor,
            **dict(window_size=size, window_shift=shift, window_stride=stride),
            **structure,
        )
        drain_raw(tf, run, raw, **{name[7:]: value for name, value in structure.items()})


@story
def older_names(tf, run):
    old = tf.contrib.data
    numbers = numbers_of(tf, 7)
    for apply in (
        old.batch_and_drop_remainder(3),
        old.map_and_batch(lambda x: x + 1, 3),
        old.sliding_window_batch(3, window_shift=2),
        old.enumerate_dataset(),
        old.shuffle_and_repeat(3, 1, 4),
        old.parallel_interleave(lambda x: tf.data.Dataset.range(x), 2),
        old.group_by_window(lambda x: x % 2, lambda key, window: window.batch(2), 2),
        old.assert_element_shape(tf.TensorShape([])),
    ):
        dataset = numbers.apply(apply)
        run.note(str(dataset))
        drain(tf, run, dataset)
    run(old.get_single_element(numbers.skip(6)))
    reducer = old.Reducer(lambda key: key, lambda state, x: state + x, lambda state: state)
    run(old.reduce_dataset(numbers, reducer))
    run.refused(lambda: old.sliding_window_batch(1, 2, 3))


@story
def sparse_batches(tf, run):
    experimental = tf.data.experimental
    ragged = numbers_of(tf, 5).map(lambda x: tf.fill([x], x))
    drain(tf, run, ragged.apply(experimental.dense_to_sparse_batch(3, [6])))
    drain(tf, run, ragged.apply(experimental.dense_to_sparse_batch(3, [None])))
    dataset = ragged.apply(experimental.dense_to_sparse_batch(2, [2]))
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    element = iterator.get_next()
    run(iterator.initializer)
    for _ in range(2):
        try:
            run(element)
        except tf.errors.OpError as error:
            run.note(type(error).__name__)


@story
def ragged_elements(tf, run):
    """Each is one box, which batches stack; rows of a batch are cut out of it again."""
    ragged = tf.ragged.constant([[[1], [2]], [], [[3, 4]]])
    whole = tf.data.Dataset.from_tensors(ragged)
    rows = tf.data.Dataset.from_tensor_slices(ragged)
    ranges = numbers_of(tf, 3).map(lambda i: tf.ragged.range([i, i + 1]))
    unbatch = tf.data.experimental.unbatch()
    for dataset in [
        whole,
        whole.repeat(2).batch(2),
        rows,
        rows.batch(2),
        rows.batch(2).apply(unbatch).prefetch(1),
        ranges.batch(2, drop_remainder=True),
        rows.window(2).flat_map(lambda window: window.batch(2)),
        rows.map(lambda row: tf.ragged.map_flat_values(tf.negative, row)).shuffle(3, seed=1),
    ]:
        iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
        element = iterator.get_next()
        run(iterator.initializer)
        exhaust(tf, run, [element.flat_values, *element.nested_row_splits])
        run.note(str(tf.compat.v1.data.get_output_shapes(dataset)))


@story
def in_checkpoints(tf, run):
    """An iterator goes on where it was when it was saved; at its end it stays there."""
    numbers = numbers_of(tf, 6)
    dataset = numbers.map(lambda x: x * x).shuffle(4, seed=1).repeat(2).batch(2).prefetch(1)
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    element = iterator.get_next()
    saveable = tf.data.experimental.make_saveable_from_iterator(iterator)
    tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, saveable)
    saver = tf.train.Saver()
    with tempfile.TemporaryDirectory() as folder:
        run(iterator.initializer)
        run(element)
        path = saver.save(run.session, os.path.join(folder, "model"), write_meta_graph=False)
        rest = [run.session.run(element).tolist() for _ in range(3)]
        run(iterator.initializer)
        saver.restore(run.session, path)
        run.note([run.session.run(element).tolist() for _ in range(3)] == rest)
        exhaust(tf, run, element)
        path = saver.save(run.session, os.path.join(folder, "model"), write_meta_graph=False)
        run(iterator.initializer)
        saver.restore(run.session, path)
        exhaust(tf, run, element)
