"""What layers take where nothing is said: the type of numbers, the order of axes, a small number."""

from __future__ import annotations

_FLOATS = ("float16", "float32", "float64")


class _Settings:
    floatx = "float32"
    epsilon = 1e-7
    image_data_format = "channels_last"


def floatx() -> str:
    """The type of numbers where none is said."""
    return _Settings.floatx


def set_floatx(value: str) -> None:
    """Sets what `floatx` returns. ValueError for another type than float16, float32, float64."""
    if value not in _FLOATS:
        raise ValueError(f"Unknown floatx type: {value}\n  Known are {', '.join(_FLOATS)}.")
    _Settings.floatx = str(value)


def epsilon() -> float:
    """The small number that keeps divisions and logarithms finite."""
    return _Settings.epsilon


def set_epsilon(value: float) -> None:
    """Sets what `epsilon` returns."""
    _Settings.epsilon = value


def image_data_format() -> str:
    """Where images have their channels: "channels_last" or "channels_first"."""
    return _Settings.image_data_format


def set_image_data_format(data_format: str) -> None:
    """Sets what `image_data_format` returns. ValueError for neither of the two."""
    if data_format not in {"channels_last", "channels_first"}:
        raise ValueError(
            f"Unknown data_format: {data_format}\n  Known are channels_last and channels_first."
        )
    _Settings.image_data_format = str(data_format)
