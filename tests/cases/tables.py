"""Programs with lookup tables: what is found, changed and refused. Runs and nodes are compared."""

import os
import tempfile

from .arrays import f32, ints
from .suite import Suite

suite = Suite("tables")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def sentence(run, fetch, feeds=None):
    """Logs what a run is refused with."""
    run.refused(lambda: run.session.run(fetch, feeds))


@story
def static(tf, run):
    lookup = tf.lookup
    table = lookup.StaticHashTable(
        lookup.KeyValueTensorInitializer(["a", "b"], [1, 2], tf.string, tf.int64), -1
    )
    keys = tf.placeholder(tf.string, [None])
    found, size = table.lookup(keys), table.size()
    sparse = table.lookup(tf.SparseTensor([[0, 1], [1, 0]], ["b", "c"], [2, 2]))
    exported = table.export()
    run.note([str(tensor.shape) for tensor in (found, size, *exported)])
    run.note([table.name, str(table.key_dtype), str(table.value_dtype)])
    sentence(run, found, {keys: ["a"]})
    sentence(run, exported)
    run(size)
    run(tf.tables_initializer())
    run([found, size, sparse], {keys: ["b", "x", "a"]})
    run(tf.reduce_sum(exported[1]))
    run(tf.tables_initializer())
    run.refused(lambda: table.lookup(tf.constant([1])))


@story
def of_contrib(tf, run):
    """With names and types of its own; a lookup within a choice, and in a function."""
    lookup = tf.contrib.lookup
    with tf.name_scope("outer"), tf.device("/cpu:0"):
        table = lookup.HashTable(
            lookup.KeyValueTensorInitializer(ints([3, 5, 7]), f32(3), name="fill"), 0.5, name="t"
        )
    numbers = tf.placeholder(tf.int32, [2, None])
    with tf.control_dependencies([tf.no_op()]):
        found = table.lookup(numbers, name="found") * 2.0
    choice = tf.cond(
        tf.constant(True), lambda: table.lookup(tf.constant([7])), lambda: tf.zeros([1])
    )
    run.note([str(found.shape), str(choice.shape)])
    table.init.run(session=run.session)
    run([found, choice, table.size(name="size")], {numbers: [[3, 4], [7, 5]]})
    run([tf.reduce_sum(part) for part in table.export(name="all")])


@story
def mutable(tf, run):
    table = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1)
    keys = tf.placeholder(tf.string, [None])
    values = tf.placeholder(tf.int64, [None])
    insert, found = table.insert(keys, values), table.lookup(keys)
    remove, size, exported = table.remove(keys), table.size(), table.export()
    run.note([str(tensor.shape) for tensor in (found, size, *exported)])
    run(insert, {keys: ["a", "b", "a"], values: [1, 2, 3]})
    run([found, size], {keys: ["b", "a", "c"]})
    run(remove, {keys: ["b", "none"]})
    run([exported, size])
    run(insert, {keys: [], values: []})
    run(table.lookup([["a", "b"]]))
    sentence(run, insert, {keys: ["a"], values: [1, 2]})
    run.refused(lambda: table.insert(["a"], ["b"]))
    run.refused(lambda: table.remove(tf.constant([1])))


@story
def mutable_of_vectors(tf, run):
    table = tf.contrib.lookup.MutableHashTable(tf.int64, tf.float32, [0.0, -1.0], name="rows")
    insert = table.insert([4, 9], f32(2, 2))
    found, exported = table.lookup([[9], [2]]), table.export()
    run.note([str(tensor.shape) for tensor in (found, *exported)])
    run(exported)
    run(insert)
    run([found, table.size()])
    run(tf.reduce_sum(exported[1], 0))
    default = tf.placeholder(tf.float32)
    raw = tf.raw_ops.LookupTableFindV2(
        table_handle=table.resource_handle, keys=tf.constant([9], tf.int64), default_value=default
    )
    run(raw, {default: [0.0, 0.0]})
    sentence(run, raw, {default: [1.0]})


@story
def of_one_name(tf, run):
    """Nodes that share a table, by name."""
    lookup = tf.contrib.lookup

    def table(shared_name, key):
        fill = lookup.KeyValueTensorInitializer([key], [f"of {key}"])
        return lookup.HashTable(fill, "none", shared_name=shared_name)

    first, second, apart = table("s", "a"), table("s", "a"), table("t", "b")
    run([first.init, apart.init])
    run([t.lookup(tf.constant(["a", "b"])) for t in (first, second, apart)])
    other = lookup.HashTable(
        lookup.KeyValueTensorInitializer(["a", "b"], ["c", "d"]), "none", shared_name="s"
    )
    sentence(run, other.init)
    numbers = lookup.HashTable(lookup.KeyValueTensorInitializer(["a"], [1]), -1, shared_name="s")
    sentence(run, numbers.init)


@story
def wrong_entries(tf, run):
    lookup = tf.contrib.lookup
    keys, values = tf.placeholder(tf.string), tf.placeholder(tf.int64)

    def table():
        return lookup.HashTable(lookup.KeyValueTensorInitializer(keys, values), -1)

    tables = [table() for _ in range(3)]
    sentence(run, tables[0].init, {keys: ["a", "a"], values: [1, 2]})
    sentence(run, tables[1].init, {keys: ["a"], values: [1, 2]})
    sentence(run, tables[1].init, {keys: [], values: []})
    run(tables[2].init, {keys: ["a", "a"], values: [1, 1]})
    run(tables[2].size())
    sentence(run, tables[2].init, {keys: ["a", "b"], values: [1, 1]})
    run.refused(lambda: lookup.HashTable(lookup.KeyValueTensorInitializer(["a"], [1]), "no number"))
    run.refused(lambda: lookup.TextFileInitializer("", tf.string, 0, tf.string, 1))
    run.refused(lambda: lookup.TextFileInitializer("f", tf.string, -3, tf.string, 1))
    run.refused(lambda: lookup.TextFileInitializer("f", tf.string, -1, tf.string, 1))
    run.refused(lambda: lookup.TextFileInitializer("f", tf.float32, -2, tf.string, 1))
    run.refused(lambda: lookup.TextFileInitializer("f", tf.string, -2, tf.string, -3))
    run.refused(lambda: lookup.TextFileInitializer("f", tf.string, -2, tf.string, -1))
    run.refused(lambda: lookup.TextFileInitializer("f", tf.string, -2, tf.int64, -2))
    run.refused(lambda: lookup.TextFileInitializer("f", tf.string, 0, tf.string, 1, vocab_size=0))


@story
def of_text_files(tf, run):
    lookup = tf.contrib.lookup
    whole, number = lookup.TextFileIndex.WHOLE_LINE, lookup.TextFileIndex.LINE_NUMBER
    with tempfile.TemporaryDirectory() as folder:

        def found_in(text, keys, key, value, default, **options):
            """Logs what a new table has for `keys`, or how it refuses the file."""
            filename = tf.placeholder(tf.string, [])
            fill = lookup.TextFileInitializer(filename, *key, *value, **options)
            table = lookup.HashTable(fill, default)
            path = os.path.join(folder, "vocabulary")
            with open(path, "wb") as file:
                file.write(text)
            try:
                run.session.run(table.init, {filename: path})
            except Exception as error:
                told = str(error).split("\n")[0].replace(path, "FILE")
                run.note([type(error).__name__, told.split(" [[")[0]])
            else:
                run([table.lookup(tf.constant(keys, key[0])), table.size()])

        text, numbered = (tf.string, whole), (tf.int64, number)
        found_in(b"a\nb b\nc", ["c", "b b", "d"], text, numbered, -1)
        found_in(b"a\r\nb\n", ["a", "b"], text, numbered, -1)
        found_in(b"x\ny\n", [1, 2], numbered, text, "UNK")
        found_in(b"3 c 1.5\n-4 d 2e3\n", [3, -4], (tf.int64, 0), (tf.float32, 2), 0, delimiter=" ")
        found_in(b"3\tc\n4\td\n", ["c", "d"], (tf.string, 1), (tf.int64, 0), -1)
        found_in(b"12\n5\n", [5, 12], (tf.int64, whole), numbered, -1)
        found_in(b"a\nb\nc\n", ["a", "c"], text, numbered, -1, vocab_size=2)
        found_in(b"a\nb\nc\n", ["a", "c"], text, numbered, -1, vocab_size=4)
        found_in(b"a\n\nc\n", ["a"], text, numbered, -1)
        found_in(b"a\nb\na\n", ["a"], text, numbered, -1)
        found_in(b"", ["a"], text, numbered, -1)
        found_in(b"a b\nc\n", ["a"], (tf.string, 0), (tf.string, 1), "", delimiter=" ")
        found_in(b"a b\n", ["a"], (tf.string, 0), (tf.int64, 1), 0, delimiter=" ")
        found_in(b"a 1.x\n", ["a"], (tf.string, 0), (tf.float32, 1), 0, delimiter=" ")
        found_in(b"a 3000000000\n", ["a"], (tf.string, 0), (tf.int32, 1), 0, delimiter=" ")


@story
def saved(tf, run):
    """Tables in a checkpoint, beside a variable; restored, they hold what was saved and no more."""
    table = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1, name="words")
    rows = tf.contrib.lookup.MutableHashTable(tf.int64, tf.float32, [0.0, 0.0], name="rows")
    tf.contrib.lookup.MutableHashTable(tf.int64, tf.int64, 0, name="apart", checkpoint=False)
    weight = tf.Variable(1.0, name="weight")
    saver = tf.train.Saver()
    keys = tf.constant(["a", "b", "c"])
    with tempfile.TemporaryDirectory() as folder:
        run([weight.initializer, table.insert(["a", "b"], [1, 2]), rows.insert([7], [[1.0, 2.0]])])
        path = saver.save(run.session, os.path.join(folder, "model"))
        run.note(sorted(name for name, _ in tf.train.list_variables(path)))
        run([table.insert(["b", "c"], [5, 6]), rows.remove(tf.constant([7], tf.int64))])
        run([table.lookup(keys), rows.size(), table.size()])
        saver.restore(run.session, path)
        run([table.lookup(keys), rows.lookup([7]), table.size()])
