"""Readers of files: their records and keys, how they count, what they refuse."""

import contextlib
import os
import tempfile
import zlib

from .suite import Suite, internal_module

suite = Suite("readers")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@contextlib.contextmanager
def files(**contents):
    """A block in a folder with files of these contents."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for name, content in contents.items():
                with open(name, "wb") as file:
                    file.write(content)
            yield sorted(contents)
        finally:
            os.chdir(before)


def names_in(tf, run, names):
    """A queue with these names and no more."""
    queue = tf.FIFOQueue(99, [tf.string], shapes=[[]])
    run(queue.enqueue_many([names]))
    run(queue.close())
    return queue


def read_all(tf, run, reader, names):
    queue = names_in(tf, run, names)
    record = reader.read(queue)
    counts = [reader.num_records_produced(), reader.num_work_units_completed()]
    run.note([str(part.shape) for part in record])
    for _ in range(20):
        try:
            run(record)
        except tf.errors.OutOfRangeError:
            break
        run(counts)
    run.attempt(record)
    run(counts)


@story
def lines(tf, run):
    with files(a=b"one\r\ntwo\n\nlast", b=b"", c=b"only\n", d=b"\r") as names:
        read_all(tf, run, tf.TextLineReader(), names)
        read_all(tf, run, tf.TextLineReader(skip_header_lines=2, name="rest"), names)


@story
def whole_files(tf, run):
    with files(a=b"one\r\ntwo\n", b=b"", c=b"\x00\xff") as names:
        read_all(tf, run, tf.WholeFileReader(), names)


@story
def names_alone(tf, run):
    reader = tf.IdentityReader("names")
    read_all(tf, run, reader, ["a", "b", "", "c"])
    state = reader.serialize_state()
    run([state])
    run(reader.reset())
    run([reader.num_records_produced(), state])
    run(reader.restore_state(b"\x08\x05\x10\x05\x18\x0c\x22\x03abc"))
    run([reader.num_records_produced(), reader.num_work_units_completed(), state])
    for bad in (b"\x08", b"\x08\x05\x10\x04", b"\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"):
        run.refused(lambda bad=bad: run.session.run(reader.restore_state(bad)))
    run.refused(lambda: reader.restore_state([b"a"]))
    run.note([reader.supports_serialize, tf.TextLineReader().supports_serialize])
    run.refused(lambda: run.session.run(tf.TextLineReader().serialize_state()))
    run.refused(lambda: run.session.run(tf.TextLineReader().restore_state(b"")))


@story
def pieces_of_one_length(tf, run):
    with files(a=b"headAABBCCDDfoot", b=b"headAABBCfoot", c=b"he", d=b"headfoot") as names:
        read_all(tf, run, tf.FixedLengthRecordReader(2, 4, 4), names)
        read_all(tf, run, tf.FixedLengthRecordReader(2, 4, 4, hop_bytes=1), names)
        read_all(tf, run, tf.FixedLengthRecordReader(2, hop_bytes=5, name="hops"), names)
    with files(a=zlib.compress(b"headAABBCCDDfoot")) as names:
        read_all(tf, run, tf.FixedLengthRecordReader(2, 4, 4, encoding="ZLIB"), names)
    run.refused(lambda: run.session.run(tf.FixedLengthRecordReader(-2).reset()))


@story
def records(tf, run):
    with files() as _:
        for name, kind in (("a", 0), ("b", 1), ("c", 2)):
            options = tf.python_io.TFRecordOptions(kind)
            with tf.python_io.TFRecordWriter(name, options=options) as writer:
                for record in (b"one", b"", b"three"):
                    writer.write(record)
            read_all(tf, run, tf.TFRecordReader(options=options), [name])
        with open("a", "rb") as file:
            whole = file.read()
        with open("d", "wb") as file:
            file.write(whole[:20] + b"x" + whole[21:])
        queue = names_in(tf, run, ["d", "absent", "a"])
        reader = tf.TFRecordReader()
        record = reader.read(queue)
        run(record)
        run.attempt(record)
        run(reader.reset())
        run.attempt(record)
        run(record)


@story
def several_at_once(tf, run):
    with files(a=b"1\n2\n3\n4\n5\n", b=b"6\n7\n", c=b"8") as names:
        queue = names_in(tf, run, names)
        reader = tf.TextLineReader()
        n = tf.placeholder(tf.int64, [])
        given = reader.read_up_to(queue, n)
        run.note([str(part.shape) for part in given])
        for count in (2, 0, 2, 2, 9, 9):
            run(given, {n: count})
        run.attempt(given, {n: 1})
        run([reader.num_records_produced(), reader.num_work_units_completed()])
        whole = tf.WholeFileReader().read_up_to(names_in(tf, run, names), 2)
        run(whole)


def imported(tf, op_type):
    """The output of a node of a graph of an old TensorFlow."""
    graph_def = tf.GraphDef()
    graph_def.versions.producer = 20
    graph_def.node.add(name="old", op=op_type)
    (made,) = tf.import_graph_def(graph_def, return_elements=["old:0"], name=op_type)
    return made


@story
def of_old_graphs(tf, run):
    """Handles that are strings."""
    ops = internal_module(tf, "python.ops.gen_io_ops")
    queues = internal_module(tf, "python.ops.gen_data_flow_ops")
    with files(a=b"1\n2\n", b=b"3\n") as names:
        made = [
            imported(tf, "IdentityReader"),
            imported(tf, "WholeFileReader"),
            imported(tf, "TextLineReader"),
        ]
        for reader in made:
            queue = queues.fifo_queue(component_types=[tf.string], shapes=[tf.TensorShape([])])
            run(queues.queue_enqueue_many(queue, [names]))
            run(ops.reader_read(reader, queue))
            run(ops.reader_read_up_to(reader, queue, 1))
            run(ops.reader_num_records_produced(reader))
            run(ops.reader_num_work_units_completed(reader))
            run(ops.reader_reset(reader))
        run(ops.reader_serialize_state(made[0]))
        run(ops.reader_restore_state(made[0], b""))
        wrapped = tf.ReaderBase(imported(tf, "TextLineReader"))
        run(wrapped.read(names_in(tf, run, names)))
        run([wrapped.num_records_produced(), wrapped.num_work_units_completed()])
        run(queues.queue_size(queues.fake_queue(tf.FIFOQueue(3, tf.int32).queue_ref)))
        with tf.python_io.TFRecordWriter("r") as writer:
            writer.write(b"record")
        queue = queues.fifo_queue(component_types=[tf.string], shapes=[tf.TensorShape([])])
        run(queues.queue_enqueue_many(queue, [["r"]]))
        run(ops.reader_read(imported(tf, "TFRecordReader"), queue))


@story
def queues_of_something_else(tf, run):
    reader = tf.IdentityReader()
    numbers = tf.FIFOQueue(9, tf.int32)
    pairs = tf.FIFOQueue(9, [tf.string, tf.string])
    lists = tf.FIFOQueue(9, tf.string)
    run([numbers.enqueue(1), pairs.enqueue(["a", "b"]), lists.enqueue(["a", "b"])])
    for queue in (numbers, pairs):
        run.refused(lambda queue=queue: run.session.run(reader.read(queue)))
    run(reader.read(lists))
