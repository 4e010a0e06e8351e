"""Functions of keras-applications, which are given what they build of."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any


def function_of(module: str, name: str) -> Callable[..., Any]:
    """Returns the function `name` of `keras_applications.<module>`, imported when it is called."""

    def injected(*args: Any, **kwargs: Any) -> Any:
        parts = importlib.import_module("stillflow.keras.applications.parts")
        kwargs.setdefault("layers", parts.layers)
        kwargs.update(backend=parts.backend, models=parts.models, utils=parts.utils)
        return getattr(_module(module), name)(*args, **kwargs)

    injected.__name__ = injected.__qualname__ = name
    injected.__doc__ = f"`keras_applications.{module}.{name}`, whose arguments it takes."
    return injected


def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(f"keras_applications.{name}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "keras_applications":
            raise
        raise ImportError(
            "No module named 'keras_applications'\n"
            "  It builds the networks of tf.keras.applications: pip install 'stillflow[keras]'"
        ) from None
