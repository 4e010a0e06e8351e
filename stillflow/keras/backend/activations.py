"""Activations, and what is done to the outputs of layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.graph.operation import Tensor
from stillflow.layers import activations as layer_activations
from stillflow.ops.math import elementwise, trigonometric
from stillflow.ops.nn import activations, norms, top_k
from stillflow.ops.nn import softmax as along_axis
from stillflow.ops.version2.networks import dropout_v2

_SEEDS = 10**7  # how many seeds are drawn among, where none is given

elu = layer_activations.elu
hard_sigmoid = layer_activations.hard_sigmoid
relu = layer_activations.relu


def softmax(x: Any, axis: int = -1) -> Tensor:
    """exp(x), of which those along an axis sum up to one."""
    return along_axis.softmax(x, axis=axis)


def softplus(x: Any) -> Tensor:
    """log(exp(x) + 1)"""
    return activations.softplus(x)


def softsign(x: Any) -> Tensor:
    """x / (|x| + 1)"""
    return activations.softsign(x)


def sigmoid(x: Any) -> Tensor:
    """1 / (1 + exp(-x))"""
    return elementwise.sigmoid(x)


def tanh(x: Any) -> Tensor:
    """The hyperbolic tangent of x."""
    return trigonometric.tanh(x)


def dropout(x: Any, level: Any, noise_shape: Any = None, seed: int | None = None) -> Tensor:
    """Sets a share of elements, chosen by chance, to zero, and raises the others.

    Args:
      level: the share.
      noise_shape: where it has a 1, elements along that axis are set to zero together.
      seed: one is drawn by NumPy where it is None.
    """
    seed = np.random.randint(_SEEDS) if seed is None else seed
    return dropout_v2(x, rate=level, noise_shape=noise_shape, seed=seed)


def l2_normalize(x: Any, axis: Any = None) -> Tensor:
    """x by its length along axes."""
    return norms.l2_normalize(x, axis=axis)


def in_top_k(predictions: Any, targets: Any, k: int) -> Tensor:
    """Whether the class `targets` of each row is among the `k` of the greatest predictions."""
    return top_k.in_top_k(predictions, targets, k)
