"""Datasets of files: records, lines, pieces, names; parsed, in batches, and what fails."""

import gzip
import os
import shutil
import tempfile
import zlib

import numpy as np

from .suite import Suite

suite = Suite("file_datasets")


def story(fn):
    """Adds `fn(tf, run, folder)`, in a folder of its own, as a case under its own name."""

    def program(tf, run):
        folder, before = tempfile.mkdtemp(), os.getcwd()
        os.chdir(folder)  # names in the graph are relative to it
        try:
            fn(tf, run, folder)
        finally:
            run.session.close()
            os.chdir(before)
            shutil.rmtree(folder)

    suite.case(fn.__name__, program, grad=False)
    return fn


def written(folder, name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def record_file(tf, folder, name, records, options=None):
    path = os.path.join(folder, name)
    with tf.python_io.TFRecordWriter(path, options) as writer:
        for record in records:
            writer.write(record)
    return path


def drain(run, folder, dataset, feed, most=30):
    """Logs the elements of a dataset, and how it ends."""
    iterator = dataset.make_initializable_iterator()
    following = iterator.get_next()
    try:
        run.session.run(iterator.initializer, feed)
        for _ in range(most):
            run.note(run.session.run(following))
    except Exception as error:
        sentence = str(error).split("\n")[0].replace(folder, "F").strip()
        run.note(type(error).__name__ + ": " + sentence)


@story
def lines(tf, run, folder):
    names = tf.placeholder(tf.string, [None])
    paths = [
        written(folder, "a", b"first\n\nthird\r\nlast"),
        written(folder, "b", b""),
        written(folder, "c", b"x\n" * 3 + b"\r"),
    ]
    drain(run, folder, tf.data.TextLineDataset(names), {names: paths})
    small = tf.data.TextLineDataset(names, buffer_size=2)
    drain(run, folder, small, {names: paths})
    drain(run, folder, small, {names: [paths[0], os.path.join(folder, "none")]})
    for kind, pack in (("ZLIB", zlib.compress), ("GZIP", gzip.compress)):
        packed = written(folder, kind, pack(b"one\ntwo\n" * 2))
        drain(run, folder, tf.data.TextLineDataset(names, kind), {names: [packed]})
    drain(run, folder, tf.data.TextLineDataset(names, "LZ4"), {names: paths})


@story
def records(tf, run, folder):
    names, kind = tf.placeholder(tf.string, [None]), tf.placeholder(tf.string, [])
    first = record_file(tf, folder, "a", [b"one", b"", b"three"])
    second = record_file(tf, folder, "b", [b"four"] * 3)
    with open(second, "rb") as file:
        whole = file.read()
    damaged = written(folder, "c", whole[:35] + b"?" + whole[36:])
    packed = record_file(tf, folder, "d", [b"five"], "GZIP")
    dataset = tf.data.TFRecordDataset(names, kind)
    drain(run, folder, dataset, {names: [first, second], kind: ""})
    drain(run, folder, dataset, {names: [packed], kind: "GZIP"})
    drain(run, folder, dataset, {names: [damaged, first], kind: ""})
    drain(run, folder, dataset, {names: [packed], kind: "ZLIB"})
    ignoring = dataset.apply(tf.data.experimental.ignore_errors())
    drain(run, folder, ignoring, {names: [damaged, first], kind: ""})
    turns = tf.data.TFRecordDataset(names, num_parallel_reads=2)
    drain(run, folder, turns, {names: [first, second]})
    of_names = tf.data.Dataset.from_tensor_slices(names).shuffle(9, seed=4)
    drain(run, folder, tf.data.TFRecordDataset(of_names), {names: [first, second]})


@story
def pieces(tf, run, folder):
    names = tf.placeholder(tf.string, [None])
    content = b"head" + b"abcdefghi" + b"foot!"
    whole = written(folder, "a", content)
    odd = written(folder, "b", content + b"?")
    dataset = tf.data.FixedLengthRecordDataset(names, 3, 4, 5)
    drain(run, folder, dataset, {names: [whole, whole]})
    drain(run, folder, dataset, {names: [whole, odd]})
    packed = [written(folder, "c", gzip.compress(content))]
    zipped = tf.data.FixedLengthRecordDataset(names, 3, 4, 5, compression_type="GZIP")
    drain(run, folder, zipped, {names: packed})
    for sizes in ((0,), (2, -1), (2, 0, -1)):
        drain(run, folder, tf.data.FixedLengthRecordDataset(names, *sizes), {names: [whole]})
    drain(run, folder, tf.data.FixedLengthRecordDataset(names, 6, buffer_size=1), {names: [whole]})


@story
def names_of_files(tf, run, folder):
    pattern = tf.placeholder(tf.string)
    for name in "abcdef":
        written(folder, name + ".txt", b"")
    listed = [
        tf.data.Dataset.list_files(pattern, shuffle=False),
        tf.data.Dataset.list_files(pattern, seed=3),
    ]
    for dataset in listed:
        ends = dataset.map(lambda name: tf.strings.substr(name, -5, 5))
        drain(run, folder, ends, {pattern: os.path.join(folder, "*.txt")})
        both = [os.path.join(folder, "[ab]*"), os.path.join(folder, "f*")]
        drain(run, folder, ends, {pattern: both})
        drain(run, folder, dataset, {pattern: os.path.join(folder, "none*")})
        dataset.make_initializable_iterator()


def example(tf, **features):
    kinds = {float: ("float_list", tf.train.FloatList), int: ("int64_list", tf.train.Int64List)}
    kinds[bytes] = ("bytes_list", tf.train.BytesList)
    made = {}
    for key, values in features.items():
        field, kind = kinds[type(values[0])]
        made[key] = tf.train.Feature(**{field: kind(value=values)})
    message = tf.train.Example(features=tf.train.Features(feature=made))
    return message.SerializeToString()


@story
def examples_in_batches(tf, run, folder):
    """Parsed one by one or in batches; one that is refused, and those around it."""
    names = tf.placeholder(tf.string, [None])
    good = [example(tf, x=[i + 0.5, -1.0], n=[i], s=[b"%d" % i]) for i in range(7)]
    bad = [*good[:2], example(tf, x=[1.0], n=[1], s=[b""]), *good[2:]]
    several = [example(tf, x=[0.0, 1.0], n=[1] * (i + 1), s=[b""]) for i in range(4)]
    wanted = {
        "x": tf.FixedLenFeature([2], tf.float32),
        "n": tf.FixedLenFeature([1], tf.int64, default_value=[-1]),
        "s": tf.FixedLenFeature([], tf.string),
    }
    longer = {"n": tf.FixedLenSequenceFeature([], tf.int64, allow_missing=True)}
    paths = [
        record_file(tf, folder, name, part)
        for name, part in {"a": good, "b": bad, "c": several}.items()
    ]

    def one(record):
        return tf.parse_single_example(record, wanted)

    def many(records):
        return tf.parse_example(records, wanted)

    records = tf.data.TFRecordDataset(names)
    for dataset in (
        records.map(one).batch(3),
        records.batch(3).map(many),
        records.repeat(2).map(one, num_parallel_calls=2).batch(4, drop_remainder=True),
        records.map(one).map(lambda each: each["x"] * 2.0).batch(3),
    ):
        drain(run, folder, dataset, {names: paths[:1]})
    drain(run, folder, records.map(one).batch(2), {names: paths[1:2]}, most=2)
    each = records.map(lambda record: tf.parse_single_example(record, longer)["n"])
    drain(run, folder, each, {names: paths[2:]})
    drain(run, folder, each.batch(1), {names: paths[2:]})
    drain(run, folder, each.padded_batch(3, [None]), {names: paths[2:]})


@story
def csv_in_batches(tf, run, folder):
    names = tf.placeholder(tf.string, [None])
    text = b"1,0.5,a\n2,,b\n 3 ,1e3,\n-4,.25,c\n"
    paths = [written(folder, "a", text), written(folder, "b", text + b"5,0.5\n6,1,d\n")]

    def columns(line):
        return tf.decode_csv(line, [[0], [2.5], ["none"]])

    lines = tf.data.TextLineDataset(names)
    drain(run, folder, lines.map(columns).batch(3), {names: paths[:1] * 2})
    drain(run, folder, lines.repeat().skip(1).map(columns).batch(3), {names: paths[:1]}, most=4)
    stacked = lines.map(lambda line: tf.stack(tf.decode_csv(line, [[0.0]] * 2, select_cols=[0, 1])))
    drain(run, folder, stacked.batch(2), {names: paths[:1]})
    drain(run, folder, lines.map(columns).batch(4), {names: paths[1:]}, most=1)


@story
def raw_in_batches(tf, run, folder):
    names = tf.placeholder(tf.string, [None])
    path = written(folder, "a", np.arange(24, dtype=np.int16).tobytes())
    pieces = tf.data.FixedLengthRecordDataset(names, 8)
    numbers = pieces.map(lambda piece: tf.cast(tf.decode_raw(piece, tf.int16), tf.float32) / 4.0)
    drain(run, folder, numbers.batch(4), {names: [path]})
    drain(run, folder, numbers.shuffle(3, seed=2).batch(4), {names: [path]})


@story
def csv_files(tf, run, folder):
    names, kind = tf.placeholder(tf.string, [None]), tf.placeholder(tf.string, [])
    defaults = [tf.int32, tf.constant([0.5]), ["none"], tf.constant(7, tf.int64)]
    text = b'1,2.5,x,3\r\n2,,"a ""b""\n,c",\n,1,x,1\n4,NA,y,"5"\n5,1,"q"q,5\n6,1,x\n7,1,x,1,1\n\n'
    text += b'8,x,x,1\n9,1,u"v,1\n10,1,z,2'
    path = written(folder, "a", text)
    for size in (1 << 10, 3):
        dataset = tf.data.experimental.CsvDataset(
            names, defaults, kind, buffer_size=size, na_value="NA"
        ).apply(tf.data.experimental.ignore_errors())
        drain(run, folder, dataset, {names: [path, path], kind: ""}, most=9)
    each = tf.data.experimental.CsvDataset(names, defaults, na_value="NA")
    drain_all(run, folder, each, {names: [path]}, 14)
    some = tf.data.experimental.CsvDataset(
        names, [tf.string, [1]], kind, header=True, select_cols=[0, 3], use_quote_delim=False
    )
    drain_all(run, folder, some, {names: [path], kind: ""}, 14)
    packed = written(folder, "b", gzip.compress(b"h|h|h|h\n1|2|3|4\n5|6|7|8"))
    bars = tf.data.experimental.CsvDataset(names, [[0]] * 4, kind, header=True, field_delim="|")
    drain(run, folder, bars, {names: [packed], kind: "GZIP"})
    drain(run, folder, bars, {names: [packed], kind: "LZ4"})
    drain(run, folder, bars, {names: [written(folder, "c", b"")], kind: ""})


def drain_all(run, folder, dataset, feed, count):
    """Logs so many elements of a dataset, or how each fails."""
    iterator = dataset.make_initializable_iterator()
    following = iterator.get_next()
    run.session.run(iterator.initializer, feed)
    for _ in range(count):
        try:
            run.note(run.session.run(following))
        except Exception as error:
            sentence = str(error).split("\n")[0].replace(folder, "F").strip()
            run.note(type(error).__name__ + ": " + sentence)


@story
def databases(tf, run, folder):
    import sqlite3

    path = os.path.join(folder, "a.sqlite3")
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (name TEXT, age INTEGER, weight REAL, note TEXT)")
    rows = [("ann", 30, 61.5, None), ("bob", -1, 80.25, "12 x"), ("c", None, None, "0.5e1")]
    connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    source, query = tf.placeholder(tf.string, []), tf.placeholder(tf.string, [])
    for types, text in [
        ((tf.string, tf.int32, tf.float64), "SELECT name, age, weight FROM t ORDER BY name"),
        ((tf.string, tf.string), "SELECT age, note FROM t ORDER BY name DESC"),
        ((tf.int64, tf.bool), "SELECT age, age FROM t LIMIT 2"),
        ((tf.int16,), "SELECT name FROM t WHERE age > 100"),
        ((tf.string,), "SELECT name, age FROM t"),
    ]:
        dataset = tf.data.experimental.SqlDataset("sqlite", source, query, types)
        drain(run, folder, dataset, {source: path, query: text})
    dataset = tf.data.experimental.SqlDataset("mysql", source, query, (tf.string,))
    drain(run, folder, dataset, {source: path, query: "SELECT name FROM t"})


@story
def columns_with_names(tf, run, folder):
    """The header and the types of columns are found out."""
    written(folder, "a.csv", b"id,x,word\n1,0.5,a\n2,,b\n3,1.5,c\n")
    written(folder, "b.csv", b"id,x,word\n4,1,d\n5,9,e\n")
    pattern = "*.csv"
    for options in (
        {"shuffle": False, "num_epochs": 1},
        {"shuffle_seed": 3, "num_epochs": 2, "label_name": "id"},
        {"shuffle": False, "select_columns": ["word", 0], "prefetch_buffer_size": 1},
        {"shuffle": False, "num_epochs": 1, "column_defaults": [tf.int64, [8.0], tf.string]},
    ):
        dataset = tf.data.experimental.make_csv_dataset(pattern, 2, **options)
        run.note(str(tf.compat.v1.data.get_output_types(dataset)))
        drain(run, folder, dataset, {}, most=6)


@story
def make_csv_refusals(tf, run, folder):
    written(folder, "a.csv", b"id,x,word\n1,0.5,a\n")
    pattern = "*.csv"
    for options in (
        {"label_name": "none"},
        {"select_columns": ["none"]},
        {"select_columns": [0, "id"]},
        {"select_columns": [3]},
        {"select_columns": [0], "column_defaults": [[0], [1]]},
        {"header": False},
        {"column_names": ["a", "a", "b"]},
        {"compression_type": "ZLIB"},
    ):
        try:
            tf.data.experimental.make_csv_dataset(pattern, 2, **options)
            run.note("fine")
        except Exception as error:
            run.note(type(error).__name__ + ": " + str(error).replace(folder, "F"))


@story
def features_of_files(tf, run, folder):
    texts = [example(tf, x=[i + 0.5], n=list(range(i)) or [9], y=[i]) for i in range(6)]
    record_file(tf, folder, "a.rec", texts[:4])
    record_file(tf, folder, "b.rec", texts[4:])
    wanted = {
        "x": tf.FixedLenFeature([1], tf.float32),
        "n": tf.VarLenFeature(tf.int64),
        "y": tf.FixedLenFeature([], tf.int64, default_value=-1),
    }
    batches = tf.data.TFRecordDataset(["a.rec"]).batch(3)
    parsed = batches.apply(tf.data.experimental.parse_example_dataset(wanted))
    run.note(str(tf.compat.v1.data.get_output_shapes(parsed)["x"]))
    drain(run, folder, parsed, {})
    bad = {"x": tf.FixedLenFeature([2], tf.float32)}
    drain(run, folder, batches.apply(tf.data.experimental.parse_example_dataset(bad, 2)), {})
    whole = {"s": tf.SparseFeature("n", "y", tf.int64, 10)}
    one = tf.data.TFRecordDataset(["a.rec"]).take(2).batch(2)
    drain(run, folder, one.apply(tf.data.experimental.parse_example_dataset(whole)), {})
    for options in (
        {"shuffle": False, "num_epochs": 1},
        {"shuffle_seed": 5, "num_epochs": 2, "label_key": "y", "drop_final_batch": True},
        {"shuffle_seed": 5, "reader_num_threads": 2},
    ):
        dataset = tf.data.experimental.make_batched_features_dataset("*.rec", 2, wanted, **options)
        drain(run, folder, dataset, {}, most=4)


@story
def elements_written(tf, run, folder):
    name, kind = tf.placeholder(tf.string, []), tf.placeholder(tf.string, [])
    elements = tf.data.Dataset.range(4).map(tf.as_string)
    writing = tf.data.experimental.TFRecordWriter(name, kind).write(elements)
    for options in ("", "GZIP"):
        path = os.path.join(folder, "written")
        run.session.run(writing, {name: path, kind: options})
        run.note(list(tf.python_io.tf_record_iterator(path, options)))
    for wrong in (tf.data.Dataset.range(3), 3):
        try:
            tf.data.experimental.TFRecordWriter("x").write(wrong)
        except TypeError as error:
            run.note(str(error))


@story
def pieces_of_older_graphs(tf, run, folder):
    written(folder, "a", b"head" + b"abcdef" + b"!")
    variant = tf.raw_ops.FixedLengthRecordDataset(
        filenames=["a"], header_bytes=4, record_bytes=2, footer_bytes=1, buffer_size=0
    )
    dataset = tf.data.experimental.from_variant(variant, tf.TensorSpec([], tf.string))
    run(tf.data.experimental.get_single_element(dataset.batch(9)))  # no iterator takes it
