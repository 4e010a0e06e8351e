"""tf.train.Saver, tables and tf.contrib.summary, eagerly. Expectations: TensorFlow 1.15."""

import os

import numpy as np
import pytest

import stillflow as tf


def test_a_saver_writes_and_reads_variables_without_a_session(tmp_path):
    v, w = tf.Variable([1.0, 2.0], name="v"), tf.Variable(3, name="w")
    saver = tf.train.Saver([v, w])
    path = saver.save(None, str(tmp_path / "ck"), global_step=tf.constant(4))
    assert path == str(tmp_path / "ck-4") == tf.train.latest_checkpoint(str(tmp_path))
    assert tf.train.list_variables(path) == [("v", [2]), ("w", [])]
    assert not (tmp_path / "ck-4.meta").exists()
    v.assign([0.0, 0.0])
    w.assign(0)
    saver.restore(None, path)
    assert (v.numpy().tolist(), w.numpy()) == ([1.0, 2.0], 3)


def test_a_saver_keeps_so_many(tmp_path):
    saver = tf.train.Saver([tf.Variable(1.0)], max_to_keep=2)
    for step in range(4):
        saver.save(None, str(tmp_path / "ck"), global_step=step)
    assert sorted(n for n in os.listdir(tmp_path) if "index" in n) == ["ck-2.index", "ck-3.index"]


def test_a_restore_sets_all_variables_or_none(tmp_path):
    path = tf.train.Saver({"a": tf.Variable(1.0), "b": tf.Variable(2.0)}).save(
        None, str(tmp_path / "ck")
    )
    a, b = tf.Variable(7.0), tf.Variable([7.0, 7.0])
    with pytest.raises(ValueError, match=r"Shapes \(2,\) and \(\) are incompatible"):
        tf.train.Saver({"a": a, "b": b}).restore(None, path)
    assert a.numpy() == 7


def test_what_a_saver_refuses(tmp_path):
    with pytest.raises(RuntimeError, match="`var_list` must specify a list or dict of variables"):
        tf.train.Saver()
    twice = tf.train.Saver([tf.Variable(1.0), tf.Variable(1.0)])
    with pytest.raises(ValueError, match="Two different ResourceVariable objects with the same"):
        twice.save(None, str(tmp_path / "ck"))
    with pytest.raises(RuntimeError, match="Use save/restore instead of build in eager mode"):
        twice.build()
    with pytest.raises(RuntimeError, match="Exporting/importing meta graphs is not supported"):
        tf.train.import_meta_graph("model.meta")


def test_a_saver_saves_a_table_as_it_is_by_then(tmp_path):
    table = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1, name="t")
    saver = tf.train.Saver([table])
    table.insert(tf.constant(["q", "r"]), tf.constant([4, 5], tf.int64))
    path = saver.save(None, str(tmp_path / "ck"))
    table.insert(tf.constant(["q", "z"]), tf.constant([9, 9], tf.int64))
    saver.restore(None, path)
    assert table.lookup(tf.constant(["q", "r", "z"])).numpy().tolist() == [4, 5, -1]
    assert table.name is None


def test_tables_that_are_filled_once(tmp_path):
    fill = tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2])
    table = tf.lookup.StaticHashTable(fill, -1)
    assert table.lookup(tf.constant(["b", "z"])).numpy().tolist() == [2, -1]
    mapped = tf.data.Dataset.from_tensor_slices(["a", "x"]).map(table.lookup)
    assert [value.numpy() for value in mapped] == [1, -1]
    assert tf.function(table.lookup)(tf.constant(["a"])).numpy().tolist() == [1]
    words = tmp_path / "words.txt"
    words.write_text("a\nb\nc\n")
    by_file = tf.contrib.lookup.index_table_from_file(str(words), num_oov_buckets=2)
    assert by_file.lookup(tf.constant(["c", "zz"])).numpy().tolist() == [2, 3]


def events_of(folder):
    """(step, tags) of each event, but the first of each file."""
    (name,) = os.listdir(folder)
    events = list(tf.train.summary_iterator(os.path.join(folder, name)))
    return [(event.step, [value.tag for value in event.summary.value]) for event in events[1:]]


def test_summaries_are_written_when_the_step_says_so(tmp_path):
    step = tf.train.get_or_create_global_step()
    start = int(step)
    summary = tf.contrib.summary
    with (
        summary.create_file_writer(str(tmp_path)).as_default(),
        summary.record_summaries_every_n_global_steps(3, step),
    ):
        for number in range(7):
            step.assign(number)
            summary.scalar("loss", number)
    step.assign(start)
    assert events_of(tmp_path) == [(0, ["loss"]), (3, ["loss"]), (6, ["loss"])]


def test_summaries_of_all_kinds(tmp_path):
    summary = tf.contrib.summary
    writer = summary.create_file_writer(str(tmp_path))
    with writer.as_default(), summary.always_record_summaries():
        with tf.name_scope("part"):
            summary.scalar("a", 2.0, family="f", step=7)
        summary.histogram("h", tf.ones([3]), step=8)
        summary.image("i", tf.zeros([1, 2, 2, 3]), step=9)
        traced = tf.function(lambda x: summary.scalar("t", x, step=9))
        traced(tf.constant(3.0))
    summary.scalar("outside", 1.0)
    assert events_of(tmp_path) == [(7, ["f/part/f/a"]), (8, ["h"]), (9, ["i/image/0"]), (9, ["t"])]
    assert summary.all_summary_ops() is None
    assert not np.any(summary.should_record_summaries())


def test_ragged_tensors_show_their_rows():
    rows = tf.ragged.constant([[1, 2], [3], []])
    assert repr(rows) == "<tf.RaggedTensor [[1, 2], [3], []]>"
    assert tf.strings.unicode_split(tf.constant(["ab", ""]), "UTF-8").to_list() == [
        [b"a", b"b"],
        [],
    ]


def test_choices_and_checks():
    branches = [lambda: 1, lambda: 2]
    assert [tf.switch_case(tf.constant(n), branches) for n in (0, 1, 9)] == [1, 2, 2]
    assert tf.train.global_step(None, tf.Variable(4)) == 4
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=r"dummy_input \[2\] is not compatible"
    ):
        tf.ensure_shape(tf.constant([1, 2]), [3])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"data: 1\.0, 2\.0, 3\.0, \.\.\.$"):
        tf.Assert(False, [tf.constant([1.0, 2.0, 3.0, 4.0])])
    with pytest.raises(TypeError, match="tensor must be of type <dtype: 'int32'>"):
        tf.assert_type(tf.constant(1.0), tf.int32)
    with pytest.raises(ValueError, match=r"Expected scalar shape, saw shape: \(1,\)"):
        tf.assert_scalar(tf.constant([1.0]))


def test_merging_of_summaries_is_for_graphs():
    with pytest.raises(RuntimeError, match=r"Merging tf\.summary\.\* ops is not compatible with"):
        tf.summary.merge([tf.summary.scalar("x", 1.0)])


def test_a_writer_goes_with_its_last_user(tmp_path):
    step = tf.constant(5, tf.int64)
    for folder in ("a", "b"):
        writer = tf.contrib.summary.create_file_writer(str(tmp_path / folder), name="one")
        same = tf.contrib.summary.create_file_writer(str(tmp_path / "other"), name="one")
        for each in (writer, same):
            with each.as_default(), tf.contrib.summary.always_record_summaries():
                tf.contrib.summary.scalar("x", 1.0, step=step)
        del writer, same, each
        assert events_of(tmp_path / folder) == [(5, ["x"]), (5, ["x"])]
    assert not (tmp_path / "other").exists()


def test_a_schedule_is_a_function_of_no_arguments():
    rate = tf.train.natural_exp_decay(0.1, tf.constant(3), 20, 0.1)
    assert round(float(rate()), 4) == 0.0985
