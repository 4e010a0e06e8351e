"""Input pipelines: their elements, their nodes and functions, and what they refuse."""

import os
import tempfile
import warnings

import numpy as np

from .suite import Suite

suite = Suite("datasets")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def drain(tf, run, dataset, times=1, most=40):
    """Logs all elements of a dataset, of each initialisation of its iterator."""
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    element = iterator.get_next()
    for _ in range(times):
        run(iterator.initializer)
        exhaust(tf, run, element, most)


def drain_raw(tf, run, variant, types, shapes):
    """Logs all elements of a dataset that TensorFlow cannot optimise."""
    structure = {"output_types": types, "output_shapes": shapes}
    iterator = tf.raw_ops.IteratorV2(shared_name="", container="", **structure)
    run(tf.raw_ops.MakeIterator(dataset=variant, iterator=iterator))
    exhaust(tf, run, tf.raw_ops.IteratorGetNext(iterator=iterator, **structure))


def exhaust(tf, run, element, most=40):
    """Logs what runs give for `element` until there is no more, and how that is told."""
    for _ in range(most):
        try:
            run(element)
        except tf.errors.OutOfRangeError as error:
            run.note(str(error).split("\n")[0])
            return


def sentence(run, fetch, feeds=None):
    """Logs what a run is refused with."""
    run.refused(lambda: run.session.run(fetch, feeds))


@story
def slices(tf, run):
    """Rows, through a function that takes a tensor from outside and draws numbers."""
    tf.set_random_seed(3)
    scale = tf.constant(3.0)
    dataset = tf.data.Dataset.from_tensor_slices((np.float32([1, 2, 3, 4]), {"n": np.arange(4)}))
    dataset = dataset.map(lambda x, y: (x * scale + tf.random_uniform([]), y["n"]))
    dataset = dataset.shuffle(10, seed=3).repeat(2).batch(3).prefetch(1)
    iterator = dataset.make_one_shot_iterator()
    run.note([str(told) for told in (dataset.output_types, dataset.output_shapes)])
    exhaust(tf, run, iterator.get_next())
    run.refused(lambda: iterator.initializer)


@story
def mapped(tf, run):
    dataset = tf.data.Dataset.range(6).map(lambda x: x + 1, num_parallel_calls=2)
    dataset = dataset.filter(lambda x: x > 2)
    dataset = dataset.flat_map(lambda x: tf.data.Dataset.from_tensors(x).repeat(2))
    drain(tf, run, dataset, 2)


@story
def interleaved(tf, run):
    def rows(x):
        return tf.data.Dataset.range(x * 10, x * 10 + x)

    drain(tf, run, tf.data.Dataset.range(6).interleave(rows, 3, 2))
    drain(tf, run, tf.data.Dataset.range(4).interleave(rows, 2, 1, num_parallel_calls=2))


@story
def in_random_order(tf, run):
    """Shuffled and repeated, with the epochs fused or not; the seed of the graph or an own one."""
    numbers = tf.data.Dataset.range(5)
    drain(tf, run, numbers.shuffle(3, seed=1).repeat(3), 2)
    drain(tf, run, numbers.shuffle(3, seed=1, reshuffle_each_iteration=False).repeat(2), 2)
    drain(tf, run, numbers.shuffle(3, seed=7).take(4).repeat(2))
    drain(tf, run, tf.data.Dataset.zip((numbers.shuffle(9, seed=1), numbers.shuffle(2, seed=1))))
    drain(tf, run, numbers.flat_map(lambda x: tf.data.Dataset.range(x).shuffle(9, 5).repeat(2)))
    tf.set_random_seed(5)
    drain(tf, run, numbers.map(lambda x: x * x).shuffle(100).repeat(2))
    raw = tf.raw_ops.ShuffleAndRepeatDataset(
        input_dataset=numbers._variant_tensor,
        **dict(buffer_size=2, seed=4, seed2=9, count=2),
        **numbers._flat_structure,
    )
    drain(tf, run, tf.data.experimental.from_variant(raw, tf.TensorSpec([], tf.int64)))


@story
def random_functions(tf, run):
    """Random numbers in functions: one stream for each place of a pipeline."""

    def draw(x):
        return tf.random_uniform([], seed=5)

    numbers = tf.data.Dataset.range(3)
    drain(tf, run, numbers.map(draw).repeat(2), 2)
    both = numbers.map(draw)
    drain(tf, run, tf.data.Dataset.zip((both, both)))
    drain(tf, run, numbers.interleave(lambda x: numbers.map(draw), 2, 1))


@story
def arranged(tf, run):
    data = tf.data.Dataset
    numbers = data.range(7)
    drain(tf, run, numbers.skip(1).take(5).shard(2, 1).concatenate(data.range(5, 1, -2)))
    drain(
        tf, run, data.zip((numbers, (data.range(3).repeat(), data.from_tensors([1, 2]).repeat())))
    )
    drain(tf, run, numbers.take(-1).skip(5).concatenate(numbers.skip(-1)))
    drain(tf, run, numbers.take(0).repeat())
    drain(tf, run, numbers.repeat(0))
    drain(tf, run, numbers.enumerate(3).take(2))
    run.refused(lambda: data.zip([numbers, numbers]))
    run.refused(lambda: numbers.concatenate(data.from_tensors(1.0)))
    run.refused(lambda: data.range())


@story
def batched(tf, run):
    numbers = tf.data.Dataset.range(7)
    drain(tf, run, numbers.batch(3).prefetch(2))
    drain(tf, run, numbers.batch(3, drop_remainder=True))
    ragged = numbers.map(lambda x: tf.fill([x // 2], x))
    iterator = ragged.batch(2).make_initializable_iterator()
    element = iterator.get_next()
    run(iterator.initializer)
    for _ in range(4):
        run(element)
    raw = tf.raw_ops.BatchDataset(
        input_dataset=numbers._variant_tensor,
        batch_size=4,
        output_types=[tf.int64],
        output_shapes=[tf.TensorShape([None])],
    )
    drain_raw(tf, run, raw, [tf.int64], [tf.TensorShape([None])])


@story
def reinitialisable(tf, run):
    iterator = tf.data.Iterator.from_structure(tf.int64, tf.TensorShape([]))
    first = iterator.make_initializer(tf.data.Dataset.range(2))
    second = iterator.make_initializer(tf.data.Dataset.range(5, 8), name="second")
    element = iterator.get_next(name="next")
    sentence(run, element)
    run(first)
    run(element)
    run(second)
    exhaust(tf, run, element)
    sentence(run, element)
    run(first)
    exhaust(tf, run, element)
    run.refused(lambda: iterator.make_initializer(tf.data.Dataset.from_tensors(1.0)))
    run.refused(lambda: iterator.make_initializer(tf.data.Dataset.from_tensors((1, 2))))
    run.refused(lambda: iterator.initializer)


@story
def feedable(tf, run):
    handle = tf.placeholder(tf.string, [])
    numbers = tf.data.Dataset.range(3)
    iterator = tf.data.Iterator.from_string_handle(handle, tf.int64, [])
    element = iterator.get_next()
    one, two = (
        numbers.make_one_shot_iterator(),
        numbers.map(lambda x: -x).make_initializable_iterator(),
    )
    handles = run.session.run([one.string_handle(), two.string_handle()])
    run(two.initializer)
    for number in (0, 1, 1, 0, 0):
        run(element, {handle: handles[number]})
    sentence(run, element, {handle: handles[0]})
    wrong = tf.data.Iterator.from_string_handle(handle, tf.float32, [])
    sentence(run, wrong.get_next(), {handle: handles[0]})
    raw = tf.raw_ops.IteratorFromStringHandle(
        string_handle=handle, output_types=[tf.int64], output_shapes=[tf.TensorShape([])]
    )
    value = tf.raw_ops.IteratorGetNextSync(
        iterator=raw, output_types=[tf.int64], output_shapes=[tf.TensorShape([])]
    )
    run(value, {handle: handles[1]})


@story
def optional_elements(tf, run):
    raw = tf.raw_ops.Iterator(
        shared_name="", container="", output_types=[tf.int64], output_shapes=[tf.TensorShape([])]
    )
    made = tf.raw_ops.MakeIterator(dataset=tf.data.Dataset.range(1)._variant_tensor, iterator=raw)
    optional = tf.raw_ops.IteratorGetNextAsOptional(
        iterator=raw, output_types=[tf.int64], output_shapes=[tf.TensorShape([])]
    )
    has_value = tf.raw_ops.OptionalHasValue(optional=optional)
    run(made)
    run(has_value)
    run(has_value)


@story
def variables_and_placeholders(tf, run):
    """What a function takes from outside is read when the iterator begins, or at each element."""
    weight = tf.Variable(2, use_resource=True, dtype=tf.int64)
    older = tf.Variable(10, use_resource=False, dtype=tf.int64)
    count = tf.placeholder(tf.int64, [])
    dataset = tf.data.Dataset.range(count).map(lambda x: x * weight + older)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that nothing is optimised
        iterator = dataset.make_initializable_iterator()
    element = iterator.get_next()
    run(tf.global_variables_initializer())
    run(iterator.initializer, {count: 4})
    run(element)
    run([weight.assign(5).op, older.assign(100).op])
    exhaust(tf, run, element)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run.refused(lambda: dataset.make_one_shot_iterator())


@story
def wrong_elements(tf, run):
    """An error is of one element: the iterator goes on behind it."""
    numbers = tf.data.Dataset.from_tensor_slices(np.float32([1, 0, 2]))
    dataset = numbers.map(lambda x: tf.check_numerics(1 / x, "no number"))
    iterator = dataset.make_initializable_iterator()
    element = iterator.get_next()
    run(iterator.initializer)
    run(element)
    sentence(run, element)
    exhaust(tf, run, element)
    size = tf.placeholder(tf.int64, [])
    for made in (numbers.batch(size), numbers.shuffle(size), numbers.shard(size, 0)):
        sentence(run, made.make_initializable_iterator().initializer, {size: 0})
    run.refused(lambda: numbers.filter(lambda x: x))
    run.refused(lambda: numbers.flat_map(lambda x: x))
    run.refused(lambda: numbers.map(lambda x: object))
    run.refused(lambda: tf.data.Dataset.from_tensor_slices(([1, 2], [1])))
    run.refused(lambda: tf.data.Dataset.from_tensor_slices(1))


@story
def written_as_defun(tf, run):
    dataset = tf.data.Dataset.range(3).map_with_legacy_function(lambda x: (x, x * 2))
    run.note([str(dataset), [str(spec) for spec in dataset.element_spec]])
    drain(tf, run, dataset.filter_with_legacy_function(lambda x, y: y > 0))


@story
def padded(tf, run):
    numbers = tf.data.Dataset.range(1, 5)
    ragged = numbers.map(lambda x: tf.fill([x], x))
    drain(tf, run, ragged.padded_batch(3, [None]))
    pairs = numbers.map(lambda x: (x, tf.fill([x], "a")))
    dataset = pairs.padded_batch(3, ([], [6]), (np.int64(0), "z"), drop_remainder=True)
    run.note(str(dataset))
    drain(tf, run, dataset)
    strings = tf.data.Dataset.from_tensor_slices(np.array(["ab", "c"])).padded_batch(2, [])
    drain(tf, run, strings.map(lambda batch: (batch[1], tf.string_join([batch, "-"]))))
    iterator = ragged.padded_batch(3, [2]).make_initializable_iterator()
    run(iterator.initializer)
    sentence(run, iterator.get_next())
    known = numbers.map(lambda x: tf.stack([x, x]))
    run.refused(lambda: known.padded_batch(2, [1]))
    run.refused(lambda: known.padded_batch(2, [2, 2]))
    run.refused(lambda: known.padded_batch(2, [2], 0.5))
    run.refused(lambda: known.padded_batch(2, [2], np.int64([1])))
    raw = tf.raw_ops.PaddedBatchDataset(
        input_dataset=ragged._variant_tensor,
        batch_size=3,
        padded_shapes=[np.int64([-1])],
        padding_values=[np.int64(7)],
        output_shapes=[tf.TensorShape([None, None])],
    )
    drain_raw(tf, run, raw, [tf.int64], [tf.TensorShape([None, None])])


@story
def windows(tf, run):
    numbers = tf.data.Dataset.range(10)
    drain(tf, run, numbers.window(3, 2, 2).flat_map(lambda w: w.batch(3)))
    drain(tf, run, numbers.window(3, 2, 2, drop_remainder=True).flat_map(lambda w: w.batch(3)))
    pairs = tf.data.Dataset.zip((numbers, {"b": numbers.map(lambda x: -x)}))
    both = pairs.window(2, shift=4).flat_map(lambda a, b: tf.data.Dataset.zip((a, b["b"])))
    drain(tf, run, both)
    size = tf.placeholder(tf.int64, [])
    sentence(run, numbers.window(size).make_initializable_iterator().initializer, {size: 0})


@story
def rows_of_elements(tf, run):
    pairs = tf.data.Dataset.from_tensors((np.arange(6).reshape(3, 2), ["a", "b", "c"]))
    make = tf.compat.v1.data.make_initializable_iterator
    iterator = make(pairs.repeat(2).unbatch())
    run(iterator.initializer)
    exhaust(tf, run, iterator.get_next())
    sparse = tf.SparseTensor([[0, 1], [2, 0]], [5, 6], [3, 2])
    drain(tf, run, tf.data.Dataset.from_sparse_tensor_slices(sparse))


@story
def generated(tf, run):
    def pairs(count=3):
        for number in range(count):
            yield (number, [1.0] * number)

    data, types = tf.data.Dataset, (tf.int64, tf.float32)
    dataset = data.from_generator(pairs, types, ([], [None]))
    run.note(str(dataset))
    drain(tf, run, dataset.repeat(2), 2)
    drain(tf, run, data.from_generator(pairs, types, args=(2,)))

    def failing(value):
        yield 1
        yield value

    def first_failure(value, shape=None):
        dataset = data.from_generator(lambda: failing(value), tf.int64, shape)
        iterator = dataset.make_initializable_iterator()
        element = iterator.get_next()
        run(iterator.initializer)
        run(element)
        sentence(run, element)

    first_failure("no number")
    first_failure([1], [])
    run.refused(lambda: data.from_generator(3, tf.int64))


@story
def cached(tf, run):
    calls = []

    def noted(x):
        calls.append(int(x))
        return x

    numbers = tf.data.Dataset.range(3).map(lambda x: tf.py_func(noted, [x], tf.int64))
    drain(tf, run, numbers.cache().repeat(2), 2)
    run.note(calls)
    with tempfile.TemporaryDirectory() as folder:
        path = tf.placeholder(tf.string, [])
        dataset = tf.data.Dataset.zip((numbers, numbers.map(tf.as_string))).cache(path).repeat(2)
        iterator = dataset.make_initializable_iterator()
        element = iterator.get_next()
        for _ in range(2):
            run(iterator.initializer, {path: os.path.join(folder, "cache")})
            exhaust(tf, run, element)
        run.note([calls, sorted(os.listdir(folder))])


@story
def reduced(tf, run):
    numbers = tf.data.Dataset.range(5)
    run(numbers.reduce((np.int64(0), 1.0), lambda state, x: (state[0] + x, state[1] * 2)))
    growing = numbers.reduce([np.int64(0)], lambda state, x: tf.concat([state, [x]], 0))
    run.note(str(growing.shape))
    run(growing)
    run.refused(lambda: numbers.reduce(0, lambda state, x: x))
    run(tf.data.experimental.get_single_element(numbers.skip(4)))
    sentence(run, tf.data.experimental.get_single_element(numbers))
    sentence(run, tf.data.experimental.get_single_element(numbers.skip(5)))


@story
def counted(tf, run):
    numbers = tf.data.Dataset.range(7)
    several = [
        numbers.repeat(3),
        numbers.repeat(),
        numbers.skip(3).take(2),
        numbers.shard(2, 0),
        numbers.batch(2),
        numbers.batch(2, True),
        numbers.shuffle(3),
        numbers.filter(lambda x: x > 1),
        numbers.map(lambda x: x + 1).prefetch(1),
        numbers.concatenate(numbers),
        tf.data.Dataset.zip((numbers, numbers.take(2))),
        numbers.window(3, 1, 1, True),
        numbers.flat_map(lambda x: tf.data.Dataset.from_tensors(x)),
        numbers.cache(),
    ]
    run([tf.data.experimental.cardinality(dataset) for dataset in several])


@story
def with_options(tf, run):
    """Options have nodes; some change the order."""
    options = tf.data.Options()
    options.experimental_optimization.apply_default_optimizations = False
    options.experimental_threading.max_intra_op_parallelism = 1
    options.experimental_threading.private_threadpool_size = 2
    numbers = tf.data.Dataset.range(4)
    dataset = numbers.shuffle(4, seed=2).repeat(2).with_options(options)
    drain(tf, run, dataset)
    other = tf.data.Options()
    other.experimental_optimization.autotune = False
    other.experimental_optimization.map_fusion = True
    other.experimental_deterministic = False
    drain(tf, run, numbers.with_options(other).map(lambda x: x))
    run.note([options == tf.data.Options(), other.merge(tf.data.Options()) == other])
    run.refused(lambda: dataset.with_options(_with_default_optimizations(tf)))
    run.refused(lambda: setattr(options, "unknown", 1))
    run.refused(lambda: setattr(options, "experimental_deterministic", 3))


def _with_default_optimizations(tf):
    options = tf.data.Options()
    options.experimental_optimization.apply_default_optimizations = True
    return options


@story
def generated_within_functions(tf, run):
    """A function of a pipeline that takes from around it what is another value each time."""

    def copies(number):
        for _ in range(number):
            yield number

    def flat(element):
        return tf.data.Dataset.from_generator(copies, tf.int64, (), args=(element,))

    drain(tf, run, tf.data.Dataset.range(1, 4).flat_map(flat))
    nested = tf.data.Dataset.range(3).flat_map(
        lambda x: tf.data.Dataset.range(2).map(lambda y: 10 * x + y)
    )
    drain(tf, run, nested)


@story
def datasets_of_datasets(tf, run):
    """A list of datasets is a component, and each of its rows one of them."""
    several = [tf.data.Dataset.range(n, n + 3) for n in range(3)]
    dataset = tf.data.Dataset.from_tensor_slices(several)
    run.note(str(dataset.element_spec.__class__.__name__))
    drain(tf, run, dataset.flat_map(lambda x: x))
