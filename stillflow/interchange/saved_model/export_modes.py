"""The modes of a model, as Keras and as estimators call them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class KerasModeKeys:
    TRAIN = "train"
    TEST = "test"
    PREDICT = "predict"


class EstimatorModeKeys:
    """What a model function is called for."""

    TRAIN = "train"
    EVAL = "eval"
    PREDICT = "infer"


def is_train(mode: Any) -> bool:
    return mode == KerasModeKeys.TRAIN


def is_eval(mode: Any) -> bool:
    return mode in (KerasModeKeys.TEST, EstimatorModeKeys.EVAL)


def is_predict(mode: Any) -> bool:
    return mode in (KerasModeKeys.PREDICT, EstimatorModeKeys.PREDICT)


class ModeKeyMap(Mapping[str, Any]):
    """Values by mode; it does not matter which of its two names a mode is given by.

    Raises:
      ValueError: what is given, or asked for, is no mode, or a mode is given twice.
    """

    def __init__(self, **values: Any):
        self._names = list(values)
        self._values: dict[str, Any] = {}
        for name, value in values.items():
            mode = _mode_of(name)
            if mode in self._values:
                raise ValueError(
                    f"Error creating ModeKeyMap. Multiple keys/values found for {mode} mode."
                )
            self._values[mode] = value

    def __getitem__(self, name: str) -> Any:
        return self._values[_mode_of(name)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _mode_of(name: Any) -> str:
    """The mode as Keras calls it."""
    if is_train(name):
        return KerasModeKeys.TRAIN
    if is_eval(name):
        return KerasModeKeys.TEST
    if is_predict(name):
        return KerasModeKeys.PREDICT
    raise ValueError(f"Invalid mode key: {name}.")
