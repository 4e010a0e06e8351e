"""Checkpoints of objects: what stories beside TensorFlow's cannot show."""

import copy
import gc
import json
import pickle

import pytest

import stillflow as tf
from stillflow.tracking.dicts import DictWrapper
from stillflow.tracking.lists import ListWrapper


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def saved(session, folder, **objects):
    checkpoint = tf.train.Checkpoint(**objects)
    session.run(tf.global_variables_initializer())
    return checkpoint, checkpoint.save(f"{folder}/c")


def warnings_of(capture, restore):
    """What is logged by a restore, and when what it returns is forgotten."""
    capture.clear()
    restore()
    gc.collect()
    return [record.getMessage() for record in capture.records]


@pytest.mark.usefixtures("own_garbage")
def test_what_is_not_used_is_warned_of(session, tmp_path, caplog):
    _, prefix = saved(session, tmp_path, v=tf.Variable(1.0), w=tf.Variable(2.0))

    def restore(expect_partial):
        checkpoint = tf.train.Checkpoint(v=tf.Variable(0.0))
        status = checkpoint.restore(prefix)
        if expect_partial:
            status.expect_partial()
        status.run_restore_ops()

    first, *rest = warnings_of(caplog, lambda: restore(expect_partial=False))
    assert first == "Unresolved object in checkpoint: (root).w"
    assert "expect_partial()" in rest[-1]
    assert warnings_of(caplog, lambda: restore(expect_partial=True)) == []


def test_a_damaged_checkpoint_is_refused(session, tmp_path):
    checkpoint, prefix = saved(session, tmp_path, v=tf.Variable(1.0))
    index = tmp_path / "c-1.index"
    index.write_bytes(index.read_bytes()[:-5])
    with pytest.raises(tf.errors.OpError):
        checkpoint.restore(prefix)
    assert session.run(checkpoint.v) == 1.0


def test_many_saves_and_restores_share_their_nodes(session, tmp_path):
    optimizer = tf.train.AdamOptimizer()
    variable = tf.Variable(1.0)
    optimizer.minimize(variable * 2.0)
    checkpoint, prefix = saved(session, tmp_path, v=variable, optimizer=optimizer)
    checkpoint.restore(prefix).initialize_or_restore()
    number = len(tf.get_default_graph().get_operations())
    for _ in range(3):
        checkpoint.restore(checkpoint.save(f"{tmp_path}/c")).assert_consumed().run_restore_ops()
    assert len(tf.get_default_graph().get_operations()) == number


def test_without_a_session_there_is_one(tmp_path):
    with tf.Graph().as_default():
        arrays = tf.contrib.checkpoint.NumpyState()
        prefix = tf.train.Checkpoint(arrays=arrays).save(f"{tmp_path}/c")
        assert tf.train.Checkpoint(arrays=arrays).restore(prefix).assert_consumed()


def test_wrappers_are_the_lists_and_dicts_that_they_wrap():
    group = tf.contrib.checkpoint.Checkpointable()
    group.items, group.named = [1, [2]], {"a": {"b": 3}}
    assert isinstance(group.items, list)
    assert isinstance(group.named, dict)
    assert group.items == [1, [2]]
    assert group.named == {"a": {"b": 3}}
    assert json.dumps([group.items.copy() == [1, [2]], list(group.named)]) == '[true, ["a"]]'
    assert dict(group.named) == {**group.named} == {"a": {"b": 3}}
    for value, wrapper in ((group.items, ListWrapper), (group.named, DictWrapper)):
        for other in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
            assert type(other) is wrapper
            assert other == value
    tf.nest.assert_same_structure(group.items, [0, [0]])
    assert tf.nest.map_structure(lambda x: x + 1, group.named) == {"a": {"b": 4}}
    with pytest.raises(TypeError, match="unhashable type: 'ListWrapper'"):
        hash(group.items)
    del group.items
    assert [name for name, _ in group._checkpoint_dependencies] == ["named"]


def test_variables_begin_as_those_of_a_checkpoint_of_objects(session, tmp_path):
    _, prefix = saved(session, tmp_path, held=tf.Variable(3.0, name="v"))
    with tf.Graph().as_default(), tf.Session() as other:
        variable = tf.Variable(0.0, name="v")
        tf.train.warm_start(prefix)
        other.run(tf.global_variables_initializer())
        assert other.run(variable) == 3.0
        tf.Variable(0.0, name="w")
        with pytest.raises(ValueError, match="following variables were missing"):
            tf.train.warm_start(prefix)


def test_a_saver_says_which_variables_a_checkpoint_of_objects_lacks(session, tmp_path):
    v = tf.Variable(1.0, name="v", use_resource=True)
    other = tf.Variable(2.0, name="other", use_resource=True)
    session.run(tf.global_variables_initializer())
    first = tf.train.Checkpoint(x=v).save(str(tmp_path / "first"), session)
    second = tf.train.Checkpoint(y=other).save(str(tmp_path / "second"), session)
    saver = tf.train.Saver([v])
    saver.restore(session, first)
    with pytest.raises(
        tf.errors.NotFoundError,
        match=r"^Existing variables not in the checkpoint: v\n(.|\n)*: other(.|\n)*Could not find",
    ):
        saver.restore(session, second)
    renamed = tf.train.Checkpoint(y=v).save(str(tmp_path / "third"), session)
    session.run(v.assign(5.0))
    saver.restore(session, renamed)  # which has it under another key
    assert session.run(v) == 1.0
