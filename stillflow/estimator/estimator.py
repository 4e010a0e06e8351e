"""`tf.estimator.Estimator`: trains, evaluates, predicts with and exports a model function."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from stillflow.checkpoint import management
from stillflow.checkpoint.reader import new_checkpoint_reader
from stillflow.estimator import checking, exporting, predictions, recording, replicated, warm_start
from stillflow.estimator.input_functions import call_input_fn, parsed
from stillflow.estimator.mode_keys import ModeKeys
from stillflow.estimator.run_config import RunConfig, with_folder
from stillflow.estimator.spec import EstimatorSpec, metric_ops
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.random_seed import set_random_seed
from stillflow.graph.scopes import add_to_collection, get_collection
from stillflow.monitored import evaluating
from stillflow.monitored.creators import ChiefSessionCreator
from stillflow.monitored.hook import SessionRunHook
from stillflow.monitored.logging_hooks import LoggingTensorHook, NanTensorHook
from stillflow.monitored.saving import CheckpointSaverHook, CheckpointSaverListener
from stillflow.monitored.scaffold import Scaffold
from stillflow.monitored.sessions import MonitoredSession
from stillflow.monitored.stopping import StopAtStepHook
from stillflow.monitored.training_session import MonitoredTrainingSession
from stillflow.ops.control.ordering import group
from stillflow.ops.summaries.scalar import scalar
from stillflow.platform import logging
from stillflow.platform.decorators import fn_args
from stillflow.platform.deprecation import deprecated
from stillflow.train import training_util
from stillflow.train.saver import Saver
from stillflow.train.warm_start import warm_start as begin_with

_ModelFn = Callable[..., EstimatorSpec]
_InputFn = Callable[..., Any]
_Hooks = Iterable[SessionRunHook] | None


class Estimator:
    """A model that is a function of features, labels and mode.

    Args:
      model_fn: called as `model_fn(features=...)` with those of `labels`, `mode`, `params` and
        `config` that it takes; returns an EstimatorSpec.
      model_dir: where checkpoints and summaries go; a temporary folder by default.
      config: a RunConfig.
      params: a dict that `model_fn` gets.
      warm_start_from: a checkpoint, a SavedModel or WarmStartSettings that a new model begins with.

    Raises:
      ValueError: `model_fn` takes other arguments, or a subclass overrides a method.
    """

    def __init__(
        self,
        model_fn: _ModelFn,
        model_dir: Any = None,
        config: RunConfig | None = None,
        params: Any = None,
        warm_start_from: Any = None,
    ):
        checking.check_overrides(type(self), Estimator)
        self._config = with_folder(config, model_dir)
        logging.info("Using config: %s", str(vars(self._config)))
        if model_fn is None:
            raise ValueError("model_fn must be provided to Estimator.")
        checking.check_model_fn(model_fn, params)
        self._model_fn = model_fn
        self._params = copy.deepcopy(params or {})
        self._model_dir: str = self._config.model_dir  # type: ignore[attr-defined]
        self._session_config = self._config.session_config  # type: ignore[attr-defined]
        self._warm_start_settings = warm_start.as_settings(warm_start_from)

    # What it knows --------------------------------------------------------------------------------

    @property
    def model_dir(self) -> str:
        return self._model_dir

    @property
    def config(self) -> Any:
        """A copy of the RunConfig."""
        return copy.deepcopy(self._config)

    @property
    def params(self) -> Any:
        """A copy of the parameters."""
        return copy.deepcopy(self._params)

    @property
    def model_fn(self) -> Callable[..., EstimatorSpec]:
        """The model function, of (features, labels, mode, config)."""
        return lambda features, labels, mode, config: self._call_model_fn(
            features, labels, mode, config
        )

    def get_variable_value(self, name: str) -> Any:
        """The value of a variable in the latest checkpoint; ValueError without one."""
        self._check_is_trained()
        return management.load_variable(self._model_dir, name)

    def get_variable_names(self) -> list[str]:
        """The names of all variables in the latest checkpoint; ValueError without one."""
        self._check_is_trained()
        return [name for name, _ in management.list_variables(self._model_dir)]

    def latest_checkpoint(self) -> str | None:
        return management.latest_checkpoint(self._model_dir)

    def eval_dir(self, name: str | None = None) -> str:
        """Where an evaluation of that name is recorded."""
        return os.path.join(self._model_dir, f"eval_{name}" if name else "eval")

    def _check_is_trained(self) -> None:
        if not self.latest_checkpoint():
            raise ValueError(f"Could not find trained model in model_dir: {self._model_dir}.")

    # Training -------------------------------------------------------------------------------------

    def train(
        self,
        input_fn: _InputFn,
        hooks: _Hooks = None,
        steps: int | None = None,
        max_steps: int | None = None,
        saving_listeners: Iterable[CheckpointSaverListener] | None = None,
    ) -> Estimator:
        """Trains from the latest checkpoint on, for so many steps or until the input ends.

        Args:
          input_fn: returns (features, labels), or a dataset of them.
          steps, max_steps: so many more, or until the global step is that; one of them.
          saving_listeners: told of each checkpoint.

        Raises:
          ValueError: both are given, or one that is not positive.
        """
        if steps is not None and max_steps is not None:
            raise ValueError("Can not provide both steps and max_steps.")
        checking.check_positive("steps", steps)
        checking.check_positive("max_steps", max_steps)
        if max_steps is not None and max_steps <= self._trained_steps():
            logging.info("Skipping training since max_steps has already saved.")
            return self
        all_hooks = checking.checked_hooks(hooks)
        if steps is not None or max_steps is not None:
            all_hooks.append(StopAtStepHook(steps, max_steps))
        loss = self._train_model(input_fn, all_hooks, checking.checked_listeners(saving_listeners))
        logging.info("Loss for final step: %s.", loss)
        return self

    def _trained_steps(self) -> int:
        latest = self.latest_checkpoint()
        if latest is None:
            return 0
        reader = new_checkpoint_reader(latest)
        name = GraphKeys.GLOBAL_STEP
        return int(reader.get_tensor(name)) if reader.has_tensor(name) else 0

    def _train_model(
        self,
        input_fn: _InputFn,
        hooks: list[SessionRunHook],
        listeners: list[CheckpointSaverListener],
    ) -> Any:
        config: Any = self._config
        strategy = config.train_distribute
        if strategy:
            strategy.configure(self._session_config)
            with Graph().as_default() as graph, replicated.within(strategy):
                set_random_seed(config.tf_random_seed)
                spec, input_hooks = replicated.training_spec(self, strategy, graph, input_fn)
                return self._train_by(spec, input_hooks, hooks, listeners)
        with Graph().as_default() as graph, graph.device(config.device_fn):
            set_random_seed(config.tf_random_seed)
            self._create_and_assert_global_step(graph)
            training_util.get_or_create_global_step_read(graph)
            features, labels, input_hooks = parsed(self._call_input_fn(input_fn, ModeKeys.TRAIN))
            spec = self._call_model_fn(features, labels, ModeKeys.TRAIN, self.config)
            return self._train_by(spec, input_hooks, hooks, listeners)

    def _train_by(
        self,
        spec: EstimatorSpec,
        input_hooks: list[SessionRunHook],
        hooks: list[SessionRunHook],
        listeners: list[CheckpointSaverListener],
    ) -> Any:
        if self._warm_start_settings:
            self._warm_start()
        if not any(item.op.name == "loss" for item in get_collection(GraphKeys.SUMMARIES)):
            scalar("loss", spec.loss)
        add_to_collection(GraphKeys.LOSSES, spec.loss)
        worker_hooks = [*input_hooks, *hooks, *self._usual_hooks(spec), *spec.training_hooks]
        self._add_saver(spec)
        chief_hooks = self._saving_hooks(spec, worker_hooks, listeners)
        return self._run_steps(spec, worker_hooks, chief_hooks)

    def _usual_hooks(self, spec: EstimatorSpec) -> list[SessionRunHook]:
        often = self._config.log_step_count_steps  # type: ignore[attr-defined]
        found: list[SessionRunHook] = [NanTensorHook(spec.loss)]
        if often is not None:
            shown = {"loss": spec.loss, "step": training_util.get_global_step()}
            found.append(LoggingTensorHook(shown, every_n_iter=often))
        return found

    def _add_saver(self, spec: EstimatorSpec) -> None:
        config: Any = self._config
        if spec.scaffold.saver or get_collection(GraphKeys.SAVERS):
            return
        saver = Saver(
            sharded=True,
            max_to_keep=config.keep_checkpoint_max,
            keep_checkpoint_every_n_hours=config.keep_checkpoint_every_n_hours,
            defer_build=True,
            save_relative_paths=True,
        )
        add_to_collection(GraphKeys.SAVERS, saver)

    def _saving_hooks(
        self,
        spec: EstimatorSpec,
        worker_hooks: Sequence[SessionRunHook],
        listeners: Sequence[CheckpointSaverListener],
    ) -> list[SessionRunHook]:
        """The hook that saves checkpoints, unless there is one, which is told of listeners."""
        config: Any = self._config
        secs, steps = config.save_checkpoints_secs, config.save_checkpoints_steps
        there = [*worker_hooks, *spec.training_chief_hooks]
        savers = [hook for hook in there if isinstance(hook, CheckpointSaverHook)]
        made: list[SessionRunHook] = []
        if (secs or steps) and not savers:
            savers = [
                CheckpointSaverHook(
                    self._model_dir, save_secs=secs, save_steps=steps, scaffold=spec.scaffold
                )
            ]
            made = [*savers]
        if listeners and not savers:
            raise ValueError(
                "There should be a CheckpointSaverHook to use saving_listeners. Please set one of "
                "the RunConfig.save_checkpoints_steps or RunConfig.save_checkpoints_secs."
            )
        for listener in listeners:
            if listener not in savers[0]._listeners:
                savers[0]._listeners = [*savers[0]._listeners, listener]
        return made

    def _run_steps(
        self,
        spec: EstimatorSpec,
        worker_hooks: Sequence[SessionRunHook],
        chief_hooks: Sequence[SessionRunHook],
    ) -> Any:
        config: Any = self._config
        loss, has_stepped = None, False
        with MonitoredTrainingSession(
            master=config.master,
            is_chief=config.is_chief,
            checkpoint_dir=self._model_dir,
            scaffold=spec.scaffold,
            hooks=worker_hooks,
            chief_only_hooks=[*chief_hooks, *spec.training_chief_hooks],
            save_checkpoint_secs=0,  # the hook saves
            save_summaries_steps=config.save_summary_steps,
            config=self._session_config,
            max_wait_secs=config.session_creation_timeout_secs,
            log_step_count_steps=config.log_step_count_steps,
        ) as session:
            while not session.should_stop():
                _, loss = session.run([spec.train_op, spec.loss])
                has_stepped = True
        if not has_stepped:
            logging.warning(
                "Training with estimator made no steps. Perhaps input is empty or misspecified."
            )
        return loss

    # Evaluation -----------------------------------------------------------------------------------

    def evaluate(
        self,
        input_fn: _InputFn,
        steps: int | None = None,
        hooks: _Hooks = None,
        checkpoint_path: str | None = None,
        name: str | None = None,
    ) -> dict[str, Any]:
        """Returns the metrics of a checkpoint over `steps` batches, or all of the input.

        They are recorded in `eval_dir(name)` too. Without a checkpoint the model is initialised.
        """
        all_hooks = checking.checked_hooks(hooks)
        checking.check_positive("steps", steps)
        if steps is not None:
            all_hooks.append(evaluating.StopAfterNEvalsHook(steps))
        path = checkpoint_path or self._latest("evaluate")
        strategy = self._config.eval_distribute  # type: ignore[attr-defined]
        with Graph().as_default(), strategy.scope() if strategy else nullcontext():
            scaffold, update, values, built_hooks = self._build_evaluation(input_fn, path)
            input_hooks, own_hooks = built_hooks
            results = evaluating.evaluate_once(
                path,
                master=self._config.evaluation_master,  # type: ignore[attr-defined]
                scaffold=scaffold,
                eval_ops=update,
                final_ops=values,
                hooks=[*input_hooks, *all_hooks, *own_hooks],
                config=self._session_config,
            )
        recording.record_metrics(self.eval_dir(name), results, path)
        return results

    def _build_evaluation(self, input_fn: _InputFn, path: str | None) -> tuple:
        set_random_seed(self._config.tf_random_seed)  # type: ignore[attr-defined]
        self._create_and_assert_global_step(get_default_graph())
        strategy = self._config.eval_distribute  # type: ignore[attr-defined]
        if strategy:
            update, values, scaffold, own_hooks, input_hooks = replicated.evaluation_parts(
                self, strategy, input_fn
            )
        else:
            features, labels, input_hooks = parsed(self._call_input_fn(input_fn, ModeKeys.EVAL))
            spec = self._call_model_fn(features, labels, ModeKeys.EVAL, self.config)
            update, values = metric_ops(spec)
            scaffold, own_hooks = spec.scaffold, list(spec.evaluation_hooks)
        if not path and self._warm_start_settings:
            self._warm_start()
        values[GraphKeys.GLOBAL_STEP] = training_util.get_global_step()
        if scaffold and scaffold.local_init_op:
            evaluating.get_or_create_eval_step()
            both = group(scaffold.local_init_op, Scaffold.default_local_init_op())
            scaffold = Scaffold(local_init_op=both, copy_from_scaffold=scaffold)
        return scaffold, update, values, (input_hooks, own_hooks)

    # Prediction -----------------------------------------------------------------------------------

    def predict(
        self,
        input_fn: _InputFn,
        predict_keys: Iterable[str] | None = None,
        hooks: _Hooks = None,
        checkpoint_path: str | None = None,
        yield_single_examples: bool = True,
    ) -> Iterator[Any]:
        """Yields predictions: for each example, or with `yield_single_examples=False` each batch.

        Raises:
          ValueError: none of `predict_keys` is among them, or they are no dict; batches differ.
        """
        all_hooks = checking.checked_hooks(hooks)
        path = checkpoint_path or self._latest("predict")
        with Graph().as_default() as graph:
            set_random_seed(self._config.tf_random_seed)  # type: ignore[attr-defined]
            self._create_and_assert_global_step(graph)
            features, _, input_hooks = parsed(self._call_input_fn(input_fn, ModeKeys.PREDICT))
            predictions.warn_of_endless_input(features)
            spec = self._call_model_fn(features, None, ModeKeys.PREDICT, self.config)
            if not path and self._warm_start_settings:
                self._warm_start()
            chosen = predictions.chosen(spec.predictions, predict_keys)
            creator = ChiefSessionCreator(
                spec.scaffold,
                self._config.master,  # type: ignore[attr-defined]
                self._session_config,
                checkpoint_filename_with_path=path,
            )
            own = [*input_hooks, *all_hooks, *spec.prediction_hooks]
            with MonitoredSession(creator, own) as session:
                while not session.should_stop():
                    values = session.run(chosen)
                    if yield_single_examples:
                        yield from predictions.examples(values)
                    else:
                        yield values

    # Export ---------------------------------------------------------------------------------------

    def export_saved_model(
        self,
        export_dir_base: str,
        serving_input_receiver_fn: Callable[[], Any] | None,
        assets_extra: Mapping[str, str] | None = None,
        as_text: bool = False,
        checkpoint_path: str | None = None,
        experimental_mode: str = ModeKeys.PREDICT,
    ) -> bytes:
        """Writes a SavedModel into a new folder named by the time; returns its path.

        Args:
          serving_input_receiver_fn: returns a ServingInputReceiver: what is fed, and the features.
          assets_extra: files that are copied into `assets.extra`, by their paths there.
          experimental_mode: the mode whose graph is written.

        Raises:
          ValueError: there is no checkpoint, or it lacks variables of the model.
        """
        if not serving_input_receiver_fn:
            raise ValueError("An input_receiver_fn must be defined.")
        receivers = {experimental_mode: serving_input_receiver_fn}
        return self.experimental_export_all_saved_models(
            export_dir_base, receivers, assets_extra, as_text, checkpoint_path
        )

    def experimental_export_all_saved_models(
        self,
        export_dir_base: str,
        input_receiver_fn_map: Mapping[str, Callable[[], Any]],
        assets_extra: Mapping[str, str] | None = None,
        as_text: bool = False,
        checkpoint_path: str | None = None,
    ) -> bytes:
        """`export_saved_model` of the graphs of several modes, of which one writes variables."""
        return self._export_all_saved_models(
            export_dir_base, input_receiver_fn_map, assets_extra, as_text, checkpoint_path
        )

    @deprecated(None, "This function has been renamed, use `export_saved_model` instead.")
    def export_savedmodel(
        self,
        export_dir_base: str,
        serving_input_receiver_fn: Callable[[], Any] | None,
        assets_extra: Mapping[str, str] | None = None,
        as_text: bool = False,
        checkpoint_path: str | None = None,
        strip_default_attrs: bool = False,
    ) -> bytes:
        """The older name of `export_saved_model`; keeps default attributes."""
        if not serving_input_receiver_fn:
            raise ValueError("An input_receiver_fn must be defined.")
        return self._export_all_saved_models(
            export_dir_base,
            {ModeKeys.PREDICT: serving_input_receiver_fn},
            assets_extra,
            as_text,
            checkpoint_path,
            strip_default_attrs,
        )

    def _export_all_saved_models(
        self,
        export_dir_base: str,
        input_receiver_fn_map: Mapping[str, Callable[[], Any]],
        assets_extra: Mapping[str, str] | None = None,
        as_text: bool = False,
        checkpoint_path: str | None = None,
        strip_default_attrs: bool = True,
    ) -> bytes:
        path = checkpoint_path or self.latest_checkpoint()
        if not path and self._warm_start_settings:
            path = self._warm_start_settings.ckpt_to_initialize_from
            path = management.latest_checkpoint(path) if os.path.isdir(path) else path
        if not path:
            raise ValueError(f"Couldn't find trained model at {self._model_dir}.")
        return exporting.export(
            self, export_dir_base, input_receiver_fn_map, path, assets_extra, as_text,
            strip_default_attrs,
        )  # fmt: skip

    # Common ---------------------------------------------------------------------------------------

    def _latest(self, to_do: str) -> str | None:
        path = self.latest_checkpoint()
        if not path:
            logging.info(
                f"Could not find trained model in model_dir: {self._model_dir}, running "
                f"initialization to {to_do}."
            )
        return path

    def _create_global_step(self, graph: Graph) -> Any:
        return training_util.create_global_step(graph)

    def _create_and_assert_global_step(self, graph: Graph) -> Any:
        step = self._create_global_step(graph)
        assert step is training_util.get_global_step()
        assert step.dtype.is_integer
        return step

    def _warm_start(self) -> None:
        settings = self._warm_start_settings
        assert settings is not None
        logging.info(f"Warm-starting with WarmStartSettings: {settings}")
        begin_with(*settings)

    def _call_input_fn(self, input_fn: _InputFn, mode: str, input_context: Any = None) -> Any:
        return call_input_fn(
            input_fn,
            mode=mode,
            params=self.params,
            config=self.config,
            input_context=input_context,
        )

    def _call_model_fn(self, features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        taken = fn_args(self._model_fn)
        if "labels" not in taken and labels is not None:
            raise ValueError("model_fn does not take labels, but input_fn returns labels.")
        given = {"labels": labels, "mode": mode, "params": self.params, "config": config}
        logging.info("Calling model_fn.")
        spec = self._model_fn(
            features=features, **{name: value for name, value in given.items() if name in taken}
        )
        logging.info("Done calling model_fn.")
        if not isinstance(spec, EstimatorSpec):
            raise ValueError(
                "model_fn should return an EstimatorSpec."
                f"\n  It returned {'nothing' if spec is None else type(spec).__name__}: end it "
                "with `return tf.estimator.EstimatorSpec(mode, ...)`."
            )
        return spec
