"""What a Saver does in eager mode: it writes and reads variables at once, without nodes."""

from __future__ import annotations

import os
from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph.context import check_not_eager
from stillflow.graph.scopes import device
from stillflow.platform import logging
from stillflow.train import saver_graph
from stillflow.train.saveables import saveables_of

_CPU = "/device:CPU:0"


class EagerSaver:
    """The variables of a Saver that was made in eager mode."""

    def __init__(self, var_list: Any, *, sharded: bool, reshaped: bool, version: int):
        """RuntimeError without a `var_list`: there is no graph that knows all variables."""
        if var_list is None:
            check_not_eager(
                "When eager execution is enabled, `var_list` must specify a list or dict of "
                "variables to save\n  tf.train.Checkpoint saves objects, and needs no names."
            )
        logging.warning(
            "Saver is deprecated, please switch to tf.train.Checkpoint or "
            "tf.keras.Model.save_weights for training checkpoints. When executing eagerly "
            "variables do not necessarily have unique names, and so the variable.name-based "
            "lookups Saver performs are error-prone."
        )
        self._var_list = var_list
        self._sharded = sharded
        self._reshaped = reshaped
        self._version = version

    def _saveables(self) -> list[Any]:
        """What is saved, as it is now: a table is saved by the keys that it has by then."""
        return saveables_of(self._var_list)

    def save(self, prefix: str) -> str:
        """Writes a checkpoint; returns its prefix, or the pattern of its several files."""
        with device(_CPU):
            written: Any = saver_graph.save(
                constant(prefix), self._saveables(), sharded=self._sharded, version=self._version
            )
        return os.fsdecode(written.numpy())

    def restore(self, prefix: str) -> None:
        """Sets the variables: all of them, or, when it fails, none."""
        with device(_CPU):
            saver_graph.restore(
                constant(prefix), self._saveables(), sharded=self._sharded, reshaped=self._reshaped
            )
