"""Cells between products: projections of inputs and outputs, and embeddings of numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from stillflow.graph.scopes import device
from stillflow.layers.recurrent.cell import RNNCell
from stillflow.layers.recurrent.likeness import assert_like_rnncell
from stillflow.layers.recurrent.linear import Linear
from stillflow.ops.array import reshaping
from stillflow.ops.nn.embedding import embedding_lookup
from stillflow.ops.variables.initializers import RandomUniform
from stillflow.ops.variables.scope import get_variable, get_variable_scope
from stillflow.platform import logging


class ScopedWrapper(RNNCell):
    """The base of wrappers with a scope of their own, in which is that of the cell within."""

    def __init__(self, cell: Any, reuse: bool | None = None):
        super().__init__(_reuse=reuse)
        assert_like_rnncell("cell", cell)
        self._cell = cell

    @property
    def state_size(self) -> Any:
        return self._cell.state_size

    @property
    def output_size(self) -> Any:
        return self._cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        with self._zero_state_scope(batch_size):
            return self._cell.zero_state(batch_size, dtype)


class EmbeddingWrapper(ScopedWrapper):
    """Embeds inputs, i[batch], before the cell takes them.

    Args:
      cell: the cell.
      embedding_classes: how many numbers there are.
      embedding_size: of what stands for each.
      initializer: by default that of the scope, else uniform with variance 1.
      reuse: whether the variables exist already.

    Raises:
      TypeError: `cell` is not like a cell.
      ValueError: a size is not positive.
    """

    def __init__(
        self,
        cell: Any,
        embedding_classes: int,
        embedding_size: int,
        initializer: Any = None,
        reuse: bool | None = None,
    ):
        super().__init__(cell, reuse)
        if embedding_classes <= 0 or embedding_size <= 0:
            raise ValueError(
                "Both embedding_classes and embedding_size must be > 0: "
                f"{embedding_classes}, {embedding_size}."
            )
        self._sizes = [embedding_classes, embedding_size]
        self._initializer = initializer

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        with device("/cpu:0"):
            initializer = self._initializer or get_variable_scope().initializer
            if not initializer:
                limit = math.sqrt(3)
                initializer = RandomUniform(-limit, limit)
            dtype = (state[0] if isinstance(state, tuple) else state).dtype
            embedding = get_variable("embedding", self._sizes, dtype=dtype, initializer=initializer)
            embedded = embedding_lookup(embedding, reshaping.reshape(inputs, [-1]))
            return self._cell(embedded, state)


class InputProjectionWrapper(ScopedWrapper):
    """Multiplies inputs before the cell takes them.

    Args:
      cell: the cell.
      num_proj: the size of the products.
      activation: of the products; none by default.
      input_size: deprecated.
      reuse: whether the variables exist already.
    """

    def __init__(
        self,
        cell: Any,
        num_proj: int,
        activation: Callable[[Any], Any] | None = None,
        input_size: Any = None,
        reuse: bool | None = None,
    ):
        super().__init__(cell, reuse)
        if input_size is not None:
            logging.warning("%s: The input_size parameter is deprecated.", self)
        self._num_proj = num_proj
        self._activation = activation
        self._linear: Linear | None = None

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        if self._linear is None:
            self._linear = Linear(inputs, self._num_proj, True)
        projected = self._linear(inputs)
        if self._activation:
            projected = self._activation(projected)
        return self._cell(projected, state)


class OutputProjectionWrapper(ScopedWrapper):
    """Multiplies what the cell gives out.

    Args:
      cell: the cell.
      output_size: the size of the products.
      activation: of the products; none by default.
      reuse: whether the variables exist already.

    Raises:
      TypeError: `cell` is not like a cell.
      ValueError: the size is not positive.
    """

    def __init__(
        self,
        cell: Any,
        output_size: int,
        activation: Callable[[Any], Any] | None = None,
        reuse: bool | None = None,
    ):
        super().__init__(cell, reuse)
        if output_size < 1:
            raise ValueError(f"Parameter output_size must be > 0: {output_size}.")
        self._output_size = output_size
        self._activation = activation
        self._linear: Linear | None = None

    @property
    def output_size(self) -> int:
        return self._output_size

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        output, new_state = self._cell(inputs, state)
        if self._linear is None:
            self._linear = Linear(output, self._output_size, True)
        projected = self._linear(output)
        if self._activation:
            projected = self._activation(projected)
        return projected, new_state
