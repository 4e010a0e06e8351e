"""Programs with lookup tables: what is found, changed and refused. Runs and nodes are compared."""

import os
import tempfile

from .arrays import f32, ints
from .suite import Suite, internal_module

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


@story
def saved_by_programs(tf, run):
    """Objects that say themselves what is saved of them, beside a variable."""
    builder = internal_module(tf, "python.training.saver").BaseSaverBuilder

    class Doubled(builder.ResourceVariableSaveable):
        def __init__(self, first, second, name):
            super().__init__(first, "", name)
            self.second = second

        def restore(self, restored_tensors, restored_shapes):
            restored = super().restore(restored_tensors, restored_shapes)
            return tf.group(restored, self.second.assign(restored_tensors[0]))

    first = tf.get_variable("first", initializer=1.0, use_resource=True)
    second = tf.get_variable("second", initializer=2.0, use_resource=True)
    third = tf.get_variable("third", initializer=[5.0, 6.0], use_resource=True)
    counted = [tf.constant(3, tf.int64)]
    spec = builder.SaveSpec(counted[0], "", "counted/number")

    class Number(builder.SaveableObject):
        def restore(self, restored_tensors, restored_shapes):
            return tf.identity(restored_tensors[0], name="restored_number").op

    saver = tf.train.Saver(
        [Doubled(first, second, "doubled"), Number(counted[0], [spec], "number"), third]
    )
    run(tf.global_variables_initializer())
    with tempfile.TemporaryDirectory() as folder:
        path = saver.save(run.session, os.path.join(folder, "m"), write_meta_graph=False)
        run.note([str(shape) for shape in tf.train.list_variables(path)])
        run([first.assign(10.0), second.assign(11.0), third.assign([12.0, 13.0])])
        saver.restore(run.session, path)
    run([first, second, third])


@story
def dense(tf, run):
    """What is exported is the buckets, the free ones too: of few keys that collide."""
    table = tf.contrib.lookup.MutableDenseHashTable(
        tf.int64, tf.int32, -1, empty_key=0, deleted_key=-2, initial_num_buckets=8
    )
    keys, values = tf.placeholder(tf.int64), tf.placeholder(tf.int32)
    insert, found, remove = table.insert(keys, values), table.lookup(keys), table.erase(keys)
    size, exported = table.size(), table.export()
    run.note([str(tensor.shape) for tensor in (found, table.lookup([[1, 2]]), size, *exported)])
    run(exported)
    run(insert, {keys: [3, 11, 19, -1], values: [1, 2, 3, 4]})
    run([found, size, exported], {keys: [[3], [11], [19], [5], [-1]]})
    run(remove, {keys: [11, 5]})
    run([exported, size])
    run(insert, {keys: [27, 4], values: [5, 6]})
    run([exported, size])
    run(insert, {keys: [35, 3, 43], values: [7, 8, 9]})
    run([exported, size])
    run([found], {keys: [3, 19, 27, 35, 43, 11]})
    sentence(run, insert, {keys: [0], values: [1]})
    sentence(run, found, {keys: [-2]})
    sentence(run, insert, {keys: [1, 2], values: [1]})


@story
def dense_of_vectors(tf, run):
    """Keys and values are vectors; then keys are words."""
    lookup = tf.lookup.experimental
    table = lookup.DenseHashTable(
        tf.int64, tf.float32, [0.0, -1.0], [0, 1], [0, 2], initial_num_buckets=4, name="pairs"
    )
    keys = tf.constant([[4, 5], [4, 6], [4, -7]], tf.int64)
    found, exported = table.lookup(keys), table.export()
    run.note([str(tensor.shape) for tensor in (found, *exported)])
    run(table.insert_or_assign(keys[:2], f32(2, 2)))
    run([found, exported])
    run(table.remove(keys[:1]))
    run([found, exported, table.size()])
    words = lookup.DenseHashTable(
        tf.string, tf.int64, -1, "", "gone", initial_num_buckets=4, checkpoint=False
    )
    some = tf.constant(["a", "bc", "a longer word", "d"])
    run(words.insert(some, tf.constant([1, 2, 3, 4], tf.int64)))
    run([words.lookup(some), words.export(), words.size()])
    run.refused(lambda: table.lookup(tf.constant([1], tf.int64)[0]))
    same = lookup.DenseHashTable(tf.int64, tf.int64, 0, 1, 1, name="same")
    sentence(run, same.size())
    few = lookup.DenseHashTable(tf.int64, tf.int64, 0, 1, 2, initial_num_buckets=12, name="few")
    sentence(run, few.size())
    with tempfile.TemporaryDirectory() as folder:
        saver = tf.train.Saver([table])
        path = saver.save(run.session, os.path.join(folder, "model"))
        run(table.insert(keys, f32(3, 2)))
        run([found, table.size()])
        saver.restore(run.session, path)
        run([found, table.size()])


@story
def vocabularies(tf, run):
    """Words that are in no vocabulary have a default, or one of some buckets behind it."""
    lookup = tf.contrib.lookup
    words = tf.placeholder(tf.string, [None])
    plain = lookup.index_table_from_tensor(["a", "b", "c"], default_value=7)
    bucketed = lookup.index_table_from_tensor(tf.constant(["a", "b"]), 5, name="bucketed")
    strong = lookup.index_table_from_tensor(
        ["a"], num_oov_buckets=4, hasher_spec=lookup.StrongHashSpec([3, 5]), name="strong"
    )
    numbers = lookup.index_table_from_tensor([10, 20], 3, dtype=tf.int32, name="numbers")
    back = lookup.index_to_string_table_from_tensor(["x", "y"], default_value="none")
    fill = lookup.KeyValueTensorInitializer(["a"], tf.constant([0], tf.int64))
    static = tf.lookup.StaticVocabularyTable(fill, 3, name="static/")
    only = lookup.IdTableWithHashBuckets(None, 6, name="only")
    none = tf.lookup.StaticVocabularyTable(None, 2)
    sparse = tf.SparseTensor([[0, 0], [1, 2]], ["b", "z"], [2, 3])
    found = [
        *[table.lookup(words) for table in (plain, bucketed, strong, static, only, none)],
        bucketed.lookup(sparse, name="sparse"),
        numbers.lookup(tf.constant([[20], [30]])),
        back.lookup(tf.constant([1, 5], tf.int64)),
        *[table.size() for table in (plain, bucketed, only)],
        lookup.string_to_index(words, ["c"]),
        lookup.index_to_string(tf.constant([0, 1], tf.int64), ["w"]),
    ]
    run.note([table.name for table in (plain, bucketed, strong, numbers, back, static, only, none)])
    run([tf.tables_initializer(), bucketed.initializer, only.initializer])
    run(found, {words: ["a", "b", "c", "d", "Stillflow", "a word that is longer than the others"]})
    for refused in (
        lambda: lookup.index_table_from_tensor(None),
        lambda: lookup.index_table_from_tensor(["a"], num_oov_buckets=-1),
        lambda: lookup.index_table_from_tensor([1.0], dtype=tf.float32),
        lambda: lookup.index_table_from_tensor([1]),
        lambda: lookup.index_table_from_file(""),
        lambda: lookup.index_table_from_file("f", vocab_size=0),
        lambda: lookup.index_to_string_table_from_file("f", vocab_size=0),
        lambda: lookup.index_to_string_table_from_tensor(None),
        lambda: lookup.StrongHashSpec([1]),
        lambda: lookup.StrongHashSpec([1, "a"]),
        lambda: lookup.IdTableWithHashBuckets(None, 0),
        lambda: lookup.IdTableWithHashBuckets(None, 1, hasher_spec=3),
        lambda: lookup.IdTableWithHashBuckets(None, 1, key_dtype=tf.float32),
        lambda: lookup.IdTableWithHashBuckets(back, 1),
        lambda: tf.lookup.StaticVocabularyTable(fill, 0),
        lambda: bucketed.lookup(tf.constant([1])),
    ):
        run.refused(refused)


@story
def vocabularies_in_files(tf, run):
    lookup = tf.contrib.lookup
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "words")
        with open(path, "w") as file:
            file.write("a\nb\nc\n")
        filename = tf.placeholder_with_default(path.encode()[:0], [], name="file")
        words = tf.constant(["a", "c", "d"])
        plain = lookup.index_table_from_file(filename)
        bucketed = lookup.index_table_from_file(filename, num_oov_buckets=2, vocab_size=2)
        back = lookup.index_to_string_table_from_file(filename, default_value="?")
        tables = (plain, bucketed, back)
        run([table.initializer for table in tables], {filename: path})
        run([plain.lookup(words), bucketed.lookup(words), bucketed.size()])
        run(back.lookup(tf.constant([0, 2, 3], tf.int64)))
    run.note(len(tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS)))
    with tf.Graph().as_default():
        lookup.index_table_from_file("words.txt")
        run.note([tensor.name for tensor in tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS)])
        run.note([op.name for op in tf.get_collection(tf.GraphKeys.TABLE_INITIALIZERS)])


@story
def of_old_graphs(tf, run):
    """Their handles are two strings."""
    raw = tf.raw_ops
    keys, values = tf.constant(["a", "b"]), tf.constant([1, 2], tf.int64)
    default = tf.constant(-1, tf.int64)
    table = raw.HashTable(key_dtype=tf.string, value_dtype=tf.int64, shared_name="s")
    found = raw.LookupTableFind(table_handle=table, keys=keys, default_value=default)
    run.note([str(table.dtype), str(table.shape), str(found.shape)])
    sentence(run, found)
    run(raw.InitializeTable(table_handle=table, keys=keys, values=values))
    run([found, raw.LookupTableSize(table_handle=table)])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "words")
        with open(path, "w") as file:
            file.write("b\na\n")
        filename = tf.placeholder(tf.string, [])
        lines = raw.HashTable(key_dtype=tf.string, value_dtype=tf.int64, shared_name="t")
        fill = raw.InitializeTableFromTextFile(
            table_handle=lines, filename=filename, key_index=-2, value_index=-1
        )
        run(fill, {filename: path})
        run(raw.LookupTableFind(table_handle=lines, keys=keys, default_value=default))
    mutable = raw.MutableHashTable(key_dtype=tf.string, value_dtype=tf.int64, shared_name="m")
    run(raw.LookupTableInsert(table_handle=mutable, keys=keys, values=values))
    run(raw.LookupTableImport(table_handle=mutable, keys=keys[1:], values=values[1:]))
    run(raw.LookupTableExport(table_handle=mutable, Tkeys=tf.string, Tvalues=tf.int64))
    rows = raw.MutableHashTableOfTensors(
        key_dtype=tf.string, value_dtype=tf.int64, value_shape=[2], shared_name="r"
    )
    run(raw.LookupTableInsert(table_handle=rows, keys=keys, values=[values, values + 1]))
    run(raw.LookupTableFind(table_handle=rows, keys=keys, default_value=values))
    fresh = raw.InitializeTableV2(
        table_handle=raw.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64, shared_name="s"),
        keys=keys,
        values=values,
    )
    run(fresh)
