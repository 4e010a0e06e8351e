"""Models as SavedModels, and back: `export_saved_model` and `load_from_saved_model`.

A folder holds a graph each for training, evaluation and prediction, the weights as a checkpoint of
objects that is a checkpoint of names too, and the configuration as JSON.
"""

from __future__ import annotations

import os
from typing import Any

from stillflow.graph import nest
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.interchange.saved_model import folders
from stillflow.interchange.saved_model.export_modes import KerasModeKeys
from stillflow.interchange.saved_model.export_signatures import (
    EXPORT_TAG_MAP,
    build_all_signature_defs,
    export_outputs_for_mode,
)
from stillflow.interchange.saved_model.objects.saving import save
from stillflow.interchange.saved_model.writer import SavedModelWriter
from stillflow.keras.backend.tensors import placeholder
from stillflow.keras.engine.building_clones import clone_and_build_model
from stillflow.keras.engine.sequential import Sequential
from stillflow.keras.metrics.metric import Metric
from stillflow.keras.optimizers.of_train import TFOptimizer
from stillflow.keras.optimizers.optimizer import OptimizerV2
from stillflow.keras.saving.model_config import model_from_json
from stillflow.keras.saving.objects.signatures import trace_model_call
from stillflow.layers.learning_phase import learning_phase_scope
from stillflow.ops.variables.sets import local_variables_initializer
from stillflow.platform import files, logging
from stillflow.platform.deprecation import deprecated
from stillflow.runtime.session import Session
from stillflow.train.objects.object_graph import ObjectGraphView
from stillflow.train.saver import Saver

_JSON = "saved_model.json"


@deprecated(
    None,
    'Please use `model.save(..., save_format="tf")` or '
    '`tf.keras.models.save_model(..., save_format="tf")`.',
)
def export_saved_model(
    model: Any,
    saved_model_path: Any,
    custom_objects: Any = None,
    as_text: bool = False,
    input_signature: Any = None,
    serving_only: bool = False,
) -> None:
    """Writes a model to a folder that `tf.saved_model.load` and serving systems read.

    Args:
      saved_model_path: the folder, which is made, or is empty.
      custom_objects: {name: object}, a program's own classes and functions.
      as_text: whether the graphs are written as text, unless for serving alone.
      input_signature: a nest of TensorSpecs of the inputs, in place of the model's own.
      serving_only: whether the model is written as `tf.saved_model.save` does, with a function of
        its inputs; for models of subclasses, too.

    Raises:
      AssertionError: the folder holds something.
      NotImplementedError: it is a model of a subclass, and not for serving alone.
      ValueError: the weights, or the inputs, are not known yet.
    """
    path = os.fspath(saved_model_path)
    if serving_only:
        save(model, path, signatures=trace_model_call(model, input_signature))
    else:
        _check_exportable(model)
        _Export(model, path, custom_objects, input_signature).write(as_text)
    try:
        text = model.to_json()
    except NotImplementedError:
        logging.warning(
            "Skipped saving model JSON, subclassed model does not have get_config() defined."
        )
        return
    with files.GFile(os.path.join(folders.get_or_create_assets_dir(path), _JSON), "w") as file:
        file.write(text)


@deprecated(
    None,
    "The experimental save and load functions have been  deprecated. Please switch to "
    "`tf.keras.models.load_model`.",
)
def load_from_saved_model(saved_model_path: Any, custom_objects: Any = None) -> Any:
    """Returns the model of a folder that `export_saved_model` wrote, not compiled.

    Args:
      custom_objects: {name: object}, a program's own classes and functions.

    Raises:
      tf.errors.NotFoundError: there is no model in the folder.
    """
    path = os.fspath(saved_model_path)
    with files.GFile(os.path.join(folders.get_assets_dir(path), _JSON), "r") as file:
        model = model_from_json(file.read(), custom_objects=custom_objects)
    status = model.load_weights(folders.get_variables_path(path))
    status.expect_partial()  # the state of the optimizer waits until there is one
    return model


def extract_model_metrics(model: Any) -> dict[str, Any] | None:
    """The metrics that a model was compiled with, by name; None where there are none."""
    if not getattr(model, "_compile_metrics", None):
        return None
    return {metric.name: metric for metric in model._compile_metric_functions}


def _check_exportable(model: Any) -> None:
    if model._is_graph_network:
        return
    if not isinstance(model, Sequential):
        raise NotImplementedError(
            "Subclassed models can only be exported for serving. Please set argument "
            "serving_only=True."
        )
    if not model.built:
        raise ValueError(
            "Weights for sequential model have not yet been created. Weights are created when the "
            "Model is first called on inputs or `build()` is called with an `input_shape`, or the "
            "first layer in the model has `input_shape` during construction."
        )


class _Export:
    """A model on its way to a folder: each of its graphs is that of a clone."""

    def __init__(self, model: Any, path: str, custom_objects: Any, input_signature: Any):
        self.model = model
        self.custom_objects = custom_objects
        self.input_signature = input_signature
        self.writer = SavedModelWriter(path)
        folders.get_or_create_variables_dir(path)
        self.checkpoint = folders.get_variables_path(path)

    def write(self, as_text: bool) -> None:
        self.model.save_weights(self.checkpoint, save_format="tf", overwrite=True)
        if isinstance(self.model.optimizer, TFOptimizer | OptimizerV2):
            self._add(KerasModeKeys.TRAIN)
            self._add(KerasModeKeys.TEST)
        elif self.model.optimizer:
            logging.warning(
                "Model was compiled with an optimizer, but the optimizer is not from `tf.train` "
                "(e.g. `tf.train.AdagradOptimizer`). Only the serving graph was exported. The "
                "train and evaluate graphs were not added to the SavedModel."
            )
        self._add(KerasModeKeys.PREDICT)
        self.writer.save(as_text)

    def _add(self, mode: str) -> None:
        is_compiled = mode != KerasModeKeys.PREDICT
        with (
            Graph().as_default() as graph,
            learning_phase_scope(int(mode == KerasModeKeys.TRAIN)),
        ):
            inputs = None
            if self.input_signature is not None:
                inputs = nest.map_structure(_placeholder_of, self.input_signature)
            clone = clone_and_build_model(
                self.model,
                input_tensors=inputs,
                custom_objects=self.custom_objects,
                compile_clone=is_compiled,
            )
            if is_compiled:
                graph.add_to_collection(GraphKeys.GLOBAL_STEP, clone.optimizer.iterations)
            train_op = _make_function(clone, mode)
            graph.get_collection_ref(GraphKeys.UPDATE_OPS).extend(clone.state_updates)
            with Session().as_default():
                saver = Saver(self._variables_of(clone), allow_empty=True)
                self.writer.add_meta_graph(
                    EXPORT_TAG_MAP[mode],
                    signature_def_map=signatures_of(clone, mode),
                    saver=saver,
                    init_op=local_variables_initializer(),
                    train_op=train_op,
                )

    def _variables_of(self, clone: Any) -> Any:
        """What the clone keeps in the checkpoint, which has it, or gets it of the first clone."""
        variables, _, _ = ObjectGraphView(clone).serialize_object_graph()
        status = clone.load_weights(self.checkpoint)
        status.expect_partial()  # what serves has no optimizer
        if self.writer._has_saved_variables:
            status.assert_existing_objects_matched()
        else:
            # Written anew: the state of a clone's optimizer is there even if it never trained.
            clone.save_weights(self.checkpoint, save_format="tf", overwrite=True)
            self.writer._has_saved_variables = True
        return variables


def _placeholder_of(spec: Any) -> Any:
    return placeholder(shape=spec.shape, dtype=spec.dtype, name=spec.name)


def _make_function(model: Any, mode: str) -> Any:
    """Builds what runs a model in a mode; returns what trains it."""
    if mode == KerasModeKeys.TRAIN:
        model._make_train_function()
        return model.train_function.updates_op
    if mode == KerasModeKeys.TEST:
        model._make_test_function()
    else:
        model._make_predict_function()
    return None


def signatures_of(model: Any, mode: str) -> dict[str, Any]:
    """What of a model is fed and what it gives, as SignatureDefs, in a mode."""
    inputs = dict(zip(model.input_names, model.inputs, strict=False))
    if model.optimizer:
        targets = [target for target in model._targets if target is not None]
        inputs |= {target.name.split(":")[0]: target for target in targets}
    outputs = export_outputs_for_mode(
        mode,
        predictions=dict(zip(model.output_names, model.outputs, strict=False)),
        loss=model.total_loss if model.optimizer else None,
        metrics=_metrics_of(model),
    )
    return build_all_signature_defs(
        inputs, export_outputs=outputs, serving_only=mode == KerasModeKeys.PREDICT
    )


def _metrics_of(model: Any) -> dict[str, Any] | None:
    """(value, update) of each metric, whose variables are local ones from here on."""
    metrics = extract_model_metrics(model)
    if metrics is None:
        return None
    local = get_default_graph().get_collection_ref(GraphKeys.LOCAL_VARIABLES)
    for name, metric in metrics.items():
        if isinstance(metric, Metric):
            known = {id(variable) for variable in local}
            local.extend(each for each in metric.variables if id(each) not in known)
            metrics[name] = metric.result(), metric.updates[0]
    return metrics
