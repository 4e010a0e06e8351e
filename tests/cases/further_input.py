"""Input that few programs use: errors among elements, internals, records, sequences."""

import os
import tempfile

import numpy as np

from .datasets import drain, sentence
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
def sparse_components(tf, run):
    sparse = internal_module(tf, "python.data.util.sparse")
    rows = tf.SparseTensor([[0, 1], [2, 0]], [5.0, 6.0], [3, 2])
    element = (rows, {"dense": tf.constant([1.0])})
    classes = sparse.get_classes(element)
    types, shapes = (
        (tf.float32, {"dense": tf.float32}),
        (rows.shape, {"dense": tf.TensorShape([1])}),
    )
    run.note(str([sparse.any_sparse(classes), sparse.any_sparse((tf.Tensor,))]))
    run.note(str(sparse.as_dense_types(types, classes)))
    run.note(str(sparse.as_dense_shapes(shapes, classes)[0].ndims))
    whole = sparse.serialize_sparse_tensors(element)
    back, others = sparse.deserialize_sparse_tensors(whole, types, shapes, classes)
    run([back.indices, back.values, back.dense_shape, others["dense"]])
    many, _ = sparse.serialize_many_sparse_tensors(element)
    run.note(str([many.shape.as_list(), many.dtype]))


@story
def options_of_a_program(tf, run):
    options = internal_module(tf, "python.data.util.options")

    class Tuning(options.OptionsBase):
        depth = options.create_option("depth", int, "How deep.", lambda: 3)
        rate = options.create_option("rate", float, "How fast.")

    one, other = Tuning(), Tuning()
    one.depth, other.rate = 4, 0.5
    merged = options.merge_options(one, other)
    run.note(str([Tuning.depth.__doc__, merged.depth, merged.rate, other.depth]))
    run.refused(lambda: setattr(one, "depth", "deep"))
    other.depth = 5
    run.refused(lambda: options.merge_options(one, other))


@story
def matching_files(tf, run):
    module = internal_module(tf, "python.data.experimental.ops.matching_files")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("b/x.txt", "b/c/y.txt", "b-/z.txt", "a.txt", "b/n.log"):
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            open(path, "w").close()

        where = tf.placeholder(tf.string, [None])
        dataset = module.MatchingFilesDataset(where)
        iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
        element = iterator.get_next()

        def found(patterns):
            paths = [os.path.join(folder, pattern) for pattern in patterns]
            run.session.run(iterator.initializer, {where: paths})
            names = []
            try:
                while True:
                    names.append(run.session.run(element)[len(folder) + 1 :])
            except tf.errors.OutOfRangeError:
                run.note(str([name.decode() for name in names]))

        found(["*.txt"])
        found(["b/*", "?.txt"])
        found(["none*", "b/[^x]*"])
        for wrong in (["*.py"], ["nowhere/*"]):
            try:
                found(wrong)
            except tf.errors.NotFoundError as error:
                run.note(error.message.replace(folder, "").split("\n")[0].split("[[")[0])


@story
def workers_get_files(tf, run):
    """Where a function reads files, whatever comes after it; elements otherwise."""
    distribute = internal_module(tf, "python.data.experimental.ops.distribute")

    def opened(name):
        return tf.data.TextLineDataset(name)

    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, f"{name}.txt") for name in "abcde"]
        for path in paths:
            with open(path, "w") as file:
                file.writelines(f"{os.path.basename(path)[0]}{line}\n" for line in range(3))
        where = tf.placeholder(tf.string, [None])
        names = tf.data.Dataset.from_tensor_slices(where)
        lines = tf.data.TextLineDataset(where)
        for dataset in (
            lines.batch(2),
            names.interleave(opened, 2).map(tf.strings.length),
            lines.concatenate(names.flat_map(opened)).take(4).repeat(2),
            lines.apply(tf.data.experimental.unique()),
            lines.concatenate(names),
            names.shuffle(5, seed=1).flat_map(opened),
        ):
            part = distribute._AutoShardDataset(dataset, 2, 1)
            iterator = tf.compat.v1.data.make_initializable_iterator(part)
            element = iterator.get_next()
            run.session.run(iterator.initializer, {where: paths})
            found = []
            try:
                while True:
                    value = np.array(run.session.run(element), object).tolist()
                    found.append(str(value).replace(folder, ""))
            except tf.errors.OutOfRangeError:
                run.note(str(found))
    few = distribute._AutoShardDataset(tf.data.Dataset.range(5), 10, 0)
    element = tf.compat.v1.data.make_one_shot_iterator(few).get_next()
    run.refused(lambda: run.session.run(element))


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


@story
def stratified(tf, run):
    """The graph; elements come from threads, in an order of their own."""
    training = tf.contrib.training
    label = tf.placeholder_with_default(1, [])
    values, labels = training.stratified_sample([label * 2], label, [0.5, 0.5], 4, [0.25, 0.75])
    run.note([str(part.shape) for part in [*values, labels]])
    rows, classes = tf.ones([6, 2]), tf.constant([0, 1, 2, 0, 1, 2])
    training.stratified_sample([rows], classes, [0.2, 0.3, 0.5], 4, enqueue_many=True)
    run.refused(lambda: training.stratified_sample([rows], classes, [0.5, 0.5], 4))
    run.refused(
        lambda: training.stratified_sample([rows], classes, [0.5, 0.5], 4, [1.0], enqueue_many=True)
    )


@story
def records_at_random(tf, run):
    """Of one file, and with a buffer that holds it: else TensorFlow's order is one of threads."""
    outside = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # the graph has the pattern
        with tf.python_io.TFRecordWriter("part-0") as writer:
            for record in range(20):
                writer.write(b"%d" % record)
        for seed, batches in ((7, None), (301, 2)):
            records = tf.contrib.framework.RecordInput(
                "part-*",
                batch_size=20 // (batches or 1),
                buffer_size=100,
                seed=seed,
                batches=batches,
                name="records",
            )
            element = records.get_yield_op()
            run.note([str(value) for value in np.ravel(run.session.run(element))])
            run.note(sorted(str(value) for value in np.ravel(run.session.run(element))))
        run.note(element[0][0].name)
        os.chdir(outside)
    nothing = tf.contrib.framework.RecordInput("/nowhere/at all").get_yield_op()
    sentence(run, nothing)


@story
def turns_of_a_list(tf, run):
    module = internal_module(tf, "contrib.input_pipeline.python.ops.input_pipeline_ops")
    element = module.seek_next(["a", "b", "c"], num_epochs=2)
    with tf.variable_scope("endless"):
        endless = module.seek_next(["x", "y"])
    run(tf.global_variables_initializer())
    for _ in range(7):
        try:
            run([element, endless])
        except tf.errors.OutOfRangeError:
            run.note("over")
    counter = tf.Variable(4, dtype=tf.int64)
    given = tf.contrib.input_pipeline.obtain_next(["u", "v", "w"], counter)
    run(counter.initializer)
    run(given)
    run(counter)


@story
def elements_for_devices(tf, run):
    experimental = tf.data.experimental
    numbers = tf.data.Dataset.range(5).map(lambda x: {"x": x, "y": tf.cast(x, tf.float32)})
    drain(tf, run, numbers.apply(experimental.copy_to_device("/cpu:0")), 2)
    drain(tf, run, numbers.apply(experimental.prefetch_to_device("/cpu:0", 2)), 2)
    module = internal_module(tf, "python.data.ops.multi_device_iterator_ops")
    several = module.MultiDeviceIterator(tf.data.Dataset.range(8), ["/cpu:0", "/cpu:0"])
    elements = several.get_next()
    for _ in range(2):
        run(several.initializer)
        for _ in range(3):
            run(elements)
    run.note([element.op.name for element in elements])


@story
def statistics(tf, run):
    experimental = tf.data.experimental
    aggregator = experimental.StatsAggregator()
    numbers = tf.data.Dataset.range(5).map(lambda x: tf.fill([x], x))
    numbers = numbers.apply(experimental.bytes_produced_stats("bytes"))
    options = tf.data.Options()
    options.experimental_stats.aggregator = aggregator
    options.experimental_stats.prefix = "all"
    drain(tf, run, numbers.with_options(options), 2)
    run(aggregator.get_summary())
    drain(tf, run, numbers.apply(experimental.latency_stats("time")))
    run.refused(lambda: numbers.apply(experimental.latency_stats(["time"])))


@story
def many_strings(tf, run):
    """As many as are worked on at once, with what is empty among them."""
    texts = [b"", b" ", b"a", b" a", b"a ", b"a  b", b"a-b c", b"--", b"c\xc3\xa9"] * 3
    strings = tf.placeholder(tf.string, [None])
    for ends in (" ", " -", ""):
        for skips in (True, False):
            parts = tf.string_split(strings, ends, skip_empty=skips)
            run([parts.indices, parts.values, parts.dense_shape], {strings: texts})
            run([parts.indices, parts.values, parts.dense_shape], {strings: []})
    for sep in (" ", "", "--"):
        parts = tf.strings.split(strings, sep)
        run([parts.indices, parts.values, parts.dense_shape], {strings: texts})
    run(tf.unique_with_counts(strings), {strings: texts})
    run(tf.strings.to_hash_bucket_fast(strings, 1000), {strings: texts * 30})
    for rewrite in (r"x\\y", r"[\0]", "", "\\"):
        run(tf.strings.regex_replace(strings, "[a-c]", rewrite), {strings: texts})
    run(tf.strings.regex_replace(strings, "[a-c]*", "x", replace_global=False), {strings: texts})
    run([tf.encode_base64(strings), tf.encode_base64(strings, pad=True)], {strings: texts})
    numbers = [b"1", b" 2", b"3 ", b"-4", b"5e1", b".5", b"6."] * 5
    run(tf.strings.to_number(strings), {strings: numbers})
    run(tf.strings.to_number(strings, tf.int64), {strings: [b"1", b"-2", b" 3 "] * 9})
    for wrong in (b"1,2", b"1_0", b"", b"0x"):
        fetch = tf.strings.to_number(strings)
        run.refused(
            lambda fetch=fetch, wrong=wrong: run.session.run(fetch, {strings: [*numbers, wrong]})
        )
    rows = tf.SparseTensor([[0, 0], [2, 0], [2, 1]], strings, [4, 2])
    filled = tf.sparse_fill_empty_rows(rows, "none")
    run([filled[0].indices, filled[0].values, filled[1]], {strings: [b"a", b"b", b"c"]})
    full = tf.SparseTensor([[0, 0], [1, 0], [1, 1]], strings, [2, 2])
    filled = tf.sparse_fill_empty_rows(full, "none")
    run([filled[0].indices, filled[0].values, filled[1]], {strings: [b"a", b"b", b"c"]})


@story
def pools_of_threads(tf, run):
    pools = internal_module(tf, "python.data.experimental.ops.threadpool")
    pool = pools.PrivateThreadPool(2, display_name="two", max_intra_op_parallelism=3)
    numbers = tf.data.Dataset.range(5).map(lambda x: x * x, num_parallel_calls=4)
    drain(tf, run, pools.override_threadpool(numbers, pool).repeat(2))
    none = pools.PrivateThreadPool(0, display_name="none")
    iterator = tf.compat.v1.data.make_initializable_iterator(
        pools.override_threadpool(numbers, none)
    )
    run.attempt(iterator.initializer)
