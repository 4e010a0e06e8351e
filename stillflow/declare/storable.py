"""Values of variant tensors that checkpoints hold: bytes of TensorFlow's VariantTensorDataProto."""

from __future__ import annotations

import numpy as np

from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Handle


class Storable(Handle):
    """A value of a variant tensor that is `stored` in files."""

    def __init__(self, stored: bytes):
        self.stored = stored


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
