"""A program that saves or restores iterators in mid-course, under either TensorFlow or Stillflow.

    python iterators_exchange.py save FOLDER
    python iterators_exchange.py restore FOLDER [PIPELINE_TO_LEAVE_OUT]...

It writes, or reads, a checkpoint of all pipelines at each of some places, and prints as JSON the
elements that follow. `tests/golden/checkpoint/iterators*` is what TensorFlow 1.15 saved and
printed, when it ran in the folder itself.
"""

import json
import os
import sys

PLACES = (0, 3, 7, 100)  # how many elements were taken before


def pipelines(tf, folder):
    """Returns a function for each kind of pipeline, by its name; of files below `folder`."""
    data = tf.data.Dataset
    count = lambda n: data.range(n)
    triple = lambda i: data.range(3).map(lambda j: 10 * i + j)
    experimental = tf.data.experimental
    path = lambda name: os.path.join(folder, name)

    def example(n):
        feature = tf.train.Feature(int64_list=tf.train.Int64List(value=[n]))
        return tf.train.Example(
            features=tf.train.Features(feature={"n": feature})
        ).SerializeToString()

    records, lines, fixed = ([path(f"{kind}{n}") for n in (0, 1)] for kind in ("r", "t", "f"))
    return {
        "range": lambda: data.range(2, 40, 3),
        "tensors": lambda: data.from_tensors(([1, 2], "a")),
        "slices": lambda: data.from_tensor_slices(([[i, i] for i in range(9)], list("abcdefghi"))),
        "batch": lambda: count(20).batch(2),
        "slices_batch": lambda: data.from_tensor_slices([i * i for i in range(30)]).batch(3),
        "padded": lambda: count(9).map(lambda i: tf.fill([i], i)).padded_batch(2, [None]),
        "shuffle": lambda: count(12).shuffle(5, seed=7),
        "shuffle_rows": lambda: data.from_tensor_slices([3 * i for i in range(12)]).shuffle(4, 1),
        "shuffle_same": lambda: count(6).shuffle(4, seed=7, reshuffle_each_iteration=False),
        "shuffle_take_repeat": lambda: count(6).shuffle(4, seed=7).take(5).repeat(3),
        "shuffle_repeat": lambda: count(6).shuffle(4, seed=7).repeat(3),
        "shuffle_and_repeat": lambda: count(5).apply(
            tf.data.experimental.shuffle_and_repeat(8, 3, seed=5)
        ),
        "shuffle_rows_batch": lambda: (
            data.from_tensor_slices([3 * i for i in range(40)]).shuffle(7, 1).repeat(2).batch(3)
        ),
        "repeat": lambda: count(4).repeat(3),
        "repeat_for_ever": lambda: count(4).repeat(),
        "map": lambda: count(12).map(lambda i: i * i),
        "map_parallel": lambda: count(12).map(lambda i: i * i, num_parallel_calls=3),
        "map_batch": lambda: count(20).map(lambda i: i * i).batch(2),
        "map_parallel_batch": lambda: (
            data.range(20).map(lambda i: i * i, num_parallel_calls=2).batch(2)
        ),
        "interleave": lambda: count(5).interleave(triple, cycle_length=3, block_length=2),
        "interleave_parallel": lambda: data.range(5).interleave(triple, 3, 2, num_parallel_calls=2),
        "interleave_contrib": lambda: count(5).apply(experimental.parallel_interleave(triple, 2)),
        "flat_map": lambda: count(5).flat_map(triple),
        "filter": lambda: count(20).filter(lambda i: tf.not_equal(i % 3, 0)),
        "take": lambda: count(20).take(9),
        "skip": lambda: count(20).skip(5),
        "shard": lambda: count(30).shard(3, 1),
        "zip": lambda: data.zip((data.range(12), data.range(20, 40).map(lambda i: -i))),
        "concatenate": lambda: count(5).concatenate(data.range(50, 56)),
        "prefetch": lambda: count(12).prefetch(2),
        "cache": lambda: count(4).cache().repeat(3),
        "records": lambda: tf.data.TFRecordDataset(records),
        "lines": lambda: tf.data.TextLineDataset(lines),
        "fixed": lambda: tf.data.FixedLengthRecordDataset(fixed, 3, 1, 1),
        "records_interleave": lambda: data.from_tensor_slices(records).interleave(
            tf.data.TFRecordDataset, 2
        ),
        "group_by_window": lambda: count(20).apply(
            tf.data.experimental.group_by_window(lambda i: i % 3, lambda key, w: w.batch(2), 4)
        ),
        "group_by_reducer": lambda: count(20).apply(
            experimental.group_by_reducer(
                lambda i: i % 9,
                experimental.Reducer(
                    lambda key: tf.constant(0, tf.int64), lambda s, i: s + i, lambda s: s
                ),
            )
        ),
        "scan": lambda: count(12).apply(
            tf.data.experimental.scan(tf.constant(1, tf.int64), lambda s, i: (s + i, s * i))
        ),
        "take_while": lambda: count(20).apply(experimental.take_while(lambda i: i < 9)),
        "window": lambda: count(12).window(3).flat_map(lambda w: w.batch(3)),
        "unbatch": lambda: count(12).batch(4).apply(experimental.unbatch()),
        "unique": lambda: count(20).map(lambda i: i % 9).apply(experimental.unique()),
        "ignore_errors": lambda: (
            data.range(-4, 9).map(lambda i: 100 // i).apply(experimental.ignore_errors())
        ),
        "random": lambda: experimental.RandomDataset(seed=4).take(12),
        "sample": lambda: experimental.sample_from_datasets(
            [data.range(9), data.range(20, 29)], seed=3
        ),
        "choose": lambda: experimental.choose_from_datasets(
            [data.range(9), data.range(20, 29)], data.range(2).repeat(6)
        ),
        "sparse_batch": lambda: (
            data.range(9)
            .map(lambda i: tf.fill([i], i))
            .apply(experimental.dense_to_sparse_batch(2, [9]))
            .map(lambda s: s.values)
        ),
        "map_and_batch": lambda: count(20).apply(experimental.map_and_batch(lambda i: i * i, 2)),
        "enumerate": lambda: count(12).apply(experimental.enumerate_dataset(5)),
        "csv": lambda: experimental.CsvDataset(path("c"), [tf.int32, tf.string], header=True),
        "noops": lambda: count(12).take(-1).skip(0).repeat(1).prefetch(0).map(lambda i: -i),
        "sparse_slices": lambda: data.from_tensor_slices(
            tf.SparseTensor([[0, 1], [3, 0], [3, 2], [4, 1], [9, 0]], [1, 2, 3, 4, 5], [11, 3])
        ).map(tf.sparse.to_dense),
        "sparse_shuffle": lambda: (
            data.from_tensor_slices(
                tf.SparseTensor([[0, 1], [3, 0], [3, 2], [4, 1], [9, 0]], [1, 2, 3, 4, 5], [11, 3])
            )
            .shuffle(5, seed=6)
            .map(tf.sparse.to_dense)
        ),
        "nested_map_batch": lambda: count(6).flat_map(
            lambda i: data.range(6).map(lambda j: 10 * i + j).batch(2)
        ),
        "parse": lambda: (
            data.from_tensor_slices([example(n) for n in range(12)])
            .batch(2)
            .apply(experimental.parse_example_dataset({"n": tf.FixedLenFeature([], tf.int64)}))
            .map(lambda features: features["n"])
        ),
        "training": lambda: (
            data.from_tensor_slices([i for i in range(17)])
            .shuffle(10, seed=2)
            .map(lambda i: tf.cast(i, tf.float32) / 2.0, num_parallel_calls=2)
            .repeat(2)
            .batch(3)
            .prefetch(1)
        ),
    }


def write_files(tf, folder):
    """Writes the files that some pipelines read."""
    for n in (0, 1):
        with tf.python_io.TFRecordWriter(os.path.join(folder, f"r{n}")) as writer:
            for i in range(5):
                writer.write(f"record {n} {i}".encode())
        with open(os.path.join(folder, f"t{n}"), "w") as file:
            file.write("".join(f"line {n} {i}\n" for i in range(5)))
        with open(os.path.join(folder, f"f{n}"), "w") as file:
            file.write("<" + "".join(f"{n}-{i}" for i in range(5)) + ">")
    with open(os.path.join(folder, "c"), "w") as file:
        file.write("a,b\n" + "".join(f'{i},"x, {i}"\n' for i in range(10)))


def run(tf, action, folder, without=()):
    """Returns the elements behind each place of each pipeline, when it is saved or restored."""
    write_files(tf, folder)
    names = [name for name in pipelines(tf, folder) if name not in without]
    if action == "save":
        at = {place: _elements(tf, action, folder, names, place) for place in PLACES}
    else:  # one by one: TensorFlow hangs where it restores many
        at = {place: {} for place in PLACES}
        for place in PLACES:
            for name in names:
                at[place].update(_elements(tf, action, folder, [name], place))
    return {name: [at[place][name] for place in PLACES] for name in names}


def _elements(tf, action, folder, names, place):
    prefix = os.path.join(folder, f"iterators{place}")
    with tf.Graph().as_default(), tf.Session() as session:
        given, saveables, initializers = {}, [], []
        for name in names:
            with tf.name_scope(name):
                dataset = pipelines(tf, folder)[name]()
                iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
                given[name] = iterator.get_next()
                saveables.append(tf.data.experimental.make_saveable_from_iterator(iterator))
                initializers.append(iterator.initializer)
        saver = tf.train.Saver(saveables)
        session.run(initializers)
        if action == "save":
            for element in given.values():
                _taken(tf, session, element, place)
            saver.save(session, prefix, write_meta_graph=False, write_state=False)
        else:
            saver.restore(session, prefix)
        return {name: _taken(tf, session, element, 20) for name, element in given.items()}


def _taken(tf, session, element, count):
    taken = []
    try:
        while len(taken) < count:
            taken.append(plain(session.run(element)))
    except tf.errors.OutOfRangeError:
        taken.append("the end")
    return taken


def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, bytes):
        return value.decode()
    return plain(value.tolist()) if hasattr(value, "tolist") else value


if __name__ == "__main__":
    import tensorflow

    print(json.dumps(run(tensorflow, *sys.argv[1:3], sys.argv[3:])))
