"""Iterators in mid-course go both ways between Stillflow and TensorFlow 1.15."""

import json
import shutil

import iterators_exchange as exchange
import numpy as np
import pytest
import recorded
from test_exchange import output, tensorflow

import stillflow as tf
from stillflow.ops.datasets import saving

# TensorFlow stores nothing of a window, and skips what it had read of a file of CSV.
NOT_THERE = ["window", "csv"]
# There threads, and batches in the making, are ahead of the program, not always as far; the
# elements of `unique` are in the order of a hash table.
AHEAD = "map_parallel map_batch map_parallel_batch map_and_batch interleave_parallel prefetch "
AHEAD += "interleave_contrib group_by_window training parse nested_map_batch csv window unique"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_we_restore_what_tensorflow_saved(folder):
    """To the element, and to the end."""
    for path in recorded.FOLDER.glob("iterators[0-9]*"):
        shutil.copy(path, folder)
    found = exchange.run(tf, "restore", ".", without=["window"])
    wanted = recorded.load("iterators")
    assert found == {name: wanted[name] for name in found}


def test_we_save_what_tensorflow_saves(folder):
    assert exchange.run(tf, "save", ".") == recorded.load("iterators")
    for place in exchange.PLACES[:-1]:
        theirs, ours = (_states(path / f"iterators{place}") for path in (recorded.FOLDER, folder))
        assert theirs.keys() == ours.keys()
        for name in theirs:
            if name.split("/")[0] not in AHEAD.split():
                assert _plain(ours[name]) == _plain(theirs[name]), name
    assert exchange.run(tf, "restore", ".") == recorded.load("iterators")


def _states(prefix):
    reader = tf.train.NewCheckpointReader(str(prefix))
    return {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}


def _plain(stored):
    entries = saving._decoded(stored)
    return {key: _bytes(value) for key, value in entries.items()}


def _bytes(value):
    if isinstance(value, np.ndarray) and value.dtype != object:
        return value.dtype, value.tolist()
    return (
        [_bytes(getattr(item, "array", item)) for item in value.flat]
        if hasattr(value, "flat")
        else value
    )


def test_a_state_of_another_pipeline_is_refused(folder):
    def saver(dataset):
        iterator = tf.data.make_initializable_iterator(dataset)
        saveable = tf.data.experimental.make_saveable_from_iterator(iterator)
        return iterator.initializer, tf.train.Saver([saveable])

    with tf.Graph().as_default(), tf.Session() as session:
        initializer, saved = saver(tf.data.Dataset.range(4).map(lambda i: -i))
        session.run(initializer)
        saved.save(session, "state", write_meta_graph=False)
    with tf.Graph().as_default(), tf.Session() as session:
        initializer, restored = saver(tf.data.Dataset.range(4).filter(lambda i: i > 1))
        session.run(initializer)
        with pytest.raises(tf.errors.NotFoundError, match="Iterator::Model::Filter::Range:next"):
            restored.restore(session, "state")


@pytest.mark.parametrize("variable", ["STILLFLOW_TF115"])
def test_tensorflow_restores_what_we_save(variable, folder):
    command = tensorflow(variable)
    saved = exchange.run(tf, "save", ".")
    printed = output([*command, exchange.__file__, "restore", ".", *NOT_THERE])
    restored = json.loads(printed.strip().splitlines()[-1])
    assert restored == {name: saved[name] for name in saved if name not in NOT_THERE}
