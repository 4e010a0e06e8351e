"""Trainings that go on in the midst of their input."""

import os

import pytest

import stillflow as tf


def model(features, labels, mode):
    seen = tf.get_variable("seen", [], tf.int64, tf.zeros_initializer())
    step = tf.train.get_or_create_global_step()
    with tf.control_dependencies([tf.assign(seen, features)]):
        train = tf.assign_add(step, 1)
    return tf.estimator.EstimatorSpec(mode, loss=tf.constant(2.0), train_op=train)


def trained(folder, make_input, saves):
    """The element of the last of two more steps."""
    estimator = tf.estimator.Estimator(model, folder)
    hook = tf.data.experimental.CheckpointInputPipelineHook(estimator)
    estimator.train(make_input, steps=2, hooks=[hook] if saves else [])
    return int(estimator.get_variable_value("seen"))


def dataset():
    return tf.data.Dataset.range(10).map(lambda x: x + 1)


def tensor():
    return tf.compat.v1.data.make_one_shot_iterator(dataset()).get_next()


@pytest.mark.parametrize("make_input", [dataset, tensor])
def test_a_training_goes_on_with_the_next_element(tmp_path, make_input):
    seen = [trained(str(tmp_path), make_input, saves) for saves in (True, True, False)]
    assert seen == [2, 4, 2]
    assert os.path.exists(tmp_path / "checkpoint_input")


def test_a_training_without_iterators_has_nothing_to_save(tmp_path):
    with pytest.raises(ValueError, match="No variables to save"):
        trained(str(tmp_path), lambda: tf.constant(1, tf.int64), True)
