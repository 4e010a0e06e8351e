"""Monitors that log or keep values of tensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import get_collection
from stillflow.learn.monitors.base import BaseMonitor, EveryN, output_of
from stillflow.platform import logging


class PrintTensor(EveryN):
    """Logs tensors.

    Args:
      tensor_names: names of tensors, or {tag: name}.
    """

    def __init__(
        self, tensor_names: Mapping[str, Any] | Iterable[Any], every_n: int = 100, first_n: int = 1
    ):
        super().__init__(every_n, first_n)
        if not isinstance(tensor_names, dict):
            tensor_names = {name: name for name in tensor_names}
        self._tensor_names = tensor_names

    def every_n_step_begin(self, step: int) -> list[Any]:
        super().every_n_step_begin(step)
        return list(self._tensor_names.values())

    def every_n_step_end(self, step: int, outputs: Mapping[Any, Any]) -> None:
        super().every_n_step_end(step, outputs)
        logging.info("Step %d: %s", step, _shown(self._tensor_names, outputs))


class LoggingTrainable(EveryN):
    """Logs the trainable variables, or those in a scope."""

    def __init__(self, scope: str | None = None, every_n: int = 100, first_n: int = 1):
        super().__init__(every_n, first_n)
        self._scope = scope

    def every_n_step_begin(self, step: int) -> list[Any]:
        super().every_n_step_begin(step)
        variables = get_collection(GraphKeys.TRAINABLE_VARIABLES, scope=self._scope)
        self._names = {variable.name: variable.value().name for variable in variables}
        return list(self._names.values())

    def every_n_step_end(self, step: int, outputs: Mapping[Any, Any]) -> None:
        super().every_n_step_end(step, outputs)
        logging.info("Logging Trainable: Step %d: %s", step, _shown(self._names, outputs))


def _shown(names: Mapping[str, Any], outputs: Mapping[Any, Any]) -> str:
    return ", ".join(
        f"{tag} = {output_of(outputs, name)}" for tag, name in names.items() if name in outputs
    )


class CaptureVariable(EveryN):
    """Keeps the values of a tensor.

    Args:
      var_name: its name.
    """

    def __init__(self, var_name: str, every_n: int = 100, first_n: int = 1):
        super().__init__(every_n, first_n)
        self._var_name = var_name
        self._var_values: dict[int, Any] = {}

    @property
    def values(self) -> dict[int, Any]:
        """The values by steps."""
        return self._var_values

    def every_n_step_begin(self, step: int) -> list[Any]:
        super().every_n_step_begin(step)
        return [self._var_name]

    def every_n_step_end(self, step: int, outputs: Mapping[Any, Any]) -> None:
        super().every_n_step_end(step, outputs)
        self._var_values[step] = output_of(outputs, self._var_name)


class GraphDump(BaseMonitor):
    """Keeps the values of all tensors in each step. It takes much memory.

    Args:
      ignore_ops: types of operations that are left out; IGNORE_OPS by default.
    """

    IGNORE_OPS = (
        *("Const", "Assign", "Identity", "Placeholder", "RandomUniform", "Cast"),
        "RestoreSlice",
    )

    def __init__(self, ignore_ops: Sequence[str] | None = None):
        super().__init__()
        self._ignore_ops = ignore_ops or GraphDump.IGNORE_OPS
        self._data: dict[int, Any] = {}

    def begin(self, max_steps: int | None = None) -> None:
        super().begin(max_steps=max_steps)
        self._tensors = []
        for op in get_default_graph().get_operations():
            if op.type in self._ignore_ops:
                continue
            logging.info("op=%s name=%s.", op.type, op.name)
            if op.outputs:
                self._tensors.append(op.outputs[0])

    def step_begin(self, step: int) -> list[Any]:
        super().step_begin(step)
        return self._tensors

    def step_end(self, step: int, output: Mapping[Any, Any]) -> bool:
        stops = super().step_end(step, output)
        self._data[step] = output
        return stops

    @property
    def data(self) -> dict[int, Any]:
        """What was fetched, by steps."""
        return self._data

    def compare(
        self, other_dump: GraphDump, step: int, atol: float = 1e-06
    ) -> tuple[list[Any], dict[Any, Any]]:
        """Compares values by names: (names of those that are close, differences of the others).

        Raises:
          ValueError: the other has no such value.
        """
        matched: list[Any] = []
        non_matched: dict[Any, Any] = {}
        others = other_dump.data.get(step, {})
        for key, value in self.data.get(step, {}).items():
            if not isinstance(key, str):
                continue
            if key not in others:
                raise ValueError("%s missing at step %s.", (key, step))
            other = others[key]
            if isinstance(value, str):
                continue
            if isinstance(value, np.ndarray):
                is_close, difference = np.allclose(value, other, atol=atol), value - other
            else:
                is_close, difference = value == other, (value, other)
            if is_close:
                matched.append(key)
            else:
                non_matched[key] = difference
        return matched, non_matched
