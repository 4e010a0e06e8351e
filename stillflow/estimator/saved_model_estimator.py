"""`tf.contrib.estimator.SavedModelEstimator`: an estimator of the graphs in a SavedModel."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from stillflow.checkpoint import management
from stillflow.estimator.estimator import Estimator
from stillflow.estimator.mode_keys import ModeKeys
from stillflow.estimator.receivers import named_inputs
from stillflow.estimator.spec import EstimatorSpec
from stillflow.estimator.warm_start import WarmStartSettings
from stillflow.graph import dtypes
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.scopes import get_collection, get_collection_ref
from stillflow.graph.tensor_shape import TensorShape
from stillflow.interchange.saved_model import export_output, names
from stillflow.interchange.saved_model import export_signatures as signatures
from stillflow.interchange.saved_model.folders import get_variables_path
from stillflow.interchange.saved_model.main_op import loaded_main_op
from stillflow.interchange.saved_model.stepwise import SavedModelLoader
from stillflow.monitored.scaffold import Scaffold
from stillflow.platform import logging
from stillflow.train import training_util

_METHODS = {
    ModeKeys.TRAIN: export_output.TrainOutput.method_name,
    ModeKeys.EVAL: export_output.EvalOutput.method_name,
}
_OF_EXPORTS = (
    names.ASSETS_KEY, names.LEGACY_INIT_OP_KEY, names.MAIN_OP_KEY, names.TRAIN_OP_KEY,
)  # fmt: skip


class SavedModelEstimator(Estimator):
    """Trains, evaluates and predicts with the graphs that an estimator exported.

    It starts with the values of the SavedModel's variables. It can do what there is a graph for:
    `experimental_export_all_saved_models` writes those of several modes, `export_saved_model` one.

    Args:
      saved_model_dir: the SavedModel's folder.
      model_dir: where checkpoints and summaries go; a temporary folder by default.

    Raises:
      ValueError: there is no checkpoint of variables in the SavedModel.
      OSError: there is no SavedModel.
      NotImplementedError: the configuration of a subclass has a distribution strategy.
      RuntimeError: in use, where there is no graph of that mode.
    """

    def __init__(self, saved_model_dir: Any, model_dir: Any = None):
        checkpoint = _checkpoint_of(saved_model_dir)
        variables = [name for name, _ in management.list_variables(checkpoint)]
        super().__init__(
            model_fn=self._model_fn_from_saved_model,
            model_dir=model_dir,
            warm_start_from=WarmStartSettings(checkpoint, variables),
        )
        if self._config.train_distribute or self._config.eval_distribute:  # type: ignore[attr-defined]
            raise NotImplementedError(
                "SavedModelEstimator currently does not support DistributionStrategy."
            )
        self.saved_model_dir = saved_model_dir
        self.saved_model_loader = SavedModelLoader(saved_model_dir)
        self._available_modes = self._modes_there()

    def _modes_there(self) -> list[str]:
        logging.info("Checking available modes for SavedModelEstimator.")
        found = []
        for mode in (ModeKeys.TRAIN, ModeKeys.EVAL, ModeKeys.PREDICT):
            try:
                there = signatures.SIGNATURE_KEY_MAP[mode] in self._meta_graph(mode).signature_def
            except RuntimeError:
                logging.warning(f"{mode} mode not found in SavedModel.")
                continue
            if there:
                found.append(mode)
            else:
                logging.warning(
                    f"Metagraph for mode {mode} was found, but SignatureDef with key "
                    f'"{signatures.SIGNATURE_KEY_MAP[mode]}" is missing.'
                )
        logging.info(f"Available modes for Estimator: {found}")
        return found

    def _meta_graph(self, mode: str) -> Any:
        return self.saved_model_loader.get_meta_graph_def_from_tags(signatures.EXPORT_TAG_MAP[mode])

    def _create_and_assert_global_step(self, graph: Graph) -> Any:
        """None: the step comes with the loaded graph, which must not find another one."""
        del graph

    def _model_fn_from_saved_model(self, features: Any, labels: Any, mode: str) -> EstimatorSpec:
        if mode not in self._available_modes:
            raise RuntimeError(
                f"{mode} mode is not available in the SavedModel. Use saved_model_cli to check "
                "that the Metagraph for this mode has been exported."
            )
        graph = get_default_graph()
        if training_util.get_global_step(graph) is not None:
            raise RuntimeError(
                "Graph must not contain a global step tensor before the SavedModel is loaded. "
                "Please make sure that the input function does not create a global step."
            )
        meta = self._meta_graph(mode)
        signature = meta.signature_def[signatures.SIGNATURE_KEY_MAP[mode]]
        outputs = self._loaded(graph, mode, signature, features, labels)
        scaffold = Scaffold(local_init_op=loaded_main_op(meta))
        training_util.assert_global_step(training_util.get_global_step(graph))
        return _spec(mode, signature.method_name, outputs, scaffold)

    def _loaded(
        self, graph: Graph, mode: str, signature: Any, features: Any, labels: Any
    ) -> dict[str, Any]:
        """Adds the graph of `mode`, fed with features and labels; returns its outputs."""
        outputs = {key: info.name for key, info in signature.outputs.items()}
        _, tensors = self.saved_model_loader.load_graph(
            graph,
            signatures.EXPORT_TAG_MAP[mode],
            input_map=_input_map(signature, features, labels),
            return_elements=outputs.values(),
        )
        return dict(zip(outputs, tensors or (), strict=True))


def _checkpoint_of(saved_model_dir: Any) -> str:
    path = get_variables_path(saved_model_dir)
    if not os.path.exists(f"{path}.index"):
        raise ValueError(f"Couldn't find saved variables in SavedModel {saved_model_dir!r}.")
    return path


def _input_map(signature: Any, features: Any, labels: Any) -> dict[str, Any]:
    """What takes the place of the graph's inputs, and of waiting for them, by their names."""
    given = dict(named_inputs(features, "feature", signatures.SINGLE_FEATURE_DEFAULT_NAME))
    if labels is not None:
        given = {**named_inputs(labels, "label", signatures.SINGLE_LABEL_DEFAULT_NAME), **given}
    found = {}
    for key, info in signature.inputs.items():
        if key not in given:
            raise ValueError(
                f'Key "{key}" not found in features or labels passed in to the model function. '
                f"All required keys: {signature.inputs.keys()}"
            )
        _check_agrees(given[key], info, key)
        name = info.name.partition(":")[0]
        found[name] = found[f"^{name}"] = given[key]
    return found


def _check_agrees(tensor: Any, info: Any, key: str) -> None:
    wrong = ""
    if tensor.dtype != dtypes.as_dtype(info.dtype):
        wrong += f"\n\tExpected dtype: {dtypes.as_dtype(info.dtype)}, Got: {tensor.dtype}"
    if not tensor.shape.is_compatible_with(TensorShape(info.tensor_shape)):
        wrong += f"\n\tExpected shape: {TensorShape(info.tensor_shape)}, Got: {tensor.shape}"
    if wrong:
        raise ValueError(f"Tensor shape and/or dtype validation failed for input {key}:{wrong}")


def _spec(
    mode: str, method_name: str, outputs: dict[str, Any], scaffold: Scaffold
) -> EstimatorSpec:
    settings: dict[str, Any] = {"predictions": outputs}
    if mode in _METHODS:
        if method_name != _METHODS[mode]:
            raise RuntimeError(
                f"Invalid SignatureDef method name for mode {mode}.\n\tExpected: "
                f"{_METHODS[mode]}\n\tGot: {method_name}\nPlease ensure that the SavedModel was "
                "exported with `tf.estimator.experimental_export_all_saved_models()`."
            )
        settings = {
            "loss": outputs["loss"],
            "predictions": {k: v for k, v in outputs.items() if k.split("/")[0] == "predictions"},
            "eval_metric_ops": _metrics(outputs),
        }
    return EstimatorSpec(mode, train_op=_taken_train_op(), scaffold=scaffold, **settings)


def _metrics(outputs: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    found = {}
    for key, value in outputs.items():
        name, _, part = key.rpartition("/")
        if key.startswith("metrics/") and part == "value" and f"{name}/update_op" in outputs:
            found[name] = value, outputs[f"{name}/update_op"]
    return found


def _taken_train_op() -> Any:
    """What trains, out of its collection; those of exports are emptied, for exports to come."""
    listed = get_collection(names.TRAIN_OP_KEY)
    if len(listed) > 1:
        raise RuntimeError("Multiple ops found in the train_op collection.")
    for key in _OF_EXPORTS:
        get_collection_ref(key).clear()
    return listed[0] if listed else None
