"""Variables that all ranks begin with alike, in monitored sessions."""

from __future__ import annotations

from typing import Any

from stillflow.distribute.horovod.reducing import broadcast_global_variables
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation
from stillflow.graph.scopes import device as device_scope
from stillflow.monitored.hook import SessionRunHook


class BroadcastGlobalVariablesHook(SessionRunHook):
    """Gives all ranks the values of one, once a session has initialised or restored them.

    Args:
      root_rank: whose they are.
      device: where the nodes are.
    """

    def __init__(self, root_rank: int, device: str = ""):
        self.root_rank = root_rank
        self.bcast_op: Operation | None = None
        self.device = device

    def begin(self) -> None:
        if self.bcast_op is None or self.bcast_op.graph is not get_default_graph():
            with device_scope(self.device):
                self.bcast_op = broadcast_global_variables(self.root_rank)

    def after_create_session(self, session: Any, coord: Any) -> None:
        session.run(self.bcast_op)
