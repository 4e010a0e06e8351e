"""What Keras takes where nothing is said: the type of numbers, a fuzz factor, the order of axes.

A user's `keras.json`, in `~/.keras` or where KERAS_HOME says, holds other values to begin with.
"""

from __future__ import annotations

import json
import os
from typing import Any

_FLOATS = ("float16", "float32", "float64")
_FORMATS = ("channels_last", "channels_first")


class _Settings:
    floatx: str = "float32"
    epsilon: Any = 1e-7
    image_data_format: str = "channels_last"


_settings = _Settings()


def floatx() -> str:
    """The name of the type of numbers where none is said."""
    return _settings.floatx


def set_floatx(value: Any) -> None:
    """Sets what `floatx` returns: "float16", "float32" or "float64"; ValueError for another."""
    if value not in _FLOATS:
        raise ValueError(f"Unknown floatx type: {value}\n  It is one of {', '.join(_FLOATS)}.")
    _settings.floatx = str(value)


def epsilon() -> float:
    """The small number that is added to what must not be zero."""
    value: float = _settings.epsilon
    return value


def set_epsilon(value: float) -> None:
    """Sets what `epsilon` returns."""
    _settings.epsilon = value


def image_data_format() -> str:
    """Where channels are if nothing is said: "channels_last" or "channels_first"."""
    return _settings.image_data_format


def set_image_data_format(data_format: Any) -> None:
    """Sets what `image_data_format` returns; ValueError for an unknown one."""
    if data_format not in _FORMATS:
        raise ValueError(f"Unknown data_format: {data_format}\n  It is one of {_FORMATS}.")
    _settings.image_data_format = str(data_format)


def data_format_or_default(data_format: str | None) -> str:
    """`data_format`, for None the one that is set. ValueError for an unknown one."""
    if data_format is None:
        return image_data_format()
    if data_format not in _FORMATS:
        raise ValueError(f"Unknown data_format: {data_format}\n  It is one of {_FORMATS}.")
    return data_format


def keras_home() -> str:
    """The folder of a user's settings and of what was downloaded."""
    home = os.environ.get("KERAS_HOME")
    return os.path.join(os.path.expanduser("~"), ".keras") if home is None else home


def read_settings(path: str) -> None:
    """Takes over what a `keras.json` says; one that is no JSON, or none at all, says nothing.

    Raises:
      AssertionError: it says something that is no setting.
    """
    try:
        with open(path, encoding="utf-8") as file:
            read = json.load(file)
    except (OSError, ValueError):
        return
    number = read.get("epsilon", epsilon())
    if not isinstance(number, float):
        raise AssertionError(f"{path}: epsilon is {number!r}; it must be a float, such as 1e-07.")
    try:
        set_floatx(read.get("floatx", floatx()))
        set_image_data_format(read.get("image_data_format", image_data_format()))
    except ValueError as error:
        raise AssertionError(f"{path}: {error}") from None
    set_epsilon(number)


read_settings(os.path.expanduser(os.path.join(keras_home(), "keras.json")))
