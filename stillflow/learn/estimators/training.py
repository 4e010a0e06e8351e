"""How an estimator of `contrib.learn` runs its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.checkpoint.management import load_variable
from stillflow.graph.errors import OpError
from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import add_to_collection, get_collection
from stillflow.monitored.logging_hooks import LoggingTensorHook, NanTensorHook
from stillflow.monitored.saving import CheckpointSaverHook
from stillflow.monitored.scaffold import Scaffold
from stillflow.monitored.training_session import MonitoredTrainingSession
from stillflow.train.distributing.device_setter import replica_device_setter
from stillflow.train.saver import Saver

_LOG_EVERY = 100
_ON_PS = (
    *("Variable", "VariableV2", "AutoReloadVariable", "MutableHashTable", "MutableHashTableV2"),
    *("MutableHashTableOfTensors", "MutableHashTableOfTensorsV2", "MutableDenseHashTable"),
    *("MutableDenseHashTableV2", "VarHandleOp"),
)


def default_session_config() -> Any:
    from tensorboard.compat.proto.config_pb2 import ConfigProto

    return ConfigProto(allow_soft_placement=True)


def replica_device_setter_of(config: Any) -> Callable[[Any], str] | None:
    """Where operations go in a cluster with parameter servers; None without such."""
    if config.num_ps_replicas <= 0:
        return None
    worker = "/job:worker"
    if config.task_type:
        worker = f"/job:{config.task_type}/task:{config.task_id}"
    return replica_device_setter(
        ps_tasks=config.num_ps_replicas,
        worker_device=worker,
        merge_devices=True,
        ps_ops=_ON_PS,
        cluster=config.cluster_spec,
    )


def trained_steps(model_dir: str) -> int:
    """The global step of the latest checkpoint, or -1 without one."""
    try:
        return int(load_variable(model_dir, GraphKeys.GLOBAL_STEP))
    except (OpError, ValueError):
        return -1


def run_steps(
    config: Any,
    session_config: Any,
    model_dir: str,
    model: Any,
    global_step: Any,
    hooks: list[Any],
) -> Any:
    """Runs training steps until a hook or the input says stop; returns the last loss, or None."""
    all_hooks = [
        *hooks,
        NanTensorHook(model.loss),
        LoggingTensorHook({"loss": model.loss, "step": global_step}, every_n_iter=_LOG_EVERY),
    ]
    scaffold = model.scaffold or Scaffold()
    _add_saver(config, scaffold)
    chief_hooks: list[Any] = []
    there = [*all_hooks, *model.training_hooks, *model.training_chief_hooks]
    secs, steps = config.save_checkpoints_secs, config.save_checkpoints_steps
    if (secs or steps) and not any(isinstance(hook, CheckpointSaverHook) for hook in there):
        saver = CheckpointSaverHook(model_dir, save_secs=secs, save_steps=steps, scaffold=scaffold)
        chief_hooks = [saver]
    loss = None
    with MonitoredTrainingSession(
        master=config.master,
        is_chief=config.is_chief,
        checkpoint_dir=model_dir,
        scaffold=scaffold,
        hooks=[*all_hooks, *model.training_hooks],
        chief_only_hooks=[*chief_hooks, *model.training_chief_hooks],
        save_checkpoint_secs=0,  # the hook saves
        save_summaries_steps=config.save_summary_steps,
        max_wait_secs=config.session_creation_timeout_secs,
        config=session_config,
    ) as session:
        while not session.should_stop():
            _, loss = session.run([model.train_op, model.loss])
    return loss


def _add_saver(config: Any, scaffold: Scaffold) -> None:
    if scaffold.saver or get_collection(GraphKeys.SAVERS):
        return
    saver = Saver(
        sharded=True,
        max_to_keep=config.keep_checkpoint_max,
        keep_checkpoint_every_n_hours=config.keep_checkpoint_every_n_hours,
        defer_build=True,
        save_relative_paths=True,
    )
    add_to_collection(GraphKeys.SAVERS, saver)
