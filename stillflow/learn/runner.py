"""`tf.contrib.learn.learn_runner`: experiments, run by a schedule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.learn.estimators.run_config import RunConfig, TaskType
from stillflow.learn.experiment import Experiment
from stillflow.platform import logging
from stillflow.platform.deprecation import deprecated
from stillflow.train.hparams.hparams import HParams

_INSTEAD = "Use tf.estimator.train_and_evaluate."


@deprecated(None, _INSTEAD)
def run(
    experiment_fn: Callable[..., Experiment],
    output_dir: str | None = None,
    schedule: str | None = None,
    run_config: RunConfig | None = None,
    hparams: HParams | None = None,
) -> Any:
    """Makes an experiment and calls one of its methods; returns what that returns.

    Args:
      experiment_fn: of `output_dir`, or of `run_config` and `hparams`.
      schedule: the method; by default what this task of a cluster is for, or
        `train_and_evaluate`.

    Raises:
      ValueError: not just one of `output_dir` and `run_config` is given, or the schedule is none.
      TypeError: the function is none, or gives no Experiment.
      RuntimeError: the experiment's estimator has another configuration.
    """
    if output_dir is not None and run_config is not None:
        raise ValueError("Cannot provide both `output_dir` and `run_config`")
    if output_dir is None and run_config is None:
        raise ValueError("Must set value for `output_dir` or `run_config`")
    if not callable(experiment_fn):
        raise TypeError(f'Experiment builder "{experiment_fn}" is not callable.')
    if run_config is not None:
        experiment = _checked_experiment_fn(experiment_fn)(run_config, hparams)
    else:
        if not output_dir:
            raise ValueError("Must specify an output directory")
        if hparams is not None:
            raise ValueError("Must set `hparams` as None for `experiment_fn` with `output_dir`.")
        experiment = _checked_experiment(experiment_fn(output_dir=output_dir))
    config = run_config or experiment.estimator.config
    return _execute_schedule(experiment, schedule or _default_schedule(config))


@deprecated(None, _INSTEAD)
def tune(experiment_fn: Callable[..., Experiment], tuner: Any) -> None:
    """Runs experiments with the hyper-parameters that a tuner gives, trial after trial."""
    while tuner.next_trial():
        tuner.run_experiment(_checked_experiment_fn(experiment_fn, require_hparams=True))


def _checked_experiment(experiment: Any) -> Experiment:
    if not isinstance(experiment, Experiment):
        raise TypeError(
            "Experiment builder did not return an Experiment instance, got "
            f"{type(experiment)} instead."
        )
    return experiment


def _checked_experiment_fn(
    experiment_fn: Callable[..., Experiment], require_hparams: bool = False
) -> Callable[..., Experiment]:
    """The function, which refuses an estimator of another configuration than the given one."""

    def checked(run_config: Any, hparams: Any) -> Experiment:
        _check_settings(run_config, hparams, require_hparams)
        expected = run_config.uid()
        experiment = _checked_experiment(experiment_fn(run_config, hparams))
        config = experiment.estimator.config
        if not hasattr(config, "uid"):
            raise RuntimeError(
                "Pass `run_config` argument of the `experiment_fn` to the Estimator in Experiment. "
                "It is likely a different `RunConfig` is passed to `Estimator` or the `config` "
                "constructor argument in `Estimator` is not set."
            )
        if config.uid() != expected:
            raise RuntimeError(
                "`RunConfig` instance is expected to be used by the `Estimator` inside the "
                f"`Experiment`. expected {expected}, but got {experiment.estimator.config.uid()}"
            )
        return experiment

    return checked


def _check_settings(run_config: Any, hparams: Any, require_hparams: bool) -> None:
    if not isinstance(run_config, RunConfig):
        raise ValueError("`run_config` must be `tf.contrib.learn.RunConfig` instance")
    if not run_config.model_dir:
        raise ValueError("Must specify a model directory `model_dir` in `run_config`.")
    if hparams is not None and not isinstance(hparams, HParams):
        raise ValueError("`hparams` must be `HParams` instance")
    if require_hparams and hparams is None:
        raise ValueError("`hparams` cannot be `None`.")


def _execute_schedule(experiment: Any, schedule: str) -> Any:
    task = getattr(experiment, schedule, None)
    if callable(task):
        return task()
    is_there = hasattr(experiment, schedule)
    what = f"{'non-callable member' if is_there else 'non-existent task'} {schedule}"
    logging.error(f"Schedule references {what}")
    public = [name for name in dir(experiment) if not name.startswith("_")]
    allowed = [name for name in public if callable(getattr(experiment, name))]
    logging.error("Allowed values for this experiment are: %s", allowed)
    raise (TypeError if is_there else ValueError)(f"Schedule references {what}")


_SCHEDULES = {
    TaskType.MASTER: "train_and_evaluate",
    TaskType.PS: "run_std_server",
    TaskType.WORKER: "train",
}


def _default_schedule(config: Any) -> str:
    if not config or not _is_distributed(config):
        return "train_and_evaluate"
    if not config.task_type:
        raise ValueError("Must specify a schedule")
    if config.task_type not in _SCHEDULES:
        raise ValueError(f"No default schedule for task type: {config.task_type}")
    return _SCHEDULES[config.task_type]


def _is_distributed(config: Any) -> bool:
    cluster = config.cluster_spec
    return bool(cluster) and sum(len(cluster.job_tasks(job)) for job in cluster.jobs) > 1
