"""`tf.contrib.tpu.RunConfig` and TPUConfig: settings of programs for TPUs, run without one."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from stillflow.estimator.run_config import RunConfig as _RunConfig
from stillflow.graph.errors import UnimplementedError

_ITERATIONS = re.compile(r"^([1-9][0-9]*)([smh]?)$")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_CORES = (1, 2, 4, 8, 16, 32, 64, 128)


class InputPipelineConfig:
    """How many input pipelines there are. Here there is one."""

    PER_SHARD_V1 = 1
    PER_HOST_V1 = 2
    PER_HOST_V2 = 3
    BROADCAST = 4
    SLICED = 5


class _Fields(NamedTuple):
    iterations_per_loop: Any
    num_shards: int | None
    num_cores_per_replica: int | None
    per_host_input_for_training: Any
    tpu_job_name: str | None
    initial_infeed_sleep_secs: int | None
    input_partition_dims: Any
    eval_training_input_configuration: Any
    experimental_host_call_every_n_steps: int


class TPUConfig(_Fields):
    """Settings of a TPU; `iterations_per_loop`, how many steps a loop makes, tells how to log.

    Raises:
      ValueError: a setting is out of its range.
    """

    def __new__(
        cls,
        iterations_per_loop: Any = 2,
        num_shards: int | None = None,
        num_cores_per_replica: int | None = None,
        per_host_input_for_training: Any = True,
        tpu_job_name: str | None = None,
        initial_infeed_sleep_secs: int | None = None,
        input_partition_dims: Any = None,
        eval_training_input_configuration: Any = InputPipelineConfig.PER_HOST_V1,
        experimental_host_call_every_n_steps: int = 1,
    ) -> TPUConfig:
        steps_or_seconds(iterations_per_loop)
        check_positive("TPUConfig num_shards", num_shards)
        check_positive("TPUConfig initial_infeed_sleep_secs", initial_infeed_sleep_secs or None)
        if input_partition_dims is not None:
            _check_dims(input_partition_dims, per_host_input_for_training, num_cores_per_replica)
        if num_cores_per_replica not in (None, *_CORES):
            raise ValueError(
                f"num_cores_per_replica must be {', '.join(map(str, _CORES))}; got "
                f"{num_cores_per_replica}"
            )
        kinds = InputPipelineConfig.PER_HOST_V1, InputPipelineConfig.SLICED
        if eval_training_input_configuration not in kinds:
            raise ValueError(
                "eval_training_input_configuration must be PER_HOST_V1 or SLICED; got "
                f"{eval_training_input_configuration}"
            )
        if isinstance(per_host_input_for_training, bool):
            per_host_input_for_training = (
                InputPipelineConfig.PER_HOST_V1
                if per_host_input_for_training
                else InputPipelineConfig.PER_SHARD_V1
            )
        return super().__new__(
            cls,
            iterations_per_loop,
            num_shards,
            num_cores_per_replica,
            per_host_input_for_training,
            tpu_job_name,
            initial_infeed_sleep_secs,
            input_partition_dims,
            eval_training_input_configuration,
            experimental_host_call_every_n_steps,
        )


def _check_dims(dims: Any, per_host: Any, cores: int | None) -> None:
    if len(dims) not in (1, 2):
        raise ValueError("input_partition_dims must be a list/tuple with one or two elements.")
    if per_host is not InputPipelineConfig.PER_HOST_V2:
        raise ValueError("input_partition_dims is only supported in PER_HOST_V2 mode.")
    if cores is None:
        raise ValueError("input_partition_dims requires setting num_cores_per_replica.")


def check_positive(name: str, number: Any) -> None:
    """TypeError or ValueError unless a number is an int above 0, or None."""
    if number is None:
        return
    if not isinstance(number, int):
        raise TypeError(f"{name} must be int")
    if number < 1:
        raise ValueError(f"{name} must be positive")


def steps_or_seconds(iterations_per_loop: Any) -> tuple[int, bool]:
    """How many steps a loop makes, or seconds it takes, and whether it is seconds.

    Raises:
      ValueError: neither a number nor one with a unit.
    """
    found = _ITERATIONS.match(str(iterations_per_loop))
    if found is None:
        raise ValueError(
            "Invalid TPUConfig `iterations_per_loop` value. Value must be positive integer value "
            "or time-based value `<N><s|m|h>` where <N> is any positive integer and `s`, `m`, `h` "
            "are unit of time in seconds, minutes, hours respectively. Examples of valid values: "
            "`3600s`, `60m`, `1h`."
        )
    return int(found[1]) * _SECONDS.get(found[2], 1), bool(found[2])


class RunConfig(_RunConfig):
    """`tf.estimator.RunConfig` with a TPUConfig.

    Raises:
      tf.errors.UnimplementedError: a cluster is given.
    """

    def __init__(
        self,
        tpu_config: TPUConfig | None = None,
        evaluation_master: str | None = None,
        master: str | None = None,
        cluster: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if cluster is not None:
            raise UnimplementedError(
                None, None, "A cluster of TPUs is not in Stillflow.\n  Leave out `cluster`."
            )
        self._tpu_config = tpu_config or TPUConfig()
        if master is not None:
            self._master = master
        self._evaluation_master = evaluation_master or self._evaluation_master or self._master

    @property
    def tpu_config(self) -> TPUConfig:
        return self._tpu_config

    @property
    def cluster(self) -> None:
        return None

    def replace(self, **kwargs: Any) -> RunConfig:
        tpu_config = kwargs.pop("tpu_config", self._tpu_config)
        other: Any = super().replace(**kwargs)
        other._tpu_config = tpu_config
        return other
