"""Values of variant tensors that checkpoints hold: bytes of TensorFlow's VariantTensorDataProto."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Handle
from stillflow.graph import dtypes


class Storable(Handle):
    """A value of a variant tensor that is `stored` in files."""

    def __init__(self, stored: bytes):
        self.stored = stored

    def tensor_proto(self) -> Any:
        """It as a TensorProto of a scalar."""
        from tensorboard.compat.proto.tensor_pb2 import TensorProto

        proto = TensorProto(dtype=dtypes.variant.as_datatype_enum)
        proto.tensor_shape.SetInParent()
        proto.variant_val.add().MergeFromString(self.stored)
        return proto

    @staticmethod
    def of_proto(proto: Any) -> Storable:
        """What a TensorProto of a scalar holds."""
        return Storable(proto.variant_val[0].SerializeToString(deterministic=True))


def stored(value: object) -> np.ndarray:
    """variant[...] -> bytes[...]; InvalidArgumentError where something cannot be stored."""
    variants = np.asarray(value, object)
    found: np.ndarray = np.empty(variants.shape, object)
    for place, variant in np.ndenumerate(variants):
        if not isinstance(variant, Storable):
            refuse(f"{type(variant).__name__} is nothing that a checkpoint holds.")
        found[place] = variant.stored
    return found


def loaded(values: np.ndarray) -> object:
    """bytes[...] -> variant[...]"""
    if not values.ndim:
        return Storable(values.item())
    variants: np.ndarray = np.empty(values.shape, object)
    for place, value in np.ndenumerate(values):
        variants[place] = Storable(value)
    return variants
