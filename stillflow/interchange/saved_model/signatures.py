"""Signatures: which tensors a caller of a saved graph gives and gets, by names of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stillflow.graph import dtypes, nest
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.context import check_not_eager
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.interchange.saved_model import names
from stillflow.interchange.saved_model.structures import StructureCoder
from stillflow.ops.sparse.sparse_tensor import SparseTensor


def build_tensor_info(tensor: Any) -> Any:
    """Returns the TensorInfo of a tensor, dense or not: names, types and static shapes.

    Raises:
      RuntimeError: eagerly, where tensors have no names.
    """
    check_not_eager("build_tensor_info is not supported in Eager mode.")
    from tensorboard.compat.proto.meta_graph_pb2 import TensorInfo

    if isinstance(tensor, CompositeTensor) and not isinstance(tensor, SparseTensor):
        return _info_of_parts(tensor)
    info = TensorInfo(
        dtype=dtypes.as_dtype(tensor.dtype).as_datatype_enum,
        tensor_shape=tensor.get_shape().as_proto(),
    )
    if isinstance(tensor, SparseTensor):
        info.coo_sparse.indices_tensor_name = tensor.indices.name
        info.coo_sparse.values_tensor_name = tensor.values.name
        info.coo_sparse.dense_shape_tensor_name = tensor.dense_shape.name
    else:
        info.name = tensor.name
    return info


def _info_of_parts(tensor: CompositeTensor) -> Any:
    from tensorboard.compat.proto.meta_graph_pb2 import TensorInfo

    info = TensorInfo()
    spec = StructureCoder().encode_structure(tensor._type_spec)
    info.composite_tensor.type_spec.CopyFrom(spec.type_spec_value)
    parts = nest.flatten(tensor, expand_composites=True)
    info.composite_tensor.components.extend(map(build_tensor_info, parts))
    return info


def get_tensor_from_tensor_info(
    tensor_info: Any, graph: Graph | None = None, import_scope: str | None = None
) -> Any:
    """Returns the tensor of `graph`, or of the default one, that a TensorInfo names.

    Raises:
      KeyError: the graph has none of that name.
      ValueError: the TensorInfo names no tensor.
    """
    graph = graph or get_default_graph()

    def named(name: str) -> Tensor:
        return graph.get_tensor_by_name(f"{import_scope}/{name}" if import_scope else name)

    encoding = tensor_info.WhichOneof("encoding")
    if encoding == "name":
        return named(tensor_info.name)
    if encoding == "coo_sparse":
        parts = tensor_info.coo_sparse
        return SparseTensor(
            named(parts.indices_tensor_name),
            named(parts.values_tensor_name),
            named(parts.dense_shape_tensor_name),
        )
    if encoding == "composite_tensor":
        from tensorboard.compat.proto.struct_pb2 import StructuredValue

        whole = tensor_info.composite_tensor
        spec = StructureCoder().decode_proto(StructuredValue(type_spec_value=whole.type_spec))
        return spec._from_components([named(part.name) for part in whole.components])
    raise ValueError(f"Invalid TensorInfo.encoding: {encoding}")


def build_signature_def(
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any] | None = None,
    method_name: str | None = None,
) -> Any:
    """Returns a SignatureDef of TensorInfos."""
    from tensorboard.compat.proto.meta_graph_pb2 import SignatureDef

    return SignatureDef(inputs=inputs or {}, outputs=outputs or {}, method_name=method_name or "")


def predict_signature_def(inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor]) -> Any:
    """Returns the SignatureDef of any function of tensors.

    Raises:
      ValueError: there are no inputs or no outputs.
    """
    if not inputs:
        raise ValueError("Prediction inputs cannot be None or empty.")
    if not outputs:
        raise ValueError("Prediction outputs cannot be None or empty.")
    return build_signature_def(
        {key: build_tensor_info(tensor) for key, tensor in inputs.items()},
        {key: build_tensor_info(tensor) for key, tensor in outputs.items()},
        names.PREDICT_METHOD_NAME,
    )


def regression_signature_def(examples: Tensor, predictions: Tensor) -> Any:
    """Returns the SignatureDef of a function from serialized examples to numbers.

    Raises:
      ValueError: `examples` are not of type string, or `predictions` not of type float32.
    """
    _check_examples("Regression", examples)
    if predictions is None:
        raise ValueError("Regression predictions cannot be None.")
    _check_type("Regression output", predictions, dtypes.float32, "float")
    return build_signature_def(
        {names.REGRESS_INPUTS: build_tensor_info(examples)},
        {names.REGRESS_OUTPUTS: build_tensor_info(predictions)},
        names.REGRESS_METHOD_NAME,
    )


def classification_signature_def(
    examples: Tensor, classes: Tensor | None, scores: Tensor | None
) -> Any:
    """Returns the SignatureDef of a function from serialized examples to classes or scores.

    Raises:
      ValueError: `examples` or `classes` are not of type string, or `scores` not of type float32;
        or both `classes` and `scores` are None.
    """
    _check_examples("Classification", examples)
    if classes is None and scores is None:
        raise ValueError("Classification classes and scores cannot both be None.")
    outputs = {}
    if classes is not None:
        _check_type("Classification classes", classes, dtypes.string, "string")
        outputs[names.CLASSIFY_OUTPUT_CLASSES] = build_tensor_info(classes)
    if scores is not None:
        _check_type("Classification scores", scores, dtypes.float32, "float")
        outputs[names.CLASSIFY_OUTPUT_SCORES] = build_tensor_info(scores)
    inputs = {names.CLASSIFY_INPUTS: build_tensor_info(examples)}
    return build_signature_def(inputs, outputs, names.CLASSIFY_METHOD_NAME)


def _check_examples(kind: str, examples: Any) -> None:
    if examples is None:
        raise ValueError(f"{kind} examples cannot be None.")
    if not isinstance(examples, Tensor):
        raise ValueError(f"{kind} examples must be a string Tensor.")
    _check_type(f"{kind} examples", examples, dtypes.string, "string")


def _check_type(what: str, tensor: Tensor, dtype: dtypes.DType, shown: str) -> None:
    if tensor.dtype is not dtype:
        raise ValueError(f"{what} must be a {shown} Tensor.\n  It is {tensor!r}.")


# Whether a signature is of a known kind -----------------------------------------------------------

_STRING = dtypes.string.as_datatype_enum
_FLOAT = dtypes.float32.as_datatype_enum
# By method: the inputs and outputs that there may be, with their types.
_KNOWN = {
    names.REGRESS_METHOD_NAME: (
        {names.REGRESS_INPUTS: _STRING},
        {names.REGRESS_OUTPUTS: _FLOAT},
    ),
    names.CLASSIFY_METHOD_NAME: (
        {names.CLASSIFY_INPUTS: _STRING},
        {names.CLASSIFY_OUTPUT_CLASSES: _STRING, names.CLASSIFY_OUTPUT_SCORES: _FLOAT},
    ),
}


def is_valid_signature(signature_def: Any) -> bool:
    """Whether a SignatureDef is one for prediction, regression or classification."""
    if signature_def is None or not (signature_def.inputs and signature_def.outputs):
        return False
    if signature_def.method_name == names.PREDICT_METHOD_NAME:
        return True
    known = _KNOWN.get(signature_def.method_name)
    return known is not None and all(
        key in types and info.dtype == types[key]
        for types, infos in zip(known, (signature_def.inputs, signature_def.outputs), strict=True)
        for key, info in infos.items()
    )
