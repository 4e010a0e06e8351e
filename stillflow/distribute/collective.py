"""`MultiWorkerMirroredStrategy` in one process: there, MirroredStrategy is what it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.distribute.cross_device import CollectiveCommunication
from stillflow.distribute.mirrored import MirroredExtended
from stillflow.distribute.parameter_server import refuse_cluster
from stillflow.distribute.strategy import Strategy
from stillflow.train.distributing.cluster_resolvers import TFConfigClusterResolver


class CollectiveAllReduceStrategy(Strategy):
    """A strategy with a replica on each device of this process.

    Args:
      communication: recorded.

    Raises:
      NotImplementedError: TF_CONFIG names a cluster.
    """

    def __init__(self, communication: CollectiveCommunication = CollectiveCommunication.AUTO):
        super().__init__(CollectiveAllReduceExtended(self, communication))

    @classmethod
    def _from_local_devices(cls, devices: Sequence[str]) -> CollectiveAllReduceStrategy:
        strategy = cls()
        strategy.extended._initialize_local(devices)
        return strategy


class CollectiveAllReduceExtended(MirroredExtended):
    """See CollectiveAllReduceStrategy."""

    experimental_between_graph = True

    def __init__(
        self,
        container_strategy: Any,
        communication: CollectiveCommunication,
        devices: Sequence[str] | None = None,
    ):
        assert isinstance(communication, CollectiveCommunication)
        refuse_cluster(TFConfigClusterResolver(), "MultiWorkerMirroredStrategy")
        self._communication = communication
        self._is_chief = True
        super().__init__(container_strategy, devices)

    @property
    def should_checkpoint(self) -> bool:  # type: ignore[override]
        """Whether this task leads: the only one does."""
        return self._is_chief

    @property
    def should_save_summary(self) -> bool:  # type: ignore[override]
        return self._is_chief
