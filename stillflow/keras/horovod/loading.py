"""Models from files, which go on training with all ranks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from stillflow.distribute.horovod.compression import Compression, Compressor
from stillflow.keras.horovod.optimizer import DistributedOptimizer
from stillflow.keras.optimizers.naming import BY_NAME
from stillflow.keras.saving import models


def load_model(
    filepath: Any,
    custom_optimizers: Iterable[type[Any]] | None = None,
    custom_objects: Mapping[str, Any] | None = None,
    compression: type[Compressor] = Compression.none,
) -> Any:
    """Returns a model as `tf.keras.models.load_model` does, its optimizer a distributed one.

    Args:
      custom_optimizers: classes of the program's own that are made such too.
      custom_objects: {name: object}: the program's other classes and functions.
      compression: one of `Compression`.
    """

    def wrapped(kind: type[Any]) -> Callable[..., Any]:
        return lambda **config: DistributedOptimizer(
            kind.from_config(config), compression=compression
        )

    known: dict[str, Any] = {name: wrapped(kind) for name, kind in BY_NAME.items()}
    known.update({kind.__name__: wrapped(kind) for kind in custom_optimizers or ()})
    known.update(custom_objects or {})
    return models.load_model(filepath, custom_objects=known)
