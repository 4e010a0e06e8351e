"""What datasets whose elements go to devices are made of. Here all devices have one memory."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.iterators import IteratorResource

_LIMITS = {"output_types": 1, "output_shapes": 1}
_OF_HOST: dict[str, Any] = {"shape": shapes.scalar, "host": True}


@op("WrapDatasetVariant", "input_handle: variant -> output_handle: variant", **_OF_HOST)
def wrap_dataset_variant_op(xp, input_handle):
    """-> variant[], the same dataset, which functions may take to another device"""
    return input_handle


@op("UnwrapDatasetVariant", "input_handle: variant -> output_handle: variant", **_OF_HOST)
def unwrap_dataset_variant_op(xp, input_handle):
    """-> variant[], the dataset that was wrapped"""
    return input_handle


def _anonymous(name: str, attrs: dict[str, Any]) -> IteratorResource:
    return IteratorResource(name, attrs["output_types"], attrs["output_shapes"])


@op("AnonymousIterator", "-> handle: resource", resource=_anonymous, limits=_LIMITS, **_OF_HOST)
def anonymous_iterator_op(
    xp, iterator, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """-> an iterator that nothing else in the session has"""
    return iterator


@op(
    "AnonymousIteratorV2",
    "-> handle: resource, deleter: variant",
    resource=_anonymous,
    limits=_LIMITS,
    **_OF_HOST,
)
def anonymous_iterator_v2_op(
    xp, iterator, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """-> an iterator that nothing else has, and what TensorFlow deletes it by; here nobody need"""
    return iterator, iterator


for _declared in (
    wrap_dataset_variant_op,
    unwrap_dataset_variant_op,
    anonymous_iterator_op,
    anonymous_iterator_v2_op,
):
    _declared.not_differentiable()
