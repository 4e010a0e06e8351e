"""Signatures that TensorFlow's own exporters write: of steps of training and of operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stillflow.graph import errors
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.interchange.saved_model.signatures import build_signature_def, build_tensor_info

SUPERVISED_TRAIN_METHOD_NAME = "tensorflow/supervised/training"
SUPERVISED_EVAL_METHOD_NAME = "tensorflow/supervised/eval"


def supervised_train_signature_def(
    inputs: Mapping[str, Any],
    loss: Mapping[str, Any] | None,
    predictions: Mapping[str, Any] | None = None,
    metrics: Mapping[str, Any] | None = None,
) -> Any:
    """Returns the SignatureDef of training; ValueError without inputs."""
    return _supervised(SUPERVISED_TRAIN_METHOD_NAME, inputs, loss, predictions, metrics)


def supervised_eval_signature_def(
    inputs: Mapping[str, Any],
    loss: Mapping[str, Any] | None,
    predictions: Mapping[str, Any] | None = None,
    metrics: Mapping[str, Any] | None = None,
) -> Any:
    """Returns the SignatureDef of an evaluation; ValueError without inputs."""
    return _supervised(SUPERVISED_EVAL_METHOD_NAME, inputs, loss, predictions, metrics)


def _supervised(method: str, inputs: Any, *outputs: Mapping[str, Any] | None) -> Any:
    if not inputs:
        raise ValueError(f"{method} inputs cannot be None or empty.")
    given = {key: build_tensor_info(tensor) for key, tensor in inputs.items()}
    named = {key: tensor for group in outputs if group for key, tensor in group.items()}
    results = {key: build_tensor_info(tensor) for key, tensor in named.items()}
    return build_signature_def(given, results, method)


def build_tensor_info_from_op(op: Any) -> Any:
    """Returns a TensorInfo that names an operation."""
    from tensorboard.compat.proto.meta_graph_pb2 import TensorInfo

    info = TensorInfo(name=op.name)
    info.tensor_shape.unknown_rank = True
    return info


def get_element_from_tensor_info(
    tensor_info: Any, graph: Graph | None = None, import_scope: str | None = None
) -> Any:
    """Returns the tensor or the operation that a TensorInfo names; KeyError where none is."""
    name = f"{import_scope}/{tensor_info.name}" if import_scope else tensor_info.name
    return (graph or get_default_graph()).as_graph_element(name)


def op_signature_def(op: Any, key: str) -> Any:
    """Returns a SignatureDef that gives an operation, by a key."""
    return build_signature_def(outputs={key: build_tensor_info_from_op(op)})


def load_op_from_signature_def(
    signature_def: Any, key: str, import_scope: str | None = None
) -> Any:
    """Returns the operation of the default graph that `op_signature_def` told.

    Raises:
      tf.errors.NotFoundError: the graph has none of that name.
    """
    try:
        return get_element_from_tensor_info(signature_def.outputs[key], import_scope=import_scope)
    except KeyError:
        raise errors.NotFoundError(
            None,
            None,
            f"The {key} could not be found in the graph. Please make sure the SavedModel was "
            "created by the internal _SavedModelBuilder. If you are using the public API, please "
            f'make sure the SignatureDef in the SavedModel does not contain the key "{key}".',
        ) from None
