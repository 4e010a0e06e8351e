"""`tf.contrib.distribute`'s own forms of strategies: their iterators do not divide batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.distribute import input_iterators
from stillflow.distribute.collective import CollectiveAllReduceExtended
from stillflow.distribute.cross_device import CollectiveCommunication, CrossDeviceOps
from stillflow.distribute.devices import local_devices_from_num_gpus
from stillflow.distribute.mirrored import MirroredExtended, all_local_devices
from stillflow.distribute.parameter_server import ParameterServerExtended, refuse_cluster
from stillflow.distribute.strategy import Strategy
from stillflow.train.distributing.cluster_resolvers import TFConfigClusterResolver


class MirroredStrategy(Strategy):
    """As `tf.distribute.MirroredStrategy`; each replica gets batches of its own.

    Args:
      devices: their names, or else
      num_gpus: so many GPUs; num_gpus_per_worker is the same. Without both, the host.
      cross_device_ops, cross_tower_ops: what brings values together.
      auto_shard_dataset: recorded.

    Raises:
      ValueError: devices are given in two ways.
    """

    def __init__(
        self,
        devices: Sequence[str] | None = None,
        num_gpus: int | None = None,
        num_gpus_per_worker: int | None = None,
        cross_device_ops: CrossDeviceOps | None = None,
        auto_shard_dataset: bool = False,
        cross_tower_ops: CrossDeviceOps | None = None,
    ):
        assert not (cross_device_ops and cross_tower_ops)
        if num_gpus is not None and num_gpus_per_worker is not None:
            raise ValueError("You cannot specify both `num_gpus` and `num_gpus_per_worker`.")
        count = num_gpus_per_worker if num_gpus is None else num_gpus
        if devices is not None and count is not None:
            raise ValueError("Must only specify one of `devices` and `num_gpus_per_worker`.")
        places = all_local_devices(count) if devices is None else devices
        ops = cross_device_ops or cross_tower_ops
        super().__init__(_MirroredExtended(self, places, ops))


class _MirroredExtended(MirroredExtended):
    _global_batch_size = False

    def _make_dataset_iterator(self, dataset: Any) -> Any:
        return input_iterators.DatasetIterator(
            dataset, self._input_workers, self._container_strategy()
        )


class ParameterServerStrategy(Strategy):
    """What it is in one process: replicas on so many GPUs, variables on the host.

    Raises:
      NotImplementedError: TF_CONFIG names a cluster.
    """

    def __init__(self, num_gpus_per_worker: int = 0):
        refuse_cluster(TFConfigClusterResolver(), "ParameterServerStrategy")
        places = local_devices_from_num_gpus(num_gpus_per_worker)
        super().__init__(_ParameterServerExtended(self, None, places))


class _ParameterServerExtended(ParameterServerExtended):
    _global_batch_size = False

    def _make_dataset_iterator(self, dataset: Any) -> Any:
        return input_iterators.DatasetIterator(
            dataset, self._input_workers, self._container_strategy()
        )


class CollectiveAllReduceStrategy(Strategy):
    """`tf.distribute.experimental.MultiWorkerMirroredStrategy` on so many GPUs of this process."""

    def __init__(
        self,
        num_gpus_per_worker: int = 0,
        communication: CollectiveCommunication = CollectiveCommunication.AUTO,
    ):
        places = local_devices_from_num_gpus(num_gpus_per_worker)
        super().__init__(CollectiveAllReduceExtended(self, communication, places))
