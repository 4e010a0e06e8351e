"""Matrices of a checkpoint for other words than before; models begun with such."""

import functools
import os

import numpy as np

from .canned import BINARY, arrays, config, kind_of_failure
from .estimators import story as _story
from .suite import Suite

suite = Suite("remapped")

MATRIX = np.arange(12, dtype=np.float32).reshape(4, 3)


def story(fn):
    """Adds `fn` as a case, in a graph of its own: the paths of files are constants there."""

    @functools.wraps(fn)
    def told(tf, run, folder):
        with tf.Graph().as_default(), tf.Session() as session:
            fn(tf, lambda fetches: run.note(session.run(fetches)), run, folder)

    return _story(told, suite)


def words(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def checkpoint(tf, folder):
    """A checkpoint of a matrix, a vector and integers."""
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("matrix", initializer=MATRIX)
        tf.get_variable("vector", initializer=MATRIX[0])
        tf.get_variable("whole", initializer=np.arange(4).reshape(2, 2))
        session.run(tf.global_variables_initializer())
        return tf.train.Saver().save(session, os.path.join(folder, "model"))


@story
def lines_found_again(tf, run, log, folder):
    old = words(folder, "old", "a\nb\nc\n")
    new = words(folder, "new", "c\nd\na\nb\n")
    twice = words(folder, "twice", "a\nb\na\n")

    def found(offset, count, size=-1, new=new, old=old):
        return tf.raw_ops.GenerateVocabRemapping(
            new_vocab_file=new,
            old_vocab_file=old,
            new_vocab_offset=offset,
            num_new_vocab=count,
            old_vocab_size=size,
        )

    tensors = [found(0, 4), found(1, 2), found(0, 4, 1), found(0, 0), found(0, 3, -1, twice)]
    log.note([str(tensor.shape) for pair in tensors for tensor in pair])
    for pair in tensors:
        run(list(pair))
    log.refused(lambda: run(found(0, 6)))
    log.refused(lambda: run(found(0, 4, -1, new, twice)))
    kind_of_failure(log, lambda: run(found(0, 4, 9)))
    empty = words(folder, "empty", "")
    kind_of_failure(log, lambda: run(found(0, 1, -1, empty)))
    kind_of_failure(log, lambda: run(found(0, 1, -1, folder + "/none")))


@story
def rows_and_columns_of_a_checkpoint(tf, run, log, folder):
    path = checkpoint(tf, folder)

    def loaded(rows, columns, values, sizes, name="matrix"):
        return tf.raw_ops.LoadAndRemapMatrix(
            ckpt_path=path,
            old_tensor_name=name,
            row_remapping=np.array(rows, np.int64),
            col_remapping=np.array(columns, np.int64),
            initializing_values=np.array(values, np.float32),
            num_rows=sizes[0],
            num_cols=sizes[1],
        )

    run(loaded([2, -1, 0], [], [10, 11, 12], (3, 3)))
    run(loaded([3, -1], [1, -1], [[7], [8], [9]], (2, 2)))
    run(loaded([], [], [], (0, 3)))
    for wrong in (
        ([3, -1], [1, -1], [7, 8], (2, 2)),
        ([3, -1], [1, -1], [7, 8, 9, 10], (2, 2)),
        ([3, 3], [1, 1], [], (2, 2)),
        ([3, 1], [], [], (2, 4)),
        ([3, 1], [], [], (3, 3)),
        ([1, 2], [0], [], (2, 3)),
        ([1], [], [], (1, 1), "vector"),
        ([1], [], [], (1, 2), "whole"),
        ([1], [], [], (1, 2), "none"),
    ):
        log.refused(lambda wrong=wrong: run(loaded(*wrong)))
    kind_of_failure(log, lambda: run(loaded([3, 9], [], [], (2, 3))))


@story
def initial_values_for_other_words(tf, run, log, folder):
    path = checkpoint(tf, folder)
    old, new = words(folder, "old", "a\nb\nc\nd\n"), words(folder, "new", "d\ne\na\n")
    columns = words(folder, "columns", "x\ny\nz\n"), words(folder, "fewer", "z\nx\n")
    contrib = tf.contrib.framework
    of_both = contrib.load_and_remap_matrix_initializer(
        path,
        "matrix",
        new_row_vocab_size=3,
        new_col_vocab_size=2,
        old_row_vocab_file=old,
        new_row_vocab_file=new,
        old_col_vocab_file=columns[0],
        new_col_vocab_file=columns[1],
        num_row_oov_buckets=1,
        num_col_oov_buckets=1,
        initializer=tf.ones_initializer(),
    )
    whole = tf.get_variable("of_both", [4, 3], initializer=of_both)
    embedding = contrib.load_embedding_initializer(
        path, "matrix", 3, 3, old, new, num_oov_buckets=2, initializer=tf.zeros_initializer()
    )
    split = tf.fixed_size_partitioner(2)
    parts = tf.get_variable("parts", [5, 3], initializer=embedding, partitioner=split)
    run(tf.global_variables_initializer())
    run([whole, tf.convert_to_tensor(parts)])
    build = contrib.load_and_remap_matrix_initializer
    log.refused(lambda: build(path, "matrix", 3, 3, initializer=3))
    log.refused(lambda: build(path, "matrix", 3, 3)([3, 3]))
    kind_of_failure(log, lambda: build(path, "matrix", 3, 3, old_row_vocab_file=old)([3, 3]))
    log.refused(lambda: embedding([3, 3, 1]))
    log.refused(lambda: embedding([3, 4]))
    log.refused(lambda: embedding([9, 3]))
    log.refused(lambda: embedding([0, 3]))
    log.refused(lambda: embedding([3, 3], tf.float64))


@story
def begun_with_other_words(tf, run, log, folder):
    path = checkpoint(tf, folder)
    old, new = words(folder, "old", "a\nb\nc\nd\n"), words(folder, "new", "d\ne\na\n")
    columns = words(folder, "columns", "x\ny\nz\n"), words(folder, "fewer", "z\nx\n")
    split = tf.fixed_size_partitioner(2)
    rows = tf.get_variable("rows", [4, 3], partitioner=split)
    across = tf.get_variable("across", [4, 2], use_resource=True)
    vector = tf.get_variable("vector", [3])
    info = tf.train.VocabInfo
    tf.train.warm_start(
        path,
        var_name_to_vocab_info={
            "rows": info(new, 3, 1, old, 3, tf.ones_initializer()),
            "across": info(columns[1], 2, 0, columns[0], axis=1),
        },
        var_name_to_prev_var_name={"rows": "matrix", "across": "matrix"},
    )
    run(tf.global_variables_initializer())
    run([tf.convert_to_tensor(rows), across, vector])
    log.refused(lambda: info(new, 3, 0, old, axis=2))
    wrong = info(new, 3, 0, old)
    start = tf.train.warm_start
    log.refused(lambda: start(path, "vector", {"none": wrong}))
    log.refused(lambda: start(path, "vector", None, {"none": "vector"}))
    log.refused(lambda: start(path, 3))
    log.refused(lambda: start(path, [3]))
    log.refused(lambda: start(path, "across", {"across": info(None, 3, 0, old)}))


@story
def models_in_parts(tf, run, log, folder):
    """A model whose variables are parts, begun from one where they are whole."""
    columns = [tf.feature_column.numeric_column("x", shape=2)]
    first = tf.estimator.DNNClassifier([3], columns, config=config(tf, folder + "/first"))
    first.train(arrays(tf, BINARY), steps=2)
    second = tf.estimator.DNNClassifier(
        [3],
        columns,
        optimizer=tf.train.GradientDescentOptimizer(0.0),
        config=config(tf, folder + "/second"),
        warm_start_from=tf.estimator.WarmStartSettings(first.model_dir, ".*hidden.*"),
    )
    second.train(arrays(tf, BINARY), steps=1)
    for name in ("dnn/hiddenlayer_0/kernel", "dnn/logits/kernel"):
        log.note([own.get_variable_value(name) for own in (first, second)])


@story
def linear_model_with_other_words(tf, run, log, folder):
    paths = words(folder, "old.txt", "a\nb\nc\n"), words(folder, "new.txt", "c\nd\na\n")

    def columns(path):
        found = tf.feature_column.categorical_column_with_vocabulary_file
        return [found("c", path, vocabulary_size=3)]

    old = tf.estimator.LinearClassifier(columns(paths[0]), config=config(tf, folder + "/old"))
    old.train(arrays(tf, BINARY), steps=4)
    weights = "linear/linear_model/c/weights"
    vocabulary = tf.estimator.VocabInfo(
        new_vocab=paths[1],
        new_vocab_size=3,
        num_oov_buckets=0,
        old_vocab=paths[0],
        old_vocab_size=3,
        backup_initializer=tf.ones_initializer(),
    )
    new = tf.estimator.LinearClassifier(
        columns(paths[1]),
        config=config(tf, folder + "/new"),
        optimizer=tf.train.GradientDescentOptimizer(0.0),
        warm_start_from=tf.estimator.WarmStartSettings(
            old.model_dir, var_name_to_vocab_info={weights: vocabulary}
        ),
    )
    new.train(arrays(tf, BINARY), steps=1)
    log.note([old.get_variable_value(weights), new.get_variable_value(weights)])
    log.note(new.get_variable_value("linear/linear_model/bias_weights"))
