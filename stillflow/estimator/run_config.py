"""`tf.estimator.RunConfig`: where and how an estimator trains."""

from __future__ import annotations

import copy
import json
import os
import tempfile
from collections.abc import Callable
from typing import Any

from stillflow.graph.errors import UnimplementedError
from stillflow.platform import logging
from stillflow.platform.decorators import fn_args

_CHECKPOINT_SECS = 600
_USE_DEFAULT: Any = object()
_BOTH = "`save_checkpoints_steps` and `save_checkpoints_secs` cannot be both set."
_REPLACEABLE = (
    *("model_dir", "tf_random_seed", "save_summary_steps", "save_checkpoints_steps"),
    *("save_checkpoints_secs", "session_config", "keep_checkpoint_max"),
    *("keep_checkpoint_every_n_hours", "log_step_count_steps", "train_distribute", "device_fn"),
    *("protocol", "eval_distribute", "experimental_distribute"),
    *("experimental_max_worker_delay_secs", "session_creation_timeout_secs"),
)


class TaskType:
    MASTER = "master"
    PS = "ps"
    WORKER = "worker"
    CHIEF = "chief"
    EVALUATOR = "evaluator"


class RunConfig:
    """The settings of an estimator, which do not change: `replace` makes others.

    Args:
      model_dir: where checkpoints and summaries go; else the environment's TF_CONFIG may say.
      tf_random_seed: of each graph that is built.
      save_summary_steps: how often summaries are saved.
      save_checkpoints_steps, save_checkpoints_secs: how often checkpoints are; every 600 seconds by
        default, None for both for never.
      session_config: a tf.ConfigProto.
      keep_checkpoint_max, keep_checkpoint_every_n_hours: as Saver's.
      log_step_count_steps: how often the loss and the rate of steps are logged.
      train_distribute, eval_distribute: a tf.distribute.Strategy of this process.
      experimental_distribute: a `tf.contrib.distribute.DistributeConfig` that names them.
      device_fn: from an operation to its device.
      session_creation_timeout_secs: how long others than the chief wait.

    Raises:
      ValueError: a setting is out of its range.
      tf.errors.UnimplementedError: TF_CONFIG names several hosts.
    """

    def __init__(
        self,
        model_dir: Any = None,
        tf_random_seed: int | None = None,
        save_summary_steps: int | None = 100,
        save_checkpoints_steps: Any = _USE_DEFAULT,
        save_checkpoints_secs: Any = _USE_DEFAULT,
        session_config: Any = None,
        keep_checkpoint_max: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000,
        log_step_count_steps: int | None = 100,
        train_distribute: Any = None,
        device_fn: Callable[[Any], str] | None = None,
        protocol: str | None = None,
        eval_distribute: Any = None,
        experimental_distribute: Any = None,
        experimental_max_worker_delay_secs: int | None = None,
        session_creation_timeout_secs: float = 7200,
    ):
        if save_checkpoints_steps is _USE_DEFAULT and save_checkpoints_secs is _USE_DEFAULT:
            save_checkpoints_secs = _CHECKPOINT_SECS
        environment = json.loads(os.environ.get("TF_CONFIG") or "{}")
        if environment:
            logging.info("TF_CONFIG environment variable: %s", environment)
        self._set(
            model_dir=_model_dir(environment, model_dir),
            tf_random_seed=tf_random_seed,
            save_summary_steps=save_summary_steps,
            save_checkpoints_steps=_or_none(save_checkpoints_steps),
            save_checkpoints_secs=_or_none(save_checkpoints_secs),
            session_config=session_config,
            keep_checkpoint_max=keep_checkpoint_max,
            keep_checkpoint_every_n_hours=keep_checkpoint_every_n_hours,
            log_step_count_steps=log_step_count_steps,
            train_distribute=_strategy(
                "train_distribute", train_distribute, experimental_distribute
            ),
            device_fn=device_fn,
            protocol=protocol,
            eval_distribute=_strategy("eval_distribute", eval_distribute, experimental_distribute),
            experimental_distribute=experimental_distribute,
            experimental_max_worker_delay_secs=experimental_max_worker_delay_secs,
            session_creation_timeout_secs=session_creation_timeout_secs,
        )
        self._take_task(environment)

    def _take_task(self, environment: dict[str, Any]) -> None:
        """What this process is: the only worker, whatever else the cluster lists."""
        hosts = [host for job in environment.get("cluster", {}).values() for host in job]
        if len(hosts) > 1:
            raise UnimplementedError(
                None,
                None,
                f"A cluster of {len(hosts)} tasks is not yet in Stillflow.\n"
                "  Leave `cluster` out of the environment's TF_CONFIG.",
            )
        self._service = environment.get("service")
        if self._service is not None and not isinstance(self._service, dict):
            raise TypeError(
                f'If "service" is set in TF_CONFIG, it must be a dict. Given {type(self._service)}'
            )
        task = environment.get("task", {})
        self._task_type = task.get("type", TaskType.WORKER)
        self._task_id = int(task.get("index", 0))
        if not hosts and self._task_type != TaskType.WORKER:
            raise ValueError('If "cluster" is not set in TF_CONFIG, task type must be WORKER.')
        if self._task_id != 0:
            raise ValueError('If "cluster" is not set in TF_CONFIG, task index must be 0.')
        self._master = environment.get("session_master", "")
        self._evaluation_master = environment.get("eval_session_master", "")

    def replace(self, **kwargs: Any) -> RunConfig:
        """Returns a copy with other settings; ValueError for one that cannot be replaced."""
        other = copy.deepcopy(self)
        other._set(**kwargs)
        return other

    def _set(self, **settings: Any) -> None:
        for name, value in settings.items():
            if name not in _REPLACEABLE:
                raise ValueError(
                    f"Replacing {name} is not supported. Allowed properties are "
                    f"{list(_REPLACEABLE)}."
                )
            setattr(self, f"_{name}", value)
        steps, secs = (settings.get(f"save_checkpoints_{unit}") for unit in ("steps", "secs"))
        if steps is not None and secs is not None:
            raise ValueError(_BOTH)
        if steps is not None:
            self._save_checkpoints_secs = None
        if secs is not None:
            self._save_checkpoints_steps = None
        self._check()

    def _check(self) -> None:
        for name, is_good, message in _CHECKS:
            value = getattr(self, f"_{name}")
            if value is not None and not is_good(value):
                raise ValueError(message)

    @property
    def is_chief(self) -> bool:
        return True

    @property
    def cluster_spec(self) -> dict[str, list[str]]:
        """The tasks of the cluster by job: there is none."""
        return {}

    @property
    def num_ps_replicas(self) -> int:
        return 0

    @property
    def num_worker_replicas(self) -> int:
        return 1

    @property
    def global_id_in_cluster(self) -> int:
        return 0


def _strategy(name: str, given: Any, config: Any) -> Any:
    """That of a DistributeConfig, unless it is given by itself; ValueError for both."""
    if config is not None and config.remote_cluster:
        raise UnimplementedError(
            None, None, "A remote cluster is not yet in Stillflow.\n  Leave it out."
        )
    of_config = getattr(config, name, None)
    if given and of_config:
        raise ValueError(f"Either `{name}` or`experimental_distribute.{name}` can be set.")
    return of_config or given


def _read_only(name: str) -> property:
    return property(lambda self: getattr(self, f"_{name}"))


for _name in (*_REPLACEABLE, "service", "task_type", "task_id", "master", "evaluation_master"):
    if _name not in ("experimental_distribute",):
        setattr(RunConfig, _name, _read_only(_name))


def _is_session_config(value: Any) -> bool:
    from tensorboard.compat.proto.config_pb2 import ConfigProto

    return isinstance(value, ConfigProto)


_CHECKS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("model_dir", bool, "model_dir should be non-empty"),
    ("save_summary_steps", lambda n: n >= 0, "save_summary_steps should be >= 0"),
    ("save_checkpoints_steps", lambda n: n >= 0, "save_checkpoints_steps should be >= 0"),
    ("save_checkpoints_secs", lambda n: n >= 0, "save_checkpoints_secs should be >= 0"),
    ("session_config", _is_session_config, "session_config must be instance of ConfigProto"),
    ("keep_checkpoint_max", lambda n: n >= 0, "keep_checkpoint_max should be >= 0"),
    (
        "keep_checkpoint_every_n_hours",
        lambda n: n > 0,
        "keep_checkpoint_every_n_hours should be > 0",
    ),
    ("log_step_count_steps", lambda n: n > 0, "log_step_count_steps should be > 0"),
    ("tf_random_seed", lambda seed: isinstance(seed, int), "tf_random_seed must be integer."),
    (
        "experimental_max_worker_delay_secs",
        lambda n: isinstance(n, int),
        "experimental_max_worker_delay_secs must be an integer if set.",
    ),
    (
        "session_creation_timeout_secs",
        lambda n: n > 0,
        "session_creation_timeout_secs should be > 0",
    ),
    (
        "device_fn",
        lambda function: callable(function) and set(fn_args(function)) == {"op"},
        'device_fn must be callable with exactly one argument "op".',
    ),
    (
        "protocol",
        lambda protocol: protocol in ("grpc", "grpc+verbs"),
        "protocol should be grpc or grpc+verbs",
    ),
)


def default_session_config() -> Any:
    from tensorboard.compat.proto.config_pb2 import ConfigProto

    config = ConfigProto(allow_soft_placement=True)
    options = config.graph_options.rewrite_options
    options.meta_optimizer_iterations = options.ONE
    return config


def _model_dir(environment: dict[str, Any], model_dir: Any) -> str | None:
    given = None if model_dir is None else os.fspath(model_dir)
    in_environment = environment.get("model_dir")
    if in_environment == "":
        raise ValueError("model_dir in TF_CONFIG should be non-empty.")
    if given and in_environment and given != in_environment:
        raise ValueError(
            "`model_dir` provided in RunConfig construct, if set, must have the same value as the "
            f'model_dir in TF_CONFIG. model_dir: {given}\nTF_CONFIG["model_dir"]: '
            f"{in_environment}."
        )
    if in_environment and given is None:
        logging.info("Using model_dir in TF_CONFIG: %s", in_environment)
    return in_environment if given is None else given


def _or_none(often: Any) -> Any:
    return None if often is _USE_DEFAULT else often


def with_folder(config: Any, model_dir: Any) -> RunConfig:
    """The configuration with a session's one, and a folder: a temporary one if none is said."""
    if config is None:
        config = RunConfig()
        logging.info("Using default config.")
    if not isinstance(config, RunConfig):
        raise ValueError(f"config must be an instance of `RunConfig`, but provided {config}.")
    own: Any = config
    if own.session_config is None:
        own = own.replace(session_config=default_session_config())
    folder = None if model_dir is None else os.fspath(model_dir)
    if folder is not None and own.model_dir is not None and own.model_dir != folder:
        raise ValueError(
            "`model_dir` are set both in constructor and `RunConfig`, but with different values. "
            f"In constructor: '{folder}', in `RunConfig`: '{own.model_dir}' "
        )
    if not folder and own.model_dir is None:
        folder = tempfile.mkdtemp()
        logging.warning("Using temporary folder as model directory: %s", folder)
    return own.replace(model_dir=folder) if folder else own
