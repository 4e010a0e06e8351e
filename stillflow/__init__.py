"""TensorFlow 1.x programs, unchanged, on today's Python and hardware.

`import stillflow as tf` gives the public tree, `stillflow.api`, loaded when a name of it is first
used; __init__.pyi says the same to type checkers. `stillflow run` and `as_tensorflow` give the tree
the name `tensorflow`.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any


def as_tensorflow(period: bool = True) -> ModuleType:
    """Makes `import tensorflow` mean Stillflow from here on, in a notebook say; returns `tf`.

    With `period`, names that Python, NumPy and Pillow have dropped since TensorFlow 1.x are there
    again (`np.bool`, `Image.ANTIALIAS`, ...). Calling it twice changes nothing.

    Raises:
      ImportError: another `tensorflow` is imported already; one process cannot hold both.
    """
    from stillflow.environment import as_tensorflow

    return as_tensorflow(period)


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext stillflow`: what `as_tensorflow` does, and objects of Stillflow's drawn."""
    from stillflow.notebook.extension import load

    load(shell)


# Stillflow's own names beside TensorFlow's: the module that each is in, and its name there, if any.
_OWN = {
    "explain": ("stillflow.runtime.recording.plans", "explain"),
    "op": ("stillflow.ops.own", "op"),
    "shapes": ("stillflow.declare.shapes", ""),
    "load_jax": ("stillflow.leaving.load_jax", "load_jax"),
    "to_jax": ("stillflow.leaving.to_jax", "to_jax"),
}

# Submodules of ours that are called as parts of the public tree are. The attribute is TensorFlow's;
# ours are reached by `from stillflow.train import ...`.
_SHADOWED = frozenset(
    {
        *("autograph", "data", "distribute", "distributions", "estimator", "gradients", "keras"),
        *("layers", "profiler", "train"),
    }
)


class _PublicRoot(ModuleType):
    """This module, showing the public tree's names."""

    def __setattr__(self, name: str, value: Any) -> None:
        # The import system binds each submodule to its parent, over the public name if we let it.
        if name not in _SHADOWED:
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        if name in _OWN:
            module_name, member = _OWN[name]
            module = importlib.import_module(module_name)
            return getattr(module, member) if member else module
        tree = importlib.import_module(f"{__name__}.api")
        if hasattr(tree, name):
            return getattr(tree, name)
        from stillflow.api import _missing

        raise _missing.missing("", name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_OWN, *dir(importlib.import_module(f"{__name__}.api"))})


sys.modules[__name__].__class__ = _PublicRoot
