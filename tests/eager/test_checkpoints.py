"""Checkpoints of objects, eagerly."""

import gc
import weakref

import numpy as np
import pytest

import stillflow as tf


class Line(tf.keras.Model):
    """A network whose variables are made when it is first called."""

    def __init__(self):
        super().__init__()
        self.dense = tf.keras.layers.Dense(1)

    def call(self, x):
        return self.dense(x)


def trained(line, optimizer, step):
    x = np.arange(8, dtype=np.float32).reshape(2, 4)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(line(x) ** 2)
    variables = line.trainable_variables
    grads = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(grads, variables, strict=True), global_step=step)
    return float(loss)


def made():
    line, optimizer = Line(), tf.train.AdamOptimizer(0.1)
    step = tf.train.get_or_create_global_step()
    return tf.train.Checkpoint(line=line, optimizer=optimizer, step=step), (line, optimizer, step)


def test_training_goes_on_as_it_would_have(tmp_path):
    checkpoint, parts = made()
    for _ in range(3):
        trained(*parts)
    path = checkpoint.save(str(tmp_path / "deep" / "model"))
    assert path.endswith("model-1")
    expected = [trained(*parts) for _ in range(3)]

    restored, others = made()
    status = restored.restore(tf.train.latest_checkpoint(str(tmp_path / "deep")))
    assert [trained(*others) for _ in range(3)] == expected  # made, and restored, by the first
    status.assert_consumed()
    assert int(others[2]) == 6
    assert int(restored.save_counter) == 1


def test_what_is_there_is_restored_at_once(tmp_path):
    value = tf.Variable([1.0, 2.0])
    path = tf.train.Checkpoint(value=value).save(str(tmp_path / "c"))
    value.assign([0.0, 0.0])
    status = tf.train.Checkpoint(value=value).restore(path)
    assert value.numpy().tolist() == [1.0, 2.0]
    status.initialize_or_restore()  # nothing is left to do
    with pytest.raises(AssertionError, match="No checkpoint specified"):
        tf.train.Checkpoint(value=value).restore(None).assert_consumed()


def test_a_value_of_another_shape_is_refused(tmp_path):
    path = tf.train.Checkpoint(value=tf.Variable([1.0, 2.0])).save(str(tmp_path / "c"))
    with pytest.raises(ValueError, match="incompatible"):
        tf.train.Checkpoint(value=tf.Variable([1.0])).restore(path)


def test_a_manager_keeps_the_newest(tmp_path):
    checkpoint = tf.train.Checkpoint(value=tf.Variable(3.0))
    manager = tf.train.CheckpointManager(checkpoint, str(tmp_path), max_to_keep=2)
    for _ in range(3):
        manager.save()
    assert [path.rpartition("-")[2] for path in manager.checkpoints] == ["2", "3"]
    assert manager.save(checkpoint_number=tf.Variable(17)).endswith("ckpt-17")


def test_an_iterator_goes_on_where_it_was(tmp_path):
    iterator = iter(tf.data.Dataset.range(5))
    checkpoint = tf.train.Checkpoint(iterator=iterator)
    next(iterator)
    path = checkpoint.save(str(tmp_path / "c"))
    next(iterator)
    checkpoint.restore(path)
    assert int(next(iterator)) == 1


@pytest.mark.parametrize("make", [tf.keras.optimizers.Adam, tf.train.AdamOptimizer])
def test_slots_are_made_and_restored_at_once(make, tmp_path):
    v, optimizer = tf.Variable(1.0, use_resource=True), make(0.1)
    root = tf.train.Checkpoint(v=v, optimizer=optimizer)
    optimizer.apply_gradients([(tf.constant(1.0), v)])
    optimizer.get_slot(v, "m").assign(14.0)
    path = root.save(str(tmp_path / "ckpt"))
    again, other = make(0.1), tf.Variable(0.0, use_resource=True)
    restored = tf.train.Checkpoint(v=other, optimizer=again)
    restored.restore(path)
    assert again.get_slot(other, "m").numpy() == 14.0


def test_a_function_writes_checkpoints(tmp_path):
    prefix = str(tmp_path / "ckpt")
    root = tf.train.Checkpoint(v=tf.Variable(1.0, use_resource=True))

    @tf.function
    def write():
        return root.write(prefix)

    other = tf.train.Checkpoint(v=tf.Variable(0.0, use_resource=True))
    for value in (1.0, 3.0):
        root.v.assign(value)
        assert write().numpy().decode() == prefix
        other.restore(prefix)
        assert other.v.numpy() == value


def test_a_checkpoint_by_names_is_restored_at_once(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(101.0, name="a", use_resource=True)
        session.run(v.initializer)
        path = tf.train.Saver([v]).save(session, str(tmp_path / "ckpt"))
    root = tf.train.Checkpoint(a=tf.Variable(1.0, name="a", use_resource=True))
    status = tf.train.Checkpoint(root=root).restore(path)
    assert root.a.numpy() == 101.0
    root.later = tf.Variable(1.0, name="later", use_resource=True)
    status.run_restore_ops()
    with pytest.raises(AssertionError, match="Object not restored"):
        status.assert_existing_objects_matched()


def test_a_root_that_waits_for_values_goes_with_its_last_reference(tmp_path):
    root = tf.train.Checkpoint(
        v=tf.Variable(1.0, use_resource=True), w=tf.Variable(1.0, use_resource=True)
    )
    path = root.save(str(tmp_path / "ckpt"))
    part = tf.train.Checkpoint(v=tf.Variable(0.0, use_resource=True))
    part.restore(path).expect_partial()
    gone = weakref.ref(part)
    del part
    assert gone() is None


@pytest.mark.usefixtures("own_garbage")
def test_saving_makes_no_garbage(tmp_path):
    root = tf.train.Checkpoint(v=tf.Variable(1.0, use_resource=True))
    root.save(str(tmp_path / "ckpt"))
    gc.collect()
    before = len(gc.garbage)
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        root.save(str(tmp_path / "ckpt"))
        gc.collect()
        assert gc.garbage[before:] == []
    finally:
        gc.set_debug(0)
        gc.garbage.clear()


def test_values_on_a_device_without_a_slash_are_saved(tmp_path):
    with tf.device("cpu:0"):
        root = tf.train.Checkpoint(v=tf.Variable(1.0, use_resource=True))
        assert root.save(str(tmp_path / "ckpt")).endswith("ckpt-1")


@pytest.mark.parametrize(
    "change", [lambda d: d.pop("a"), lambda d: d.popitem(), lambda d: d.clear()]
)
def test_a_dict_that_loses_values_cannot_be_saved(change):
    root = tf.train.Checkpoint()
    root.values = {"a": tf.Variable(1.0)}
    change(root.values)
    with pytest.raises(ValueError, match="modified outside the wrapper"):
        _ = root.values._checkpoint_dependencies
