"""The read of the global step that Estimators count on."""

import pytest

import stillflow as tf
from stillflow.train import training_util


@pytest.mark.parametrize("use_resource", [True, False])
def test_the_step_is_read_before_it_is_raised(use_resource):
    with tf.variable_scope("", use_resource=use_resource):
        step = tf.train.create_global_step()
    raised = training_util.increment_global_step(2)
    read = training_util.get_or_create_global_step_read()
    assert read is training_util.get_or_create_global_step_read()
    assert read.op.name.startswith("global_step/")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert [session.run([read, raised]), session.run(read)] == [[0, 2], 2]
        assert session.run(step) == 2


def test_without_a_step_there_is_no_read():
    assert training_util.get_or_create_global_step_read() is None
    with pytest.raises(ValueError, match="Global step tensor should be created by"):
        training_util.increment_global_step(1)
