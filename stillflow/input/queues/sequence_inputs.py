"""One example of sequences, as the saver of sequences takes it: tensors by names, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.input.queues.sequence_checks import rank_checked


class SequenceInputWrapper:
    """The tensors of an example: its length, i32[], key, string[], sequences and context."""

    def __init__(self, length: Any, key: Any, sequences: Any, context: Any):
        """Sequences are [time, ...] by names; a context is what an example has once.

        Raises:
          TypeError: sequences or context are no dict, or a name is no string.
          ValueError: there are no sequences, or a name has a colon.
        """
        self.length = convert_to_tensor(length, name="length")
        self.key = convert_to_tensor(key, name="key")
        for what, given in (("sequences", sequences), ("context", context)):
            if not isinstance(given, dict):
                raise TypeError(f"{what} must be a dict")
        if not sequences:
            raise ValueError("must have at least one sequence tensor")
        check_names(sequences, "sequence key must be string", "sequence key may not have a colon")
        check_names(context, "context key must be string", "context key may not have a colon")
        self.sequences = _tensors("sequence", sequences)
        self.context = _tensors("context", context)


def check_names(given: Mapping[Any, Any], no_string: str, has_colon: str) -> None:
    for name in given:
        if not isinstance(name, str):
            raise TypeError(f"{no_string}: {name}")
        if ":" in name:
            raise ValueError(f"{has_colon}: '{name}'")


def _tensors(what: str, given: Mapping[str, Any]) -> dict[str, Tensor]:
    return {name: convert_to_tensor(value, name=f"{what}_{name}") for name, value in given.items()}


class PreparedInputs:
    """An example whose shapes are known, with its parts in the order of their names."""

    def __init__(self, inputs: SequenceInputWrapper, states: Mapping[str, Any]):
        """`states` are those at the start of an example.

        Raises:
          TypeError: the length is not int32, or the key no string.
          ValueError: a shape is not known but for the first axis of sequences.
        """
        self.states = dict(sorted(_tensors("state", states).items()))
        self.sequences = dict(sorted(inputs.sequences.items()))
        self.context = dict(sorted(inputs.context.items()))
        _check_known("state", self.states)
        _check_known("context", self.context)
        _check_known("sequence", self.sequences, first=1)
        self.length = rank_checked(inputs.length, 0)
        self.key = rank_checked(inputs.key, 0)
        if self.length.dtype != dtypes.int32:
            raise TypeError(f"length dtype must be int32, but received: {self.length.dtype}")
        if self.key.dtype != dtypes.string:
            raise TypeError(f"key dtype must be string, but received: {self.key.dtype}")


def _check_known(what: str, tensors: Mapping[str, Tensor], first: int = 0) -> None:
    told = "(ignoring first dimension)" if first else ""
    for name, tensor in tensors.items():
        if not tensor.shape[first:].is_fully_defined():
            raise ValueError(f"Shape for {what} {name} is not fully defined {told}: {tensor.shape}")
