"""A single variable that begins as one of a checkpoint: TensorFlow's inner functions."""

from __future__ import annotations

from typing import Any

from stillflow.ops.variables.partitioned import PartitionedVariable
from stillflow.ops.variables.variable import Variable
from stillflow.train.saveables import by_own_names
from stillflow.train.warm_start import VocabInfo, remap


def name_of(var: list[Any]) -> str:
    """The name in a checkpoint of a variable, or of the parts of one; TypeError for several."""
    names = by_own_names(var)
    if len(names) > 1:
        raise TypeError(
            f"`var` = {var} passed as arg violates the constraints.  name_to_var_dict = {names}"
        )
    return next(iter(names))


def var_info(var: Any, prev_tensor_name: str | None = None) -> tuple[str, Any]:
    """(what a variable is called in a checkpoint, the variable or its parts)"""
    if isinstance(var, PartitionedVariable):
        return prev_tensor_name or name_of([var]), var._get_variable_list()
    return prev_tensor_name or name_of(_parts(var)), var


def warm_start_var_with_vocab(
    var: Any,
    current_vocab_path: str,
    current_vocab_size: int,
    prev_ckpt: str,
    prev_vocab_path: str,
    previous_vocab_size: int = -1,
    current_oov_buckets: int = 0,
    prev_tensor_name: str | None = None,
    initializer: Any = None,
    axis: int = 0,
) -> None:
    """Has a variable begin as a matrix of a checkpoint, word by word: see VocabInfo.

    Raises:
      ValueError: a vocabulary or the checkpoint is not given, or there is no such axis.
      TypeError: `var` is no variable.
    """
    words = VocabInfo(
        current_vocab_path,
        current_vocab_size,
        current_oov_buckets,
        prev_vocab_path,
        previous_vocab_size,
        initializer,
        axis,
    )
    if not (current_vocab_path and current_vocab_size and prev_ckpt and prev_vocab_path):
        remap([], prev_ckpt, "", words)
    parts = _parts(var)
    remap(parts, prev_ckpt, prev_tensor_name or name_of(parts), words)


def _parts(var: Any) -> list[Any]:
    if isinstance(var, PartitionedVariable):
        return var._get_variable_list()
    parts = var if isinstance(var, list) else [var]
    if not all(isinstance(part, Variable) for part in parts):
        raise TypeError(
            "var MUST be one of the following: a Variable, list of Variable or "
            f"PartitionedVariable, but is {type(var)}"
        )
    return parts
