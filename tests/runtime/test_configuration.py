"""What `tf.config` is told, it gives back; what TensorFlow refuses, it refuses."""

import pytest

import stillflow as tf
from stillflow.runtime import configuration


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(configuration, "_settings", configuration._Settings())


def test_the_host_is_the_only_device():
    (host,) = tf.config.experimental.list_physical_devices()
    assert host == ("/physical_device:CPU:0", "CPU")
    assert tf.config.experimental.list_physical_devices("GPU") == []
    assert tf.config.experimental.get_visible_devices() == [host]
    tf.config.experimental.set_visible_devices([], "GPU")
    with pytest.raises(ValueError, match="Unrecognized device: 'x'"):
        tf.config.experimental.set_visible_devices("x")
    with pytest.raises(ValueError, match="non-GPU devices"):
        tf.config.experimental.set_memory_growth(host, True)


def test_a_host_in_parts():
    (host,) = tf.config.experimental.list_physical_devices("CPU")
    part = tf.config.experimental.VirtualDeviceConfiguration
    with pytest.raises(ValueError, match="Setting memory limit"):
        tf.config.experimental.set_virtual_device_configuration(host, [part(memory_limit=3)])
    tf.config.experimental.set_virtual_device_configuration(host, [part(), part()])
    assert tf.config.experimental.get_virtual_device_configuration(host) == [part(), part()]
    names = [device.name for device in tf.config.experimental.list_logical_devices()]
    assert names == [f"/job:localhost/replica:0/task:0/device:CPU:{n}" for n in range(2)]
    with pytest.raises(RuntimeError, match="Virtual devices cannot be modified"):
        tf.config.experimental.set_virtual_device_configuration(host, [part()])
    with pytest.raises(RuntimeError, match="Visible devices cannot be modified"):
        tf.config.experimental.set_visible_devices([])


def test_threads_stand_once_devices_are_in_use():
    tf.config.threading.set_intra_op_parallelism_threads(3)
    assert tf.config.threading.get_intra_op_parallelism_threads() == 3
    assert tf.config.experimental_list_devices() == ["/job:localhost/replica:0/task:0/device:CPU:0"]
    with pytest.raises(RuntimeError, match="Inter op parallelism cannot be modified"):
        tf.config.threading.set_inter_op_parallelism_threads(2)


def test_options_are_kept():
    tf.config.optimizer.set_jit(True)
    tf.config.optimizer.set_experimental_options({"layout_optimizer": True})
    tf.config.set_soft_device_placement(True)
    assert tf.config.optimizer.get_jit()
    assert tf.config.optimizer.get_experimental_options()["layout_optimizer"]
    assert tf.config.get_soft_device_placement()
    with pytest.raises(ValueError, match="Not a valid device policy"):
        tf.config.experimental.set_device_policy("x")


def test_the_host_counts_no_memory():
    used = tf.contrib.memory_stats.BytesInUse()
    assert (used.op.type, used.dtype, used.shape.as_list()) == ("BytesInUse", tf.int64, [])
    for tensor in (
        used,
        tf.contrib.memory_stats.MaxBytesInUse(),
        tf.contrib.memory_stats.BytesLimit(),
    ):
        with (
            tf.Session() as session,
            pytest.raises(tf.errors.InvalidArgumentError, match=f"support Op '{tensor.op.type}'"),
        ):
            session.run(tensor)
