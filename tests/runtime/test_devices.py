"""Devices that nodes name must be there, as in TensorFlow 1.15."""

import pytest

import stillflow as tf


def value_beside(device, session=tf.Session, fetch="there:0", **options):
    """What a run gives for a node that is on the host, beside one on `device`."""
    with tf.Graph().as_default() as graph:
        with tf.device(device):
            tf.constant([1.0], name="elsewhere")
        tf.constant(1.0, name="there")
        opened = session(graph=graph, config=tf.ConfigProto(**options))
        try:
            return opened.run(fetch)
        finally:
            opened.close()


@pytest.mark.parametrize(
    "device", ["/cpu:0", "/job:localhost", "/device:CPU:*", "/device:XLA_CPU:0"]
)
def test_the_host_has_several_names(device):
    assert value_beside(device) == 1


@pytest.mark.parametrize("device", ["/job:ps/task:0", "/cpu:1", "/replica:1", "/device:TPU:0"])
def test_a_device_that_is_not_there_is_refused(device):
    """Even though the run does not need the node: a session places its whole graph."""
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="Cannot assign a device for operation"
    ):
        value_beside(device)


def test_an_interactive_session_places_what_it_runs():
    assert value_beside("/cpu:1", tf.InteractiveSession) == 1
    with pytest.raises(tf.errors.InvalidArgumentError, match="assigned to /device:CPU:1 but"):
        value_beside("/cpu:1", tf.InteractiveSession, "elsewhere:0")


def test_the_host_may_stand_for_it():
    assert value_beside("/device:TPU:0", allow_soft_placement=True) == 1
    with pytest.raises(tf.errors.InvalidArgumentError, match="leave out job, replica and task"):
        value_beside("/job:ps/task:0", allow_soft_placement=True)


def test_what_is_for_a_gpu_runs_without_one():
    """Programs that name it unconditionally run on any machine; TensorFlow refuses them there."""
    assert value_beside("/gpu:3", fetch="elsewhere:0") == 1


def test_there_may_be_several_hosts():
    assert value_beside("/cpu:1", device_count={"CPU": 2}) == 1
