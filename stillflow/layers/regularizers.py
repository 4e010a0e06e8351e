"""Regularizers: functions of a weight whose value joins the loss. `tf.keras.regularizers`."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.layers import settings
from stillflow.ops.math import elementwise
from stillflow.ops.reduce import reductions


class Regularizer:
    """The base: no loss at all."""

    def __call__(self, x: Any) -> Any:
        return 0.0

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Returns the regularizer of these arguments."""
        return cls(**config)


class L1L2(Regularizer):
    """l1 * sum(|x|) + l2 * sum(x^2); a factor of 0 leaves its part out."""

    def __init__(self, l1: float = 0.0, l2: float = 0.0):
        self.l1 = np.asarray(l1, settings.floatx())
        self.l2 = np.asarray(l2, settings.floatx())

    def __call__(self, x: Any) -> Any:
        if not self.l1 and not self.l2:
            return constant(0.0, settings.floatx())
        loss: Any = 0.0
        if self.l1:
            loss += self.l1 * reductions.reduce_sum(elementwise.abs_(x))
        if self.l2:
            loss += self.l2 * reductions.reduce_sum(elementwise.square(x))
        return loss

    def get_config(self) -> dict[str, float]:
        """Its arguments."""
        return {"l1": float(self.l1), "l2": float(self.l2)}


def l1(l: float = 0.01) -> L1L2:  # noqa: E741  # TensorFlow's name for it
    """l * sum(|x|)"""
    return L1L2(l1=l)


def l2(l: float = 0.01) -> L1L2:  # noqa: E741
    """l * sum(x^2)"""
    return L1L2(l2=l)


def l1_l2(l1: float = 0.01, l2: float = 0.01) -> L1L2:
    """l1 * sum(|x|) + l2 * sum(x^2)"""
    return L1L2(l1=l1, l2=l2)


BY_NAME: dict[str, Any] = {
    "Regularizer": Regularizer,
    "L1L2": L1L2,
    "l1": l1,
    "l2": l2,
    "l1_l2": l1_l2,
}
