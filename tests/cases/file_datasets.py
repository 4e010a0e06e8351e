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
    """Adds `fn(tf, run, folder)`, with a folder of its own, as a case under its own name."""

    def program(tf, run):
        folder = tempfile.mkdtemp()
        try:
            fn(tf, run, folder)
        finally:
            run.session.close()
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
