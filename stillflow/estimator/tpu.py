"""`tf.contrib.tpu.TPUEstimator`, as it works without a TPU: `use_tpu=False`."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from stillflow.estimator.checking import check_model_fn
from stillflow.estimator.estimator import Estimator
from stillflow.estimator.mode_keys import ModeKeys
from stillflow.estimator.spec import EstimatorSpec
from stillflow.estimator.tpu_config import RunConfig, check_positive, steps_or_seconds
from stillflow.graph import dtypes
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.graph import Graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import device
from stillflow.monitored.hook import SessionRunArgs, SessionRunContext, SessionRunHook
from stillflow.monitored.recording import StepCounterHook
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import get_variable
from stillflow.platform import logging
from stillflow.platform.decorators import fn_args
from stillflow.train.recording import writers
from stillflow.train.training_util import get_global_step

_RESERVED = ("batch_size", "context")


class _Fields(NamedTuple):
    mode: str
    predictions: Any
    loss: Any
    train_op: Any
    eval_metrics: Any
    export_outputs: Any
    scaffold_fn: Any
    host_call: Any
    training_hooks: Any
    evaluation_hooks: Any
    prediction_hooks: Any


class TPUEstimatorSpec(_Fields):
    """An EstimatorSpec of which what the host does is functions of tensors.

    Args:
      eval_metrics: (function, tensors), which gives the metrics: (value, update) by name.
      scaffold_fn: makes the Scaffold.
      host_call: (function, tensors), which gives what is run in each step besides.

    The others are those of `tf.estimator.EstimatorSpec`.

    Raises:
      ValueError, TypeError: as there; or a pair is none.
    """

    def __new__(
        cls,
        mode: str,
        predictions: Any = None,
        loss: Any = None,
        train_op: Any = None,
        eval_metrics: Any = None,
        export_outputs: Any = None,
        scaffold_fn: Callable[[], Any] | None = None,
        host_call: Any = None,
        training_hooks: Iterable[SessionRunHook] | None = None,
        evaluation_hooks: Iterable[SessionRunHook] | None = None,
        prediction_hooks: Iterable[SessionRunHook] | None = None,
    ) -> TPUEstimatorSpec:
        for name, call in (("eval_metrics", eval_metrics), ("host_call", host_call)):
            _check_call(name, call)
        return super().__new__(
            cls,
            mode,
            predictions,
            loss,
            train_op,
            eval_metrics,
            export_outputs,
            scaffold_fn,
            host_call,
            tuple(training_hooks or ()),
            tuple(evaluation_hooks or ()),
            tuple(prediction_hooks or ()),
        )

    def as_estimator_spec(self) -> EstimatorSpec:
        """The EstimatorSpec, for which the functions are called now."""
        hooks: tuple[SessionRunHook, ...] = ()
        metrics = None if self.eval_metrics is None else _called(self.eval_metrics)
        if self.host_call is not None:
            hooks = (_HostCallHook(_called(self.host_call)),)
        return EstimatorSpec(
            mode=self.mode,
            predictions=self.predictions,
            loss=self.loss,
            train_op=self.train_op,
            eval_metric_ops=metrics,
            export_outputs=self.export_outputs,
            scaffold=self.scaffold_fn() if self.scaffold_fn else None,
            training_hooks=self.training_hooks + hooks,
            evaluation_hooks=self.evaluation_hooks + hooks,
            prediction_hooks=self.prediction_hooks + hooks,
        )


def _check_call(name: str, call: Any) -> None:
    if call is None:
        return
    if not isinstance(call, (tuple, list)):
        raise ValueError(f"{name} should be tuple or list")
    if len(call) != 2:
        raise ValueError(f"{name} should have two elements.")
    function, tensors = call
    if not callable(function):
        raise TypeError(f"{name}[0] should be callable.")
    if not isinstance(tensors, (tuple, list, dict)):
        raise ValueError(f"{name}[1] should be tuple or list, or dict")


def _called(call: tuple[Callable[..., Any], Any]) -> Any:
    function, tensors = call
    return function(**tensors) if isinstance(tensors, dict) else function(*tensors)


class _HostCallHook(SessionRunHook):
    """Runs in each step what a host call gave."""

    def __init__(self, tensors: Any):
        self._tensors = tensors

    def begin(self) -> None:
        """Writers that the host call has made are opened and flushed."""
        self._opened = writers.summary_writer_initializer_op()
        self._flushed = [writers.flush(op.inputs[0]) for op in self._opened]

    def after_create_session(self, session: Any, coord: Any) -> None:
        session.run(self._opened)

    def end(self, session: Any) -> None:
        session.run(self._flushed)

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        return SessionRunArgs(self._tensors)


class ExamplesPerSecondHook(StepCounterHook):
    """Logs and records how many steps, and examples of batches of `batch_size`, go in a second."""

    def __init__(self, batch_size: int, *args: Any, **kwargs: Any):
        self._batch_size = batch_size
        super().__init__(*args, **kwargs)

    def _log_and_record(self, elapsed_steps: int, elapsed_time: float, global_step: int) -> None:
        from tensorboard.compat.proto.summary_pb2 import Summary

        steps = elapsed_steps / elapsed_time
        for tag, rate in (("global_step/sec", steps), ("examples/sec", steps * self._batch_size)):
            if self._summary_writer is not None:
                value = Summary.Value(tag=tag, simple_value=rate)
                self._summary_writer.add_summary(Summary(value=[value]), global_step)
            logging.info("%s: %g", tag, rate)


class TPUEstimator(Estimator):
    """An Estimator whose functions get `params["batch_size"]`.

    Args:
      model_fn: as Estimator's; takes `params`, and may return a TPUEstimatorSpec.
      config: a `tf.contrib.tpu.RunConfig`.
      use_tpu: must be False: there is no TPU.
      train_batch_size, eval_batch_size, predict_batch_size: what `params["batch_size"]` is.
      batch_axis, eval_on_tpu, export_to_tpu: of no account without a TPU.
      export_to_cpu: must be True.
      warm_start_from: as Estimator's.

    Raises:
      ValueError: the configuration is of another kind, or `params` has reserved keys.
      tf.errors.UnimplementedError: `use_tpu`, or an embedding on TPUs.
    """

    def __init__(
        self,
        model_fn: Any = None,
        model_dir: Any = None,
        config: Any = None,
        params: Any = None,
        use_tpu: bool = True,
        train_batch_size: int | None = None,
        eval_batch_size: int | None = None,
        predict_batch_size: int | None = None,
        batch_axis: Any = None,
        eval_on_tpu: bool = True,
        export_to_tpu: bool = True,
        export_to_cpu: bool = True,
        warm_start_from: Any = None,
        embedding_config_spec: Any = None,
    ):
        if config is None or not isinstance(config, RunConfig):
            raise ValueError("`config` must be provided with type `tpu_config.RunConfig`")
        if params is not None and any(key in params for key in _RESERVED):
            raise ValueError(f"{list(_RESERVED)} are reserved keys but existed in params {params}.")
        if use_tpu or embedding_config_spec:
            raise UnimplementedError(
                None, None, "There is no TPU in Stillflow.\n  Pass use_tpu=False."
            )
        for name, size in (
            ("train_batch_size", train_batch_size),
            ("eval_batch_size", eval_batch_size),
            ("predict_batch_size", predict_batch_size),
        ):
            check_positive(name, size)
        if not export_to_cpu:
            raise ValueError("One of export_to_cpu and export_to_tpu must be true.")
        check_model_fn(model_fn, params)
        own: Any = config
        self._often = _log_often(own)
        self._batch_sizes = {
            ModeKeys.TRAIN: train_batch_size,
            ModeKeys.EVAL: eval_batch_size,
            ModeKeys.PREDICT: predict_batch_size,
        }
        self._has_input = False
        super().__init__(
            self._wrapped(model_fn),
            model_dir,
            own.replace(log_step_count_steps=None),
            params or {},
            warm_start_from,
        )

    def _wrapped(self, model_fn: Callable[..., Any]) -> Callable[..., EstimatorSpec]:
        def of_estimator(
            features: Any, labels: Any, mode: str, config: Any, params: Any
        ) -> EstimatorSpec:
            is_exported, self._has_input = not self._has_input, False
            logging.info("Running %s on CPU", mode)
            spec = self._call(model_fn, features, labels, mode, config, params, is_exported)
            if self._often is None or is_exported:
                return spec
            folder = self.model_dir if config.save_summary_steps else None
            size = self._batch_sizes[mode]
            hook = ExamplesPerSecondHook(size, output_dir=folder, **self._often)  # type: ignore[arg-type]
            return spec._replace(training_hooks=(*spec.training_hooks, hook))

        return of_estimator

    def _call(
        self,
        model_fn: Callable[..., Any],
        features: Any,
        labels: Any,
        mode: str,
        config: Any,
        params: Any,
        is_exported: bool,
    ) -> EstimatorSpec:
        taken = fn_args(model_fn)
        if "labels" not in taken and labels is not None:
            raise ValueError("model_fn does not take labels, but input_fn returns labels.")
        if "params" not in taken:
            raise ValueError(
                f"model_fn ({model_fn}) does not include params argument, required by "
                "TPUEstimator to pass batch size as params['batch_size']"
            )
        params = copy.deepcopy(params)
        params["use_tpu"] = False
        if not is_exported:
            params.update(self._size(mode))
        given = {"labels": labels, "mode": mode, "config": config, "params": params}
        spec = model_fn(
            features=features, **{name: value for name, value in given.items() if name in taken}
        )
        return spec.as_estimator_spec() if isinstance(spec, TPUEstimatorSpec) else spec

    def _size(self, mode: str) -> dict[str, int]:
        size = self._batch_sizes[mode]
        return {} if size is None else {"batch_size": size}

    def _call_input_fn(
        self, input_fn: Callable[..., Any], mode: str, input_context: Any = None
    ) -> Any:
        taken = fn_args(input_fn)
        if "params" not in taken:
            raise ValueError(
                f"input_fn ({input_fn}) does not include params argument, required by "
                'TPUEstimator to pass batch size as params["batch_size"]'
            )
        self._has_input = True
        params = {**self.params, **self._size(mode)}
        given = {"params": params, "config": self.config, "mode": mode}
        with device("/device:CPU:0"):
            return input_fn(**{name: value for name, value in given.items() if name in taken})

    def _create_global_step(self, graph: Graph) -> Any:
        if get_global_step(graph) is not None:
            raise ValueError('"global_step" already exists.')
        with graph.as_default(), graph.name_scope(None):
            return get_variable(
                GraphKeys.GLOBAL_STEP,
                shape=[],
                dtype=dtypes.int64,
                initializer=Zeros(),
                trainable=False,
                use_resource=True,
                collections=[GraphKeys.GLOBAL_VARIABLES, GraphKeys.GLOBAL_STEP],
            )


def _log_often(config: Any) -> dict[str, Any] | None:
    """How often rates are logged: every so many loops, or seconds."""
    steps, is_seconds = steps_or_seconds(config.tpu_config.iterations_per_loop)
    if is_seconds:
        return {"every_n_steps": None, "every_n_secs": steps}
    if config.log_step_count_steps is None:
        return None
    return {"every_n_steps": -(-config.log_step_count_steps // steps)}
