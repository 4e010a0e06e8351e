"""Devices for variables, in turn: `tf.contrib.framework.VariableDeviceChooser`."""

from __future__ import annotations

from typing import Any

from stillflow.graph.device import DeviceSpec


class VariableDeviceChooser:
    """A device function that gives each variable the next of several tasks.

    Args:
      num_tasks: how many tasks there are; with 0 the device names none.
      job_name, device_type, device_index, replica: parts of the device's name.
    """

    def __init__(
        self,
        num_tasks: int = 0,
        job_name: str = "ps",
        device_type: str = "CPU",
        device_index: int | None = 0,
        replica: int | None = None,
    ):
        self._num_tasks = num_tasks
        self._job_name = job_name
        self._device = {
            "device_type": device_type,
            "device_index": device_index,
            "replica": replica,
        }
        self._next_task = 0

    def __call__(self, op: Any) -> str:
        device = DeviceSpec(**self._device)  # type: ignore[arg-type]
        if self._num_tasks > 0:
            device.job, device.task = self._job_name, self._next_task
            self._next_task = (self._next_task + 1) % self._num_tasks
        return device.to_string()
