"""`BaseEstimator`: trains, evaluates and predicts with the operations that subclasses build."""

from __future__ import annotations

import abc
import copy
import os
import tempfile
from collections.abc import Callable, Iterable
from typing import Any

from stillflow.checkpoint.management import latest_checkpoint, list_variables, load_variable
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.graph import Graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.random_seed import set_random_seed
from stillflow.learn.estimators import measuring, predictions, tensor_signature, training
from stillflow.learn.estimators.inputs import input_and_feed_fn, verify_input_args
from stillflow.learn.estimators.interfaces import Evaluable, Trainable
from stillflow.learn.estimators.parameters import NotFittedError, Parameters
from stillflow.learn.estimators.run_config import RunConfig
from stillflow.learn.monitors.adapting import replace_monitors_with_hooks
from stillflow.monitored import evaluating
from stillflow.monitored.creators import ChiefSessionCreator
from stillflow.monitored.sessions import MonitoredSession
from stillflow.monitored.stopping import FeedFnHook, StopAtStepHook
from stillflow.platform import logging
from stillflow.platform.deprecation import deprecated, deprecated_args
from stillflow.train import training_util

AS_ITERABLE_DATE = "2016-09-15"
AS_ITERABLE_INSTRUCTIONS = (
    "The default behavior of predict() is changing. The default value for\n"
    "as_iterable will change to True, and then the flag will be removed\n"
    "altogether. The behavior of this flag is described below."
)
SCIKIT_DECOUPLE_DATE = "2016-12-01"
SCIKIT_DECOUPLE_INSTRUCTIONS = (
    "Estimator is decoupled from Scikit Learn interface by moving into\n"
    "separate class SKCompat. Arguments x, y and batch_size are only\n"
    "available in the SKCompat class, Estimator will only accept input_fn.\n"
    "Example conversion:\n"
    "  est = Estimator(...) -> est = SKCompat(Estimator(...))"
)
_arrays = deprecated_args(
    SCIKIT_DECOUPLE_DATE,
    SCIKIT_DECOUPLE_INSTRUCTIONS,
    ("x", None),
    ("y", None),
    ("batch_size", None),
)
_InputFn = Callable[[], Any]


class BaseEstimator(Parameters, Evaluable, Trainable):
    """A model in a folder. A subclass builds its operations for each mode.

    Args:
      model_dir: where checkpoints and summaries go; a temporary folder by default.
      config: a RunConfig.

    Raises:
      ValueError: `model_dir` is another one in `config`.
    """

    _Config = RunConfig

    @deprecated(
        None,
        "Please replace uses of any Estimator from tf.contrib.learn with an Estimator from "
        "tf.estimator.*",
    )
    def __init__(self, model_dir: str | None = None, config: Any = None):
        if config is None:
            config = BaseEstimator._Config()
            logging.info("Using default config.")
        self._session_config = config.session_config or training.default_session_config()
        if None not in (model_dir, config.model_dir) and model_dir != config.model_dir:
            raise ValueError(
                "model_dir are set both in constructor and RunConfig, but with different values. "
                f"In constructor: '{model_dir}', in RunConfig: '{config.model_dir}' "
            )
        self._model_dir: str = model_dir or config.model_dir
        if self._model_dir is None:
            self._model_dir = tempfile.mkdtemp()
            logging.warning("Using temporary folder as model directory: %s", self._model_dir)
        if config.model_dir is None:
            config = config.replace(model_dir=self._model_dir)
        self._config = config
        logging.info("Using config: %s", str(vars(config)))
        self._device_fn = training.replica_device_setter_of(config)
        self._features_info: Any = None
        self._labels_info: Any = None
        self._graph: Graph | None = None

    @property
    def config(self) -> Any:
        """A copy of the RunConfig."""
        return copy.deepcopy(self._config)

    @property
    def model_fn(self) -> Callable[..., Any]:
        """The model function, of (features, labels, mode, config)."""

        def public_model_fn(features: Any, labels: Any, mode: str, config: Any) -> Any:
            return self._call_model_fn(features, labels, mode, config=config)  # type: ignore[attr-defined]

        return public_model_fn

    @property
    def model_dir(self) -> str:
        return self._model_dir

    def get_variable_value(self, name: str) -> Any:
        """The value of a variable in the latest checkpoint."""
        return load_variable(self.model_dir, name)

    def get_variable_names(self) -> list[str]:
        """The names of all variables in the latest checkpoint."""
        return [name for name, _ in list_variables(self.model_dir)]

    # What subclasses build ------------------------------------------------------------------------

    @abc.abstractmethod
    def _get_train_ops(self, features: Any, labels: Any) -> Any:
        """The ModelFnOps of a training."""

    @abc.abstractmethod
    def _get_predict_ops(self, features: Any) -> Any:
        """The ModelFnOps of predictions."""

    def _get_eval_ops(self, features: Any, labels: Any, metrics: Any) -> Any:
        raise NotImplementedError("_get_eval_ops not implemented in BaseEstimator")

    @deprecated(
        "2016-09-23",
        "The signature of the input_fn accepted by export is changing to be consistent with what's "
        "used by tf.Learn Estimator's train/evaluate, which makes this function useless. This will "
        "be removed after the deprecation date.",
    )
    def _get_feature_ops_from_example(self, examples_batch: Any) -> Any:
        if self._features_info is None:
            raise ValueError("Features information missing, was fit() ever called?")
        return tensor_signature.create_example_parser_from_signatures(
            self._features_info, examples_batch
        )

    def _check_inputs(self, features: Any, labels: Any) -> None:
        """Takes down what the first inputs are like; ValueError for later ones that differ."""
        self._features_info = _checked(features, self._features_info, "Features", "features")
        if labels is not None:
            self._labels_info = _checked(labels, self._labels_info, "Labels", "labels")

    # Training -------------------------------------------------------------------------------------

    @_arrays
    def fit(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: _InputFn | None = None,
        steps: int | None = None,
        batch_size: int | None = None,
        monitors: Any = None,
        max_steps: int | None = None,
    ) -> Any:
        """Trains from the latest checkpoint on, for so many steps or until the input ends.

        Args:
          x, y, batch_size: arrays of features and labels, instead of `input_fn`.
          steps, max_steps: so many more, or until the global step is that; one of them.
          monitors: monitors and SessionRunHooks.

        Raises:
          ValueError: both of two alternatives are given, or none of arrays and a function.
        """
        if steps is not None and max_steps is not None:
            raise ValueError("Can not provide both steps and max_steps.")
        verify_input_args(x, y, input_fn, None, batch_size)
        if x is not None:
            self._as_sklearn().fit(x, y, batch_size, steps, max_steps, monitors)
            return self
        if max_steps is not None and max_steps <= training.trained_steps(self._model_dir):
            logging.info("Skipping training since max_steps has already saved.")
            return self
        hooks = replace_monitors_with_hooks(monitors, self)
        if steps is not None or max_steps is not None:
            hooks.append(StopAtStepHook(steps, max_steps))
        loss = self._train_model(input_fn=input_fn, hooks=hooks)
        logging.info("Loss for final step: %s.", loss)
        return self

    @_arrays
    def partial_fit(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: _InputFn | None = None,
        steps: int = 1,
        batch_size: int | None = None,
        monitors: Any = None,
    ) -> Any:
        """`fit`, of one step by default."""
        logging.warning(
            "The current implementation of partial_fit is not optimized for use in a loop. "
            "Consider using fit() instead."
        )
        return self.fit(
            x=x, y=y, input_fn=input_fn, steps=steps, batch_size=batch_size, monitors=monitors
        )

    def _as_sklearn(self) -> Any:
        from stillflow.learn.estimators.sk_compat import SKCompat  # which wraps estimators

        return SKCompat(self)

    def _train_model(self, input_fn: Any, hooks: list[Any]) -> Any:
        self._graph = Graph()
        with self._graph.as_default() as graph, graph.device(self._device_fn):
            set_random_seed(self._config.tf_random_seed)
            global_step = training_util.create_global_step(graph)
            features, labels = input_fn()
            self._check_inputs(features, labels)
            training_util.get_or_create_global_step_read(graph)
            model = self._get_train_ops(features, labels)
            graph.add_to_collection(GraphKeys.LOSSES, model.loss)
            return training.run_steps(
                self._config, self._session_config, self._model_dir, model, global_step, hooks
            )

    # Evaluation -----------------------------------------------------------------------------------

    @_arrays
    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: _InputFn | None = None,
        feed_fn: Callable[[], Any] | None = None,
        batch_size: int | None = None,
        steps: int | None = None,
        metrics: Any = None,
        name: str | None = None,
        checkpoint_path: str | None = None,
        hooks: Any = None,
        log_progress: bool = True,
    ) -> Any:
        """Returns the metrics of a checkpoint, and the global step, over `steps` batches.

        Args:
          x, y, batch_size: arrays of features and labels, instead of `input_fn`.
          metrics: {name: MetricSpec}, beside the model's own.
          name: of the evaluation, where there are several.

        Raises:
          ValueError: the inputs are given twice or not at all, or `metrics` is no dict.
          NotFittedError: there is no checkpoint.
        """
        verify_input_args(x, y, input_fn, feed_fn, batch_size)
        if x is not None:
            return self._as_sklearn().score(x, y, batch_size, steps, metrics, name)
        check_metrics(metrics)
        results, global_step = self._evaluate_model(
            input_fn=input_fn, feed_fn=feed_fn, steps=steps, metrics=metrics, name=name,
            checkpoint_path=checkpoint_path, hooks=hooks, log_progress=log_progress,
        )  # fmt: skip
        if results is not None:
            results.update({"global_step": global_step})
        return results

    def _evaluate_model(
        self,
        input_fn: Any,
        steps: int | None,
        feed_fn: Callable[[], Any] | None = None,
        metrics: Any = None,
        name: str | None = "",
        checkpoint_path: str | None = None,
        hooks: Any = None,
        log_progress: bool = True,
    ) -> tuple[Any, Any]:
        """(results, global step)"""
        path = checkpoint_path or self._latest_checkpoint()
        with Graph().as_default() as graph:
            set_random_seed(self._config.tf_random_seed)
            global_step = training_util.create_global_step(graph)
            features, labels = input_fn()
            self._check_inputs(features, labels)
            model = self._get_eval_ops(features, labels, metrics)
            update, values = measuring.updates_and_values(model.eval_metric_ops)
            all_hooks = [*(hooks or []), *([FeedFnHook(feed_fn)] if feed_fn else [])]
            if steps == 0:
                logging.warning(
                    "evaluation steps are 0. If `input_fn` does not raise `OutOfRangeError`, the "
                    "evaluation will never stop. Use steps=None if intended."
                )
            if steps:
                all_hooks.append(evaluating.StopAfterNEvalsHook(steps, log_progress=log_progress))
            step_key = _free_key("global_step", values)
            values[step_key] = global_step
            results = evaluating.evaluate_once(
                checkpoint_path=path, master=self._config.evaluation_master,
                scaffold=model.scaffold, eval_ops=update, final_ops=values, hooks=all_hooks,
                config=self._session_config,
            )  # fmt: skip
            measuring.write_results(self._eval_dir(name), results, results[step_key])
        return results, results[step_key]

    def _eval_dir(self, name: str | None) -> str:
        return os.path.join(self._model_dir, f"eval_{name}" if name else "eval")

    def _latest_checkpoint(self) -> str:
        path = latest_checkpoint(self._model_dir)
        if not path:
            raise NotFittedError(f"Couldn't find trained model at {self._model_dir}.")
        return path

    # Prediction -----------------------------------------------------------------------------------

    @deprecated_args(
        SCIKIT_DECOUPLE_DATE,
        SCIKIT_DECOUPLE_INSTRUCTIONS,
        ("x", None),
        ("batch_size", None),
        ("as_iterable", True),
    )
    def predict(
        self,
        x: Any = None,
        input_fn: _InputFn | None = None,
        batch_size: int | None = None,
        outputs: Iterable[str] | None = None,
        as_iterable: bool = True,
        iterate_batches: bool = False,
    ) -> Any:
        """The predictions of the latest checkpoint, one after another.

        Args:
          outputs: which of the predictions, where there are several.
          as_iterable: False for those of the first batch at once.
          iterate_batches: whether they come in batches.

        Raises:
          ValueError: the inputs are given twice or not at all, or none of `outputs` is there.
          NotFittedError: there is no checkpoint.
        """
        verify_input_args(x, None, input_fn, None, batch_size)
        if x is not None and not as_iterable:
            return self._as_sklearn().predict(x, batch_size)
        own_input_fn, feed_fn = input_and_feed_fn(x, None, input_fn, None, batch_size)
        return self._infer_model(
            input_fn=own_input_fn, feed_fn=feed_fn, outputs=outputs, as_iterable=as_iterable,
            iterate_batches=iterate_batches,
        )  # fmt: skip

    def _infer_model(
        self,
        input_fn: Any,
        feed_fn: Callable[[], Any] | None = None,
        outputs: Iterable[str] | None = None,
        as_iterable: bool = True,
        iterate_batches: bool = False,
    ) -> Any:
        path = self._latest_checkpoint()
        with Graph().as_default() as graph:
            set_random_seed(self._config.tf_random_seed)
            training_util.create_global_step(graph)
            given = input_fn()
            features = given[0] if isinstance(given, (list, tuple)) else given
            model = self._get_predict_ops(features)
            chosen = predictions.filtered(model.predictions, outputs)
            session = MonitoredSession(
                session_creator=ChiefSessionCreator(
                    checkpoint_filename_with_path=path, scaffold=model.scaffold,
                    config=self._session_config,
                )
            )  # fmt: skip
            if as_iterable:
                return predictions.each(session, chosen, feed_fn, iterate_batches)
            with session:
                if not session.should_stop():
                    return session.run(chosen, feed_fn() if feed_fn else None)
        return None

    # Export ---------------------------------------------------------------------------------------

    @deprecated("2017-03-25", "Please use Estimator.export_savedmodel() instead.")
    def export(self, export_dir: str, *args: Any, **kwargs: Any) -> Any:
        """UnimplementedError: the form of exports before SavedModels, which nothing loads now."""
        raise UnimplementedError(
            None,
            None,
            "Estimator.export writes a form of before SavedModels, which is not in Stillflow."
            "\n  Use export_savedmodel().",
        )


def check_metrics(metrics: Any) -> None:
    if metrics is not None and not isinstance(metrics, dict):
        raise ValueError(f"Metrics argument should be None or dict. Got {metrics}.")


def _checked(tensors: Any, known: Any, what: str, name: str) -> Any:
    """The signatures, those of the tensors if there are none yet."""
    if known is None:
        signatures = tensor_signature.create_signatures(tensors)
        logging.debug("Setting %s info to %s.", name, str(signatures))
        return signatures
    logging.debug("Given %s: %s, required signatures: %s.", name, str(tensors), str(known))
    if not tensor_signature.tensors_compatible(tensors, known):
        raise ValueError(
            f"{what} are incompatible with given information. Given {name}: {tensors}, required "
            f"signatures: {known}."
        )
    return known


def _free_key(name: str, taken: Any) -> str:
    while name in taken:
        name = f"_{name}"
    return name
