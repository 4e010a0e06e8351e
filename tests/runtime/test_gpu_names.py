"""What programs are told of GPUs; here JAX has one, as far as Stillflow can see."""

import pytest

import stillflow as tf
from stillflow.runtime import accelerators, configuration, devices, local_devices, placement_log
from stillflow.runtime.devices import Gpu
from stillflow.testing import environment

_PREFIX = "/job:localhost/replica:0/task:0/device"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(configuration, "_settings", configuration._Settings())


@pytest.fixture
def gpu(monkeypatch):
    found = [Gpu(0, "NVIDIA T4", 1 << 33, "7.5")]
    for module in (devices, local_devices, configuration, environment, placement_log):
        monkeypatch.setattr(module, "gpus", lambda: found)


def test_programs_find_it(gpu):
    assert tf.test.is_gpu_available()
    assert tf.test.is_gpu_available(cuda_only=True, min_cuda_compute_capability=(7, 0))
    assert not tf.test.is_gpu_available(cuda_only=True, min_cuda_compute_capability=(8, 0))
    assert tf.test.gpu_device_name() == "/device:GPU:0"


def test_without_one_there_is_none():
    assert not tf.test.is_gpu_available()
    assert tf.test.gpu_device_name() == ""


def test_cuda_is_what_its_plugin_brings(monkeypatch):
    assert not tf.test.is_built_with_cuda()
    monkeypatch.setattr(environment, "has_gpu_plugin", lambda *kinds: "xla_cuda" in kinds)
    assert tf.test.is_built_with_cuda()
    assert not tf.test.is_built_with_rocm()


def test_lists_name_it(gpu):
    host, device = local_devices.list_local_devices()
    assert host.device_type == "CPU"
    assert (device.name, device.device_type, device.memory_limit) == (
        "/device:GPU:0",
        "GPU",
        1 << 33,
    )
    described = "device: 0, name: NVIDIA T4, compute capability: 7.5"
    assert device.physical_device_desc == described
    with tf.Session() as session:
        assert [d.name for d in session.list_devices()] == [f"{_PREFIX}:CPU:0", f"{_PREFIX}:GPU:0"]
    with tf.Session(config=tf.ConfigProto(device_count={"GPU": 0})) as session:
        assert [d.device_type for d in session.list_devices()] == ["CPU"]


def test_it_can_be_configured(gpu, monkeypatch):
    monkeypatch.setattr(accelerators, "_told", {})
    (device,) = tf.config.experimental.list_physical_devices("GPU")
    assert device == ("/physical_device:GPU:0", "GPU")
    assert not tf.config.experimental.get_memory_growth(device)
    tf.config.experimental.set_memory_growth(device, True)
    assert tf.config.experimental.get_memory_growth(device)
    assert accelerators._told == {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
    names = [d.name for d in tf.config.experimental.list_logical_devices("GPU")]
    assert names == [f"{_PREFIX}:GPU:0"]


def test_options_of_a_session_are_taken(monkeypatch):
    monkeypatch.setattr(accelerators, "_told", {})
    monkeypatch.setattr(accelerators, "has_started", lambda: False)
    options = tf.GPUOptions(per_process_gpu_memory_fraction=0.25)
    tf.Session(config=tf.ConfigProto(gpu_options=options)).close()
    assert accelerators._told == {"XLA_CLIENT_MEM_FRACTION": "0.25"}


def program():
    x = tf.placeholder(tf.float32, [2], name="x")
    with tf.device("/cpu:1"):
        c = tf.constant([1.0, 2.0], name="c")
    v = tf.Variable(c, name="v")
    y = tf.add(x * c, v, name="y")
    return y, tf.as_string(y, name="s")


# As TensorFlow 1.15.5 printed it; after the first line, for that build of it had XLA's device.
ON_THE_HOST = """\
Device mapping: no known devices.
v: (VariableV2): {0}:CPU:0
v/Assign: (Assign): {0}:CPU:0
v/read: (Identity): {0}:CPU:0
mul: (Mul): {0}:CPU:0
y: (Add): {0}:CPU:0
s: (AsString): {0}:CPU:0
x: (Placeholder): {0}:CPU:0
c: (Const): {0}:CPU:1
"""


def printed(capsys) -> str:
    with tf.Graph().as_default():
        y, _ = program()
        config = tf.ConfigProto(log_device_placement=True, device_count={"CPU": 2})
        with tf.Session(config=config) as session:
            for _ in range(2):
                session.run(session.graph.get_operation_by_name("v/Assign"))
            first = capsys.readouterr().out
            tf.identity(y, name="later")
            session.run("v:0")
    assert "later: (Identity)" in capsys.readouterr().out
    return first


def test_a_log_of_places_is_tensorflows(capsys):
    assert printed(capsys) == ON_THE_HOST.format(_PREFIX)


def test_a_log_of_places_tells_what_can_be_compiled(capsys, gpu):
    lines = printed(capsys).splitlines()
    described = "device: 0, name: NVIDIA T4, compute capability: 7.5"
    assert lines[:2] == ["Device mapping:", f"{_PREFIX}:GPU:0 -> {described}"]
    assert f"y: (Add): {_PREFIX}:GPU:0" in lines
    assert f"s: (AsString): {_PREFIX}:CPU:0" in lines


def test_an_interactive_session_tells_of_what_a_run_needs(capsys):
    program()
    session = tf.InteractiveSession(config=tf.ConfigProto(log_device_placement=True))
    session.run(tf.constant(1.0, name="alone"))
    session.close()
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == [f"alone: (Const): {_PREFIX}:CPU:0"]
