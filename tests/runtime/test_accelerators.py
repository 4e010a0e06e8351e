"""Which device compiled runs are taken to be on, and what JAX is told when it starts."""

import os
import subprocess
import sys

import pytest
from tensorboard.compat.proto.config_pb2 import GPUOptions

from stillflow.runtime import accelerators


@pytest.fixture
def machine(monkeypatch):
    """A machine with a GPU and what JAX needs for it, in a process that has not started JAX."""
    for name in ("STILLFLOW_DEVICE", "JAX_PLATFORMS", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(accelerators, "has_started", lambda: False)
    monkeypatch.setattr(accelerators, "has_gpu_plugin", lambda: True)
    monkeypatch.setattr(accelerators, "_DRIVERS", [os.devnull])
    monkeypatch.setattr(accelerators, "_told", {})
    monkeypatch.setattr(os, "environ", dict(os.environ))
    accelerators.platform.cache_clear()
    yield monkeypatch
    accelerators.platform.cache_clear()


def test_a_gpu_is_foreseen_where_its_driver_and_its_plugin_are(machine):
    assert accelerators.platform() == "gpu"


@pytest.mark.parametrize(
    ("name", "value"),
    [("JAX_PLATFORMS", "cpu"), ("CUDA_VISIBLE_DEVICES", ""), ("STILLFLOW_DEVICE", "cpu")],
)
def test_the_environment_may_hide_it(machine, name, value):
    os.environ[name] = value
    assert accelerators.platform() == "cpu"


def test_one_without_its_plugin_is_none(machine):
    machine.setattr(accelerators, "has_gpu_plugin", lambda: False)
    assert accelerators.platform() == "cpu"


def test_the_plugins_are_looked_for_in_jaxs_folder(machine, tmp_path):
    machine.undo()
    assert not accelerators.has_gpu_plugin()
    (tmp_path / "jax_plugins" / "xla_cuda13").mkdir(parents=True)
    machine.syspath_prepend(tmp_path)
    machine.delitem(sys.modules, "jax_plugins", raising=False)
    assert accelerators.has_gpu_plugin()


def test_a_device_that_is_none_is_refused(machine):
    os.environ["STILLFLOW_DEVICE"] = "tpu"
    with pytest.raises(ValueError, match="it may be cpu, gpu"):
        accelerators.platform()
    os.environ["STILLFLOW_DEVICE"] = "gpu:1"
    assert accelerators.chosen() == ("gpu", 1)


OPTIONS = GPUOptions(
    allow_growth=True, per_process_gpu_memory_fraction=0.4, visible_device_list="1"
)


def test_options_of_a_session_are_told_to_jax(machine):
    accelerators.take_options(OPTIONS)
    accelerators.prepare()
    assert os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
    assert os.environ["XLA_CLIENT_MEM_FRACTION"] == "0.4"
    assert accelerators.visible() == "1"


@pytest.mark.parametrize("name", ["XLA_CLIENT_MEM_FRACTION", "XLA_PYTHON_CLIENT_MEM_FRACTION"])
def test_what_the_user_has_set_stays(machine, name):
    """Of the two names of one option JAX takes one alone."""
    os.environ[name] = "0.9"
    accelerators.take_options(OPTIONS)
    accelerators.prepare()
    fractions = {n: v for n, v in os.environ.items() if n.endswith("MEM_FRACTION")}
    assert fractions == {name: "0.9"}


def test_without_options_jax_starts_as_it_would(machine):
    before = dict(os.environ)
    accelerators.take_options(GPUOptions())
    accelerators.prepare()
    assert os.environ == before


def test_options_that_come_too_late_are_warned_of(machine, caplog):
    accelerators.take_options(OPTIONS)
    assert accelerators.platform() == "gpu"
    machine.setattr(accelerators, "has_started", lambda: True)
    accelerators.take_options(OPTIONS)
    assert not caplog.records
    accelerators.take_options(GPUOptions(visible_device_list="0"))
    assert "too late" in caplog.text
    assert "visible_device_list=0" in caplog.text


def test_sessions_that_differ_before_the_start_are_warned_of(machine, caplog):
    accelerators.take_options(OPTIONS)
    accelerators.take_options(GPUOptions(per_process_gpu_memory_fraction=0.2))
    assert "XLA_CLIENT_MEM_FRACTION=0.2" in caplog.text


def test_without_a_gpu_they_mean_nothing(machine, caplog):
    os.environ["STILLFLOW_DEVICE"] = "cpu"
    machine.setattr(accelerators, "has_started", lambda: True)
    accelerators.take_options(OPTIONS)
    assert not caplog.records


_VISIBLE = """
import stillflow as tf
from stillflow.runtime.tiers import xla
options = tf.GPUOptions(visible_device_list="2,3")
tf.Session(config=tf.ConfigProto(gpu_options=options))
xla()
from jax._src import xla_bridge
print(xla_bridge.CUDA_VISIBLE_DEVICES.value)
"""


def test_jax_opens_the_gpus_that_a_session_lists():
    done = subprocess.run([sys.executable, "-c", _VISIBLE], capture_output=True, text=True)
    assert done.stdout.strip() == "2,3", done.stderr


def test_a_gpus_memory_is_left_alone_where_the_processor_is_chosen(machine):
    os.environ["STILLFLOW_DEVICE"] = "cpu"
    accelerators.prepare()
    assert os.environ["JAX_PLATFORMS"] == "cpu"
