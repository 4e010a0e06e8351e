"""A model function that builds another's model on each of several devices."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from stillflow.estimator.mode_keys import ModeKeys
from stillflow.estimator.spec import EstimatorSpec
from stillflow.estimator.towers.merging import eval_spec, predict_spec, train_spec
from stillflow.estimator.towers.optimizer import TowerOptimizer, scaled_loss
from stillflow.estimator.towers.placing import local_devices, setter
from stillflow.estimator.towers.sharding import shards
from stillflow.estimator.towers.state import forget_towers, tower_state
from stillflow.graph.scopes import device, name_scope
from stillflow.ops.losses.weighting import Reduction
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform import logging
from stillflow.platform.decorators import fn_args
from stillflow.platform.deprecation import deprecated

_ModelFn = Callable[..., EstimatorSpec]


@deprecated("2018-05-31", "Please use `tf.contrib.distribute.MirroredStrategy` instead.")
def replicate_model_fn(
    model_fn: _ModelFn,
    loss_reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
    devices: list[str] | None = None,
) -> _ModelFn:
    """Returns a model function that gives each device a part of the batch.

    Args:
      model_fn: its optimizers must be TowerOptimizers where there are several devices.
      loss_reduction: a `tf.losses.Reduction`, how its losses are reduced.
      devices: all GPUs, or the CPU, by default.

    Raises:
      ValueError: losses are not reduced; or when it is called, the batch cannot be divided.
    """
    if loss_reduction == Reduction.NONE:
        raise ValueError(
            "Tower losses need to be reduced in some way, yet "
            f"{loss_reduction} reduction is specified."
        )
    devices = devices or local_devices("GPU") or local_devices("CPU")
    is_one_gpu = len(devices) == 1 and "GPU" in devices[0].upper()
    shared = devices[0] if is_one_gpu else "/CPU:0"
    logging.info(
        f"Replicating the `model_fn` across {devices}.  Variables are going to be placed on "
        f"{[shared]}.  Consolidation device is going to be {shared}."
    )

    def towers(
        features: Any, labels: Any, mode: str, params: Any, config: Any
    ) -> list[EstimatorSpec]:
        given = (mode, params, config, loss_reduction, devices, shared)
        return _towers(model_fn, features, labels, *given)

    def of_one(
        features: Any, labels: Any, mode: str, params: Any = None, config: Any = None
    ) -> EstimatorSpec:
        return towers([features], [labels], mode, params, config)[0]

    def of_several(
        features: Any, labels: Any, mode: str, params: Any = None, config: Any = None
    ) -> EstimatorSpec | None:
        parts = shards(features, labels, len(devices), shared)
        specs = towers(*parts, mode, params, config)
        merge = {
            ModeKeys.TRAIN: train_spec,
            ModeKeys.EVAL: eval_spec,
            ModeKeys.PREDICT: predict_spec,
        }.get(mode)
        return None if merge is None else merge(specs, shared)

    return of_one if len(devices) == 1 else of_several  # type: ignore[return-value]


def _towers(
    model_fn: _ModelFn,
    features: list[Any],
    labels: list[Any] | None,
    mode: str,
    params: Any,
    config: Any,
    loss_reduction: str,
    devices: list[str],
    shared: str,
) -> list[EstimatorSpec]:
    """A model for each device, of which all have the variables of the first."""
    names = fn_args(model_fn)
    optional = {"params": params, "config": config}
    given = {name: copy.deepcopy(value) for name, value in optional.items() if name in names}
    state = tower_state()
    state.loss_reduction, state.number_of_towers = loss_reduction, len(devices)
    specs = []
    for number, where in enumerate(devices):
        name = f"tower_{number}" if number else ""
        with (
            variable_scope("", reuse=number > 0) as var_scope,
            name_scope(name) as scope,
            tower_state().tower(number, var_scope, scope),
            device(setter(where, shared)),
        ):
            spec = model_fn(
                mode=mode,
                features=features[number],
                labels=labels[number] if labels else None,
                **given,
            )
            _check_optimizer(spec, devices)
            specs.append(_scaled(spec, loss_reduction, len(devices)))
    if not tower_state().had_same_calls():
        raise ValueError(
            "Each invocation of model_fn was supposed to make the same optimizer calls."
        )
    forget_towers()
    return specs


def _check_optimizer(spec: EstimatorSpec, devices: list[str]) -> None:
    if spec.train_op is not None and len(devices) > 1 and not TowerOptimizer.has_been_used():
        raise ValueError(
            "Please wrap optimizers with TowerOptimizer in order to use replicate_model_fn with "
            "multiple `devices`."
        )


def _scaled(spec: EstimatorSpec, reduction: str, towers: int) -> EstimatorSpec:
    if spec.loss is None:
        return spec
    return spec._replace(loss=scaled_loss(spec.loss, reduction, towers))
