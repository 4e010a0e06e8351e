"""`tf.contrib.learn.Estimator`: an estimator of a model function."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from stillflow.checkpoint.management import latest_checkpoint
from stillflow.graph import text
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.graph import Graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import add_to_collection, get_collection
from stillflow.interchange.saved_model.builder import SavedModelBuilder
from stillflow.learn.estimators import constants, measuring, tensor_signature
from stillflow.learn.estimators.base_estimator import BaseEstimator
from stillflow.learn.estimators.model_fn_ops import ModeKeys, ModelFnOps
from stillflow.learn.estimators.parameters import NotFittedError
from stillflow.learn.exporting import folders, signatures
from stillflow.ops.control.ordering import group
from stillflow.ops.metrics.means import mean
from stillflow.ops.variables.resource_sets import initialize_resources, shared_resources
from stillflow.ops.variables.sets import local_variables_initializer, tables_initializer
from stillflow.platform import files, logging
from stillflow.platform.decorators import getargspec, unwrap
from stillflow.runtime.session import Session
from stillflow.train import training_util
from stillflow.train.saver import Saver

_ModelFn = Callable[..., Any]


class GraphRewriteSpec(NamedTuple):
    """Tags of a graph in a SavedModel, and the names of what is done to it before."""

    tags: Iterable[str]
    transforms: Iterable[str]


_AS_IT_IS = (GraphRewriteSpec(("serve",), ()),)


def model_fn_args(fn: Any) -> tuple[str, ...]:
    """The names of a function's arguments; those that a partial one has are left out."""
    _, fn = unwrap(fn)
    if not (hasattr(fn, "func") and hasattr(fn, "keywords") and hasattr(fn, "args")):
        return tuple(getargspec(fn).args)
    left = getargspec(fn.func).args[len(fn.args) :]
    return tuple(name for name in left if name not in fn.keywords)


def _unchanged(features: Any, labels: Any) -> tuple[Any, Any]:
    return features, labels


class Estimator(BaseEstimator):
    """A model that is a function of features, labels and mode.

    Args:
      model_fn: called with features and labels, and with those of `mode`, `params`, `config` and
        `model_dir` that it takes; returns ModelFnOps, or (predictions, loss, train_op).
      model_dir: where checkpoints and summaries go; a temporary folder by default.
      config: a RunConfig.
      params: a dict that `model_fn` gets.
      feature_engineering_fn: of (features, labels), which gives those that `model_fn` gets.

    Raises:
      ValueError: `params` are given and `model_fn` takes none.
    """

    def __init__(
        self,
        model_fn: _ModelFn | None = None,
        model_dir: str | None = None,
        config: Any = None,
        params: Any = None,
        feature_engineering_fn: Callable[[Any, Any], tuple[Any, Any]] | None = None,
    ):
        super().__init__(model_dir=model_dir, config=config)
        if model_fn is not None:
            takes_params = "params" in model_fn_args(model_fn)
            if params is not None and not takes_params:
                raise ValueError(
                    f"Estimator's model_fn ({model_fn}) does not have a params argument, but "
                    f"params ({params}) were passed to the Estimator's constructor."
                )
            if params is None and takes_params:
                logging.warning(
                    "Estimator's model_fn (%s) includes params argument, but params are not passed "
                    "to Estimator.",
                    model_fn,
                )
        self._model_fn = model_fn
        self.params = params
        self._feature_engineering_fn = feature_engineering_fn or _unchanged

    def _call_model_fn(
        self, features: Any, labels: Any, mode: str, metrics: Any = None, config: Any = None
    ) -> ModelFnOps:
        """Raises ValueError: the model function returns something else."""
        features, labels = self._feature_engineering_fn(features, labels)
        names = model_fn_args(self._model_fn)
        offered: dict[str, Callable[[], Any]] = {
            "mode": lambda: mode,
            "params": lambda: self.params,
            "config": lambda: config or self.config,
            "model_dir": lambda: self.model_dir,
        }
        taken = {name: value() for name, value in offered.items() if name in names}
        assert self._model_fn is not None
        built = self._model_fn(features, labels, **taken)
        if not isinstance(built, ModelFnOps):
            if len(built) != 3:
                raise ValueError(
                    "Unrecognized value returned by model_fn, please return ModelFnOps."
                )
            predictions, loss, train_op = built
            built = ModelFnOps(mode, predictions=predictions, loss=loss, train_op=train_op)
        if metrics:
            own = measuring.make_metrics_ops(metrics, features, labels, built.predictions)
            built.eval_metric_ops.update(own)
        return built

    def _get_train_ops(self, features: Any, labels: Any) -> ModelFnOps:
        return self._call_model_fn(features, labels, ModeKeys.TRAIN)

    def _get_eval_ops(self, features: Any, labels: Any, metrics: Any) -> ModelFnOps:
        built = self._call_model_fn(features, labels, ModeKeys.EVAL, metrics)
        if constants.MetricKey.LOSS not in built.eval_metric_ops:
            built.eval_metric_ops[constants.MetricKey.LOSS] = mean(built.loss)
        return built

    def _get_predict_ops(self, features: Any) -> ModelFnOps:
        labels = tensor_signature.create_placeholders_from_signatures(self._labels_info)
        return self._call_model_fn(features, labels, ModeKeys.INFER)

    def export_savedmodel(
        self,
        export_dir_base: Any,
        serving_input_fn: Callable[[], Any],
        default_output_alternative_key: str | None = None,
        assets_extra: Mapping[str, str] | None = None,
        as_text: bool = False,
        checkpoint_path: str | None = None,
        graph_rewrite_specs: Any = _AS_IT_IS,
        strip_default_attrs: bool = False,
    ) -> bytes:
        """Writes a checkpoint as a SavedModel to a new folder below `export_dir_base`.

        Args:
          serving_input_fn: returns InputFnOps.
          default_output_alternative_key: what is served by default, where there are several heads.
          assets_extra: {path below the model's assets.extra: file to copy}.
          checkpoint_path: the latest one by default.
          strip_default_attrs: leaves out attributes that have their defaults.

        Raises:
          ValueError: there is no `serving_input_fn`, or no such output.
          NotFittedError: there is no checkpoint.
          tf.errors.UnimplementedError: a further graph is asked for, rewritten.
        """
        if serving_input_fn is None:
            raise ValueError("serving_input_fn must be defined.")
        path = checkpoint_path or latest_checkpoint(self._model_dir)
        if not path:
            raise NotFittedError(f"Couldn't find trained model at {self._model_dir}.")
        tags = _tags(graph_rewrite_specs)
        folder = folders.get_timestamped_export_dir(export_dir_base)
        unfinished = folders.get_temp_export_dir(folder)
        builder = SavedModelBuilder(text.as_text(unfinished))
        with Graph().as_default() as graph:
            definitions, initial, scaffold = self._build_served(
                graph, serving_input_fn, default_output_alternative_key
            )
            with Session("") as session:
                saver = scaffold.saver if scaffold is not None else None
                (saver or Saver(sharded=True)).restore(session, path)
                builder.add_meta_graph_and_variables(
                    session,
                    tags,
                    signature_def_map=definitions,
                    assets_collection=get_collection(GraphKeys.ASSET_FILEPATHS),
                    main_op=initial,
                    strip_default_attrs=strip_default_attrs,
                )
        for relative, source in (assets_extra or {}).items():
            target = os.path.join(text.as_text(unfinished), "assets.extra", text.as_text(relative))
            files.MakeDirs(os.path.dirname(target))
            files.Copy(source, target)
        builder.save(as_text)
        files.Rename(unfinished, folder)
        return folder

    def _build_served(
        self, graph: Graph, serving_input_fn: Callable[[], Any], default: str | None
    ) -> tuple[dict[str, Any], Any, Any]:
        """Builds what is served: (signatures, what initialises the graph, its scaffold)."""
        training_util.create_global_step(graph)
        fed = serving_input_fn()
        inputs, features = signatures.get_input_alternatives(fed)
        for name in fed.features:
            add_to_collection(constants.COLLECTION_DEF_KEY_FOR_INPUT_FEATURE_KEYS, name)
        model = self._call_model_fn(features, None, ModeKeys.INFER)
        outputs, default_output = signatures.get_output_alternatives(model, default)
        initial = group(
            local_variables_initializer(),
            initialize_resources(shared_resources()),
            tables_initializer(),
        )
        definitions = signatures.build_all_signature_defs(inputs, outputs, default_output)
        return definitions, initial, model.scaffold


def _tags(specs: Any) -> list[str]:
    first, *others = specs or (GraphRewriteSpec((), ("",)),)
    if first.transforms:
        raise ValueError("The first element of graph_rewrite_specs must specify no transforms.")
    if others:
        raise UnimplementedError(
            None,
            None,
            "Graphs that are rewritten before they are exported are not in Stillflow.\n"
            "  Leave out all but the first of graph_rewrite_specs.",
        )
    return list(first.tags)
