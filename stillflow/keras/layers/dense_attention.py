"""Layers that mix values by how well their keys fit queries."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import as_shape
from stillflow.layers.base_layer import Layer
from stillflow.layers.settings import floatx
from stillflow.ops.array import filling, joining, reshaping, shape_of
from stillflow.ops.linalg import products
from stillflow.ops.math import casts, comparison, scan, trigonometric
from stillflow.ops.math.comparison import logical_and, logical_not
from stillflow.ops.nn.softmax import softmax
from stillflow.ops.reduce import reductions
from stillflow.ops.variables import initializers


class BaseDenseAttention(Layer):
    """Attention of each query to all keys.

    Inputs are [query f[n, q, k], value f[n, v, k]] or [query, value, key f[n, v, k]], masks
    [bool[n, q] or None, bool[n, v] or None]; outputs are f[n, q, k].

    Args:
      causal: whether a query sees no value of a later step.
    """

    _described: tuple[str, ...] = ("causal",)

    def __init__(self, causal: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.causal = causal
        self.supports_masking = True

    def _calculate_scores(self, query: Any, key: Any) -> Any:
        """How well keys fit: f[n, q, v]."""
        return NotImplementedError

    def _apply_scores(self, scores: Any, value: Any, scores_mask: Any = None) -> Tensor:
        """The values, mixed by scores of which a mask keeps some."""
        if scores_mask is not None:
            scores -= 1.0e9 * casts.cast(logical_not(scores_mask), dtype=floatx())
        return products.matmul(softmax(scores), value)

    def call(self, inputs: Any, mask: Any = None) -> Tensor:
        self._check(inputs, mask)
        query, value = inputs[:2]
        key = inputs[2] if len(inputs) > 2 else value
        query_mask, value_mask = mask if mask else (None, None)
        scores = self._calculate_scores(query=query, key=key)
        if value_mask is not None:
            value_mask = reshaping.expand_dims(value_mask, axis=-2)
        earlier = _earlier(scores) if self.causal else None
        result = self._apply_scores(
            scores=scores, value=value, scores_mask=_both(value_mask, earlier)
        )
        if query_mask is not None:
            kept = reshaping.expand_dims(query_mask, axis=-1)
            result *= casts.cast(kept, dtype=result.dtype)
        return result

    def compute_mask(self, inputs: Any, mask: Any = None) -> Tensor | None:
        self._check(inputs, mask)
        return convert_to_tensor(mask[0]) if mask and mask[0] is not None else None

    def _check(self, inputs: Any, mask: Any) -> None:
        name = type(self).__name__
        forms = "[query, value] or [query, value, key]"
        if not isinstance(inputs, list):
            raise ValueError(f"{name} layer must be called on a list of inputs, namely {forms}.")
        if not 2 <= len(inputs) <= 3:
            raise ValueError(
                f"{name} layer accepts inputs list of length 2 or 3, namely {forms}. Given length: "
                f"{len(inputs)}"
            )
        if not mask:
            return
        if not isinstance(mask, list):
            raise ValueError(f"{name} layer mask must be a list, namely [query_mask, value_mask].")
        if len(mask) != 2:
            raise ValueError(
                f"{name} layer mask must be a list of length 2, namely [query_mask, value_mask]. "
                f"Given length: {len(mask)}"
            )


class Attention(BaseDenseAttention):
    """Attention by products: Luong et al., 2015 (arXiv:1508.04025).

    Args:
      use_scale: whether scores are multiplied by a number that is learned.
      causal: as for `BaseDenseAttention`.
    """

    _described: tuple[str, ...] = ("use_scale",)

    def __init__(self, use_scale: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.use_scale = use_scale

    def build(self, input_shape: Any) -> None:
        self.scale = None
        if self.use_scale:
            self.scale = self.add_weight(
                "scale", shape=(), initializer=initializers.Ones(), dtype=self.dtype, trainable=True
            )
        super().build(input_shape)

    def _calculate_scores(self, query: Any, key: Any) -> Tensor:
        scores = products.matmul(query, key, transpose_b=True)
        return scores if self.scale is None else scores * self.scale


class AdditiveAttention(BaseDenseAttention):
    """Attention by tanh of sums: Bahdanau et al., 2014 (arXiv:1409.0473).

    Args:
      use_scale: whether features are weighted by a vector that is learned.
      causal: as for `BaseDenseAttention`.
    """

    _described: tuple[str, ...] = ("use_scale",)

    def __init__(self, use_scale: bool = True, **kwargs: Any):
        super().__init__(**kwargs)
        self.use_scale = use_scale

    def build(self, input_shape: Any) -> None:
        self.scale = None
        if self.use_scale:
            self.scale = self.add_weight(
                "scale",
                shape=[as_shape(input_shape[1]).as_list()[-1]],
                initializer=initializers.GlorotUniform(),
                dtype=self.dtype,
                trainable=True,
            )
        super().build(input_shape)

    def _calculate_scores(self, query: Any, key: Any) -> Tensor:
        query = reshaping.expand_dims(query, axis=-2)
        key = reshaping.expand_dims(key, axis=-3)
        scale: Any = self.scale if self.use_scale else 1.0
        return reductions.reduce_sum(scale * trigonometric.tanh(query + key), axis=-1)


def _earlier(scores: Any) -> Tensor:
    """bool[1, ..., q, v]: whether a value is of no later step than a query."""
    sizes = shape_of.shape(scores)
    return lower_triangular_mask(
        joining.concat([filling.ones_like(sizes[:-2]), sizes[-2:]], axis=0)
    )


def lower_triangular_mask(shape: Any) -> Tensor:
    """Where the place along the last axis is not above that along the last but one."""
    row, column = (
        scan.cumsum(filling.ones(shape=shape, dtype=dtypes.int32), axis=axis) for axis in (-2, -1)
    )
    return comparison.greater_equal(row, column)


def _both(x: Any, y: Any) -> Any:
    if x is None or y is None:
        return y if x is None else x
    return logical_and(x, y)
