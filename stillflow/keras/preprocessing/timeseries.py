"""Windows of a series in time, in batches: `tf.keras`' TimeseriesGenerator."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from stillflow.keras.utils.sequences import Sequence


class TimeseriesGenerator(Sequence):
    """Batches of windows of `data`, each with the target of the step that comes after it.

    Args:
      data, targets: lists or arrays of one length.
      length: how many steps a window reaches back.
      sampling_rate: of each so many steps one is in the window.
      stride: how far apart the steps of a batch are.
      start_index, end_index: the steps of `data` that count.
      shuffle: whether NumPy draws the steps of each batch.
      reverse: whether windows go backwards.
      batch_size: how many windows are in a batch; the last one may have fewer.

    Raises:
      ValueError: the lengths differ, or no step is left.
    """

    def __init__(
        self,
        data: Any,
        targets: Any,
        length: int,
        sampling_rate: int = 1,
        stride: int = 1,
        start_index: int = 0,
        end_index: int | None = None,
        shuffle: bool = False,
        reverse: bool = False,
        batch_size: int = 128,
    ):
        if len(data) != len(targets):
            raise ValueError(
                f"Data and targets have to be of same length. Data length is {len(data)} while "
                f"target length is {len(targets)}"
            )
        self.data = data
        self.targets = targets
        self.length = length
        self.sampling_rate = sampling_rate
        self.stride = stride
        self.start_index = start_index + length
        self.end_index = len(data) - 1 if end_index is None else end_index
        self.shuffle = shuffle
        self.reverse = reverse
        self.batch_size = batch_size
        if self.start_index > self.end_index:
            raise ValueError(
                f"`start_index+length={self.start_index} > end_index={self.end_index}` is "
                "disallowed, as no part of the sequence would be left to be used as current step."
            )

    def __len__(self) -> int:
        step = self.batch_size * self.stride
        return (self.end_index - self.start_index + step) // step

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns the windows of a batch, and their targets."""
        steps = self._steps(index)
        windows = [self.data[step - self.length : step : self.sampling_rate] for step in steps]
        samples = np.array(windows)
        targets = np.array([self.targets[step] for step in steps])
        return (samples[:, ::-1, ...] if self.reverse else samples), targets

    def _steps(self, index: int) -> np.ndarray:
        if self.shuffle:
            return np.random.randint(self.start_index, self.end_index + 1, size=self.batch_size)
        reach = self.batch_size * self.stride
        first = self.start_index + reach * index
        return np.arange(first, min(first + reach, self.end_index + 1), self.stride)

    def get_config(self) -> dict[str, Any]:
        """What it was made with; data and targets as JSON. TypeError where they cannot be told."""
        return {
            "data": _as_json(self.data, "Data"),
            "targets": _as_json(self.targets, "Targets"),
            "length": self.length,
            "sampling_rate": self.sampling_rate,
            "stride": self.stride,
            "start_index": self.start_index,
            "end_index": self.end_index,
            "shuffle": self.shuffle,
            "reverse": self.reverse,
            "batch_size": self.batch_size,
        }

    def to_json(self, **kwargs: Any) -> str:
        """Returns its configuration as JSON; keywords are those of `json.dumps`."""
        told = {"class_name": type(self).__name__, "config": self.get_config()}
        return json.dumps(told, **kwargs)


def _as_json(values: Any, what: str) -> str:
    plain = values.tolist() if type(values).__module__ == "numpy" else values
    try:
        return json.dumps(plain)
    except TypeError:
        raise TypeError(f"{what} not JSON Serializable:", values) from None
