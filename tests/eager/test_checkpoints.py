"""Checkpoints of objects, eagerly."""

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
