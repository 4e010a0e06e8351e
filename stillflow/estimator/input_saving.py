"""`tf.data.experimental.CheckpointInputPipelineHook`: pipelines in checkpoints of their own."""

from __future__ import annotations

from typing import Any

from stillflow.checkpoint.management import latest_checkpoint
from stillflow.graph.scopes import get_collection
from stillflow.input.datasets.iterator import GLOBAL_ITERATORS
from stillflow.input.datasets.saveable import IteratorSaveable
from stillflow.monitored.hook import (
    SessionRunArgs,
    SessionRunContext,
    SessionRunHook,
    SessionRunValues,
)
from stillflow.monitored.saving import CheckpointSaverHook
from stillflow.train.saver import Saver


class CheckpointInputPipelineHook(SessionRunHook):
    """Saves where the iterators of the graph are, and has them go on there in a later training.

    The checkpoints are `input.ckpt-*` in the folder of the model, and `checkpoint_input` names the
    latest; with several workers each has its own. Nothing else is in them.

    Args:
      estimator: a tf.estimator.Estimator, whose configuration says how often it saves.
    """

    def __init__(self, estimator: Any):
        config = estimator.config
        prefix = "input"
        if config.num_worker_replicas > 1:
            prefix += f"_{config.task_type}_{config.task_id}"
        self._saving = CheckpointSaverHook(
            estimator.model_dir,
            save_secs=config.save_checkpoints_secs,
            save_steps=config.save_checkpoints_steps,
            checkpoint_basename=f"{prefix}.ckpt",
        )
        self._latest_filename = f"checkpoint_{prefix}"
        self._has_begun = False

    def begin(self) -> None:
        if self._saving._saver is None:
            iterators = get_collection(GLOBAL_ITERATORS)
            saveables = [IteratorSaveable(it, it.name, it.name) for it in iterators]
            self._saving._saver = _InputSaver(saveables, self._latest_filename)
        self._saving.begin()

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        if not self._has_begun:
            self._restore_or_save(run_context.session)
            self._has_begun = True
        return self._saving.before_run(run_context)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        self._saving.after_run(run_context, run_values)

    def end(self, session: Any) -> None:
        self._saving.end(session)

    def _restore_or_save(self, session: Any) -> None:
        latest = latest_checkpoint(self._saving._checkpoint_dir, self._latest_filename)
        if latest:
            self._saving._get_saver().restore(session, latest)
            return
        step = session.run(self._saving._global_step_tensor)
        self._saving._save(session, step)
        self._saving._timer.update_last_triggered_step(step)


class _InputSaver(Saver):
    """A Saver that names its latest checkpoint in a file of another name."""

    def __init__(self, var_list: Any, latest_filename: str):
        super().__init__(var_list)
        self._latest_filename = latest_filename

    def save(self, sess: Any, save_path: str, *args: Any, **options: Any) -> str | None:
        options["latest_filename"] = options.get("latest_filename") or self._latest_filename
        return super().save(sess, save_path, *args, **options)
