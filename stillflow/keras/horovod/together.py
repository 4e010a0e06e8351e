"""Callbacks by which ranks begin with the same variables, and tell the same metrics."""

from __future__ import annotations

from typing import Any

from stillflow.distribute.horovod.reducing import allreduce
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import device as device_scope
from stillflow.graph.scopes import name_scope
from stillflow.keras.backend.variables import variable
from stillflow.keras.callbacks.callback import Callback, Logs
from stillflow.keras.horovod.values import broadcast_global_variables
from stillflow.layers.default_session import get_session
from stillflow.layers.values import set_value


class BroadcastGlobalVariablesCallback(Callback):
    """Gives all ranks the variables of one, after the first batch, when all of them are there.

    Args:
      root_rank: whose they are.
      device: where the nodes are.
    """

    def __init__(self, root_rank: int, device: str = ""):
        super().__init__()
        self.root_rank = root_rank
        self.device = device
        self.broadcast_done = False

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        if not self.broadcast_done:
            with device_scope(self.device):
                broadcast_global_variables(self.root_rank)
            self.broadcast_done = True


class MetricAverageCallback(Callback):
    """Makes the metrics at the end of an epoch the means of all ranks'.

    Callbacks that stand behind this one are told them.

    Args:
      device: where the nodes are.
    """

    def __init__(self, device: str = ""):
        super().__init__()
        self.device = device
        self._averages: dict[str, tuple[Any, Tensor]] = {}

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        for name in sorted(logs or {}):  # in one order in all ranks
            logs[name] = self._average(name, logs[name])  # type: ignore[index]

    def _average(self, name: str, value: Any) -> Any:
        if name not in self._averages:
            with name_scope("MetricAverageCallback"):
                own = variable(value, name=name)
                self._averages[name] = own, allreduce(own, device_dense=self.device)
        own, average = self._averages[name]
        set_value(own, value)
        return get_session((own,)).run(average)
