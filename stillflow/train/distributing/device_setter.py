"""`tf.train.replica_device_setter`: variables on parameter servers, all else on the worker."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from itertools import cycle
from typing import Any

from stillflow.graph.device import DeviceSpec
from stillflow.graph.operation import Operation
from stillflow.graph.tensor_shape import as_shape
from stillflow.platform import logging
from stillflow.train.distributing.cluster_spec import ClusterSpec

STANDARD_PS_OPS = (
    *("Variable", "VariableV2", "AutoReloadVariable", "MutableHashTable", "MutableHashTableV2"),
    *("MutableHashTableOfTensors", "MutableHashTableOfTensorsV2", "MutableDenseHashTable"),
    *("MutableDenseHashTableV2", "VarHandleOp", "BoostedTreesEnsembleResourceHandleOp"),
    *("BoostedTreesQuantileStreamResourceHandleOp", "ResourceConditionalAccumulator"),
)


def replica_device_setter(
    ps_tasks: int = 0,
    ps_device: str = "/job:ps",
    worker_device: str = "/job:worker",
    merge_devices: bool = True,
    cluster: Any = None,
    ps_ops: Collection[str] | None = None,
    ps_strategy: Callable[[Any], int] | None = None,
) -> Callable[[Any], str] | None:
    """Returns a function for `tf.device`; None where there are no parameter servers.

    Args:
      ps_tasks: how many parameter servers there are; a cluster says it too.
      ps_device, worker_device: where variables, and other operations, are.
      merge_devices: what a device that is set says stays, and the rest is added.
      cluster: a ClusterSpec or what one is made of.
      ps_ops: the types of operations that are on parameter servers.
      ps_strategy: from an operation to the task; one after another by default.

    Raises:
      TypeError: `ps_strategy` is not callable, or the cluster is none.
    """
    if cluster is not None:
        tasks = ClusterSpec(cluster).as_dict().get(DeviceSpec.from_string(ps_device).job or "")
        ps_tasks = 0 if tasks is None else len(tasks)
    if ps_tasks == 0:
        return None
    if not merge_devices:
        logging.warning(
            "DEPRECATION: It is recommended to set merge_devices=true in replica_device_setter"
        )
    strategy = ps_strategy or RoundRobinStrategy(ps_tasks)
    if not callable(strategy):
        raise TypeError("ps_strategy must be callable")
    on_servers = STANDARD_PS_OPS if ps_ops is None else ps_ops

    def device(op: Any) -> str:
        if not merge_devices and op.device:
            return op.device
        current = DeviceSpec.from_string(op.device or "")
        kind = op.type if isinstance(op, Operation) else op.op
        if not ps_device or kind not in on_servers:
            worker = DeviceSpec.from_string(worker_device or "")
            return worker.make_merged_spec(current).to_string()
        server = DeviceSpec.from_string(ps_device)
        if server.job and current.job in (None, "", server.job):
            server = server.replace(task=strategy(op))
        return server.make_merged_spec(current).to_string()

    return device


class RoundRobinStrategy:
    """Chooses the parameter servers one after another."""

    def __init__(self, num_tasks: int):
        self._tasks = cycle(range(num_tasks))

    def __call__(self, op: Any) -> int:
        return next(self._tasks)


class RandomStrategy:
    """Chooses a parameter server by a hash of an operation's name."""

    def __init__(self, num_ps_tasks: int, seed: int = 0):
        self._num_tasks = num_ps_tasks
        self._seed = seed

    def __call__(self, op: Any) -> int:
        key = f"{op.name}_{self._seed}".encode()
        return int(hashlib.md5(key, usedforsecurity=False).hexdigest(), 16) % self._num_tasks


class GreedyLoadBalancingStrategy:
    """Chooses the parameter server with the least load, as `load_fn(op)` counts it."""

    def __init__(self, num_tasks: int, load_fn: Callable[[Any], float]):
        self._load_fn = load_fn
        self._ps_loads = [0.0] * num_tasks

    def __call__(self, op: Any) -> int:
        task = self._ps_loads.index(min(self._ps_loads))
        self._ps_loads[task] += self._load_fn(op)
        return task


def byte_size_load_fn(op: Operation) -> int:
    """The bytes of the only output of an operation; ValueError where that is not known."""
    if len(op.outputs) != 1:
        raise ValueError(f"Op {op} must have a single output")
    (output,) = op.outputs
    shape = output.get_shape()
    if not shape.is_fully_defined():
        shape = as_shape(op.get_attr("shape"))
    shape.assert_is_fully_defined()
    return (shape.num_elements() or 0) * output.dtype.size
