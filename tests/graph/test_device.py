"""Device names as TensorFlow 1.15.5 reads, merges and writes them."""

import re

import pytest

import stillflow as tf
from stillflow.graph.device import merge_device


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("/cpu", "/device:CPU:*"),
        ("gpu:1", "/device:GPU:1"),
        ("/device:cpu:*", "/device:CPU:*"),
        ("/job:a/device:myFunny:2", "/job:a/device:myFunny:2"),
        ("/replica:1/job:b/task:2/cpu:0", "/job:b/replica:1/task:2/device:CPU:0"),
        ("/job:a/job:*", "/job:*"),
        ("", ""),
    ],
)
def test_names(name, full):
    assert tf.DeviceSpec.from_string(name).to_string() == full
    with tf.Graph().as_default(), tf.device(name):
        assert tf.constant(1.0).op.device == full


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("/job:a/myFunny:2", "Unknown attribute: 'myFunny' in '/job:a/myFunny:2'"),
        ("/job:a:b", "Unknown attribute: 'job' in '/job:a:b'"),
        ("/device:cpu", "Unknown attribute: 'device' in '/device:cpu'"),
        ("/gpu:0:1", "Unknown attribute: 'gpu' in '/gpu:0:1'"),
        ("/task:x", "invalid literal for int"),
        ("/gpu:0/device:CPU:0", "Cannot specify multiple device types: /gpu:0/device:CPU:0"),
    ],
)
def test_names_that_are_none(name, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        tf.DeviceSpec.from_string(name)


def test_fields_are_set():
    spec = tf.DeviceSpec(job=3, device_type="gpu")
    spec.task, spec.device_index, spec.job = "2", "7", ""
    assert (spec.task, spec.to_string()) == (2, "/job:/task:2/device:GPU:7")
    spec.device_type = None
    assert spec.to_string() == "/job:/task:2"
    with pytest.raises(ValueError, match="invalid literal for int"):
        spec.replica = "x"
    with pytest.raises(AttributeError):
        spec.tasks = 1


def test_specs_are_made_of_others():
    spec = tf.DeviceSpec(job="a", replica=1)
    merged = spec.make_merged_spec(tf.DeviceSpec(job="b", device_type="cpu"))
    assert merged.to_string() == "/job:b/replica:1/device:CPU:*"
    assert spec.replace(replica=None, task=5).to_string() == "/job:a/task:5"
    assert spec.to_string() == "/job:a/replica:1"
    with pytest.raises(TypeError):
        spec.replace(tasks=1)


def test_a_function_that_merges():
    gpu, worker, cpu = (merge_device(name) for name in ("/gpu:0", "/job:worker", "/cpu:0"))
    with tf.Graph().as_default(), tf.device(gpu), tf.device(worker), tf.device(cpu):
        assert tf.constant(1.0).op.device == "/job:worker/device:CPU:0"
