"""Signatures of tensors: what later inputs must be like."""

from __future__ import annotations

from typing import Any, NamedTuple

from stillflow.graph import dtypes
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.math.casts import cast
from stillflow.ops.parsing.features import FixedLenFeature, VarLenFeature
from stillflow.ops.parsing.parse_example import parse_example
from stillflow.ops.sparse.sparse_tensor import SparseTensor, sparse_placeholder

_PARSED = {dtypes.int32: dtypes.int64, dtypes.float64: dtypes.float32}


class _Fields(NamedTuple):
    dtype: Any
    shape: Any
    is_sparse: bool


class TensorSignature(_Fields):
    """The dtype and shape of a tensor; a sparse one has no shape."""

    def __new__(cls, tensor: Any) -> TensorSignature:
        if isinstance(tensor, SparseTensor):
            return super().__new__(cls, tensor.values.dtype, None, True)
        return super().__new__(cls, tensor.dtype, tensor.get_shape(), False)

    def is_compatible_with(self, other: TensorSignature) -> bool:
        """Whether the other is alike; batches may be of any size."""
        if not self.dtype.is_compatible_with(other.dtype) or self.is_sparse != other.is_sparse:
            return False
        return self.is_sparse or _are_alike(self.shape, as_shape(other.shape))

    def get_placeholder(self) -> Any:
        """A placeholder of this signature, for batches of any size."""
        if self.is_sparse:
            return sparse_placeholder(self.dtype)
        return placeholder(self.dtype, [None, *self.shape[1:]])

    def get_feature_spec(self) -> Any:
        """How it is parsed out of an Example; integers are int64 there, and floats float32."""
        dtype = _PARSED.get(self.dtype, self.dtype)
        if self.is_sparse:
            return VarLenFeature(dtype)
        return FixedLenFeature(self.shape[1:], dtype)


def _are_alike(shape: TensorShape, other: TensorShape) -> bool:
    if shape.dims is None or other.dims is None:
        return True
    if len(shape.dims) != len(other.dims):
        return False
    pairs = zip(shape.dims[1:], other.dims[1:], strict=True)
    return all(own.is_compatible_with(size) for own, size in pairs)


def tensors_compatible(tensors: Any, signatures: Any) -> bool:
    """Whether tensors, or a dict of them, have such signatures; further ones may be there."""
    if tensors is None or signatures is None:
        return tensors is signatures
    if isinstance(tensors, dict) != isinstance(signatures, dict):
        return False
    if not isinstance(tensors, dict):
        return TensorSignature(tensors).is_compatible_with(signatures)
    return all(
        name in tensors and TensorSignature(tensors[name]).is_compatible_with(signature)
        for name, signature in signatures.items()
    )


def create_signatures(tensors: Any) -> Any:
    """The signature of a tensor, of each in a dict, or None of None."""
    if isinstance(tensors, dict):
        return {name: TensorSignature(tensor) for name, tensor in tensors.items()}
    return None if tensors is None else TensorSignature(tensors)


def create_placeholders_from_signatures(signatures: Any) -> Any:
    """A placeholder for each signature."""
    if isinstance(signatures, dict):
        return {name: signature.get_placeholder() for name, signature in signatures.items()}
    return None if signatures is None else signatures.get_placeholder()


def create_example_parser_from_signatures(
    signatures: Any, examples_batch: Any, single_feature_name: str = "feature"
) -> Any:
    """Parses serialised Examples, string[n], to tensors of these signatures."""
    if not isinstance(signatures, dict):
        single = {single_feature_name: signatures}
        return create_example_parser_from_signatures(single, examples_batch)[single_feature_name]
    specs = {name: signature.get_feature_spec() for name, signature in signatures.items()}
    features = parse_example(examples_batch, specs)
    for name, feature in features.items():
        if not signatures[name].dtype.is_compatible_with(feature.dtype):
            features[name] = cast(feature, signatures[name].dtype)
    return features
