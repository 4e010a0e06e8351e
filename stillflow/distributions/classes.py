"""What distributions of vectors with an element for each class share."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.distribution import Distribution
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import filling, reshaping, shape_of
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.checks import assert_near, assert_non_positive
from stillflow.ops.reduce import reductions
from stillflow.ops.reduce.composed import reduce_logsumexp


class OfClasses(Distribution):
    """A distribution of vectors, of log-probabilities `logits`, f[*batch, k], of k classes."""

    _logits: Tensor
    _probs: Tensor

    def _describe(self) -> None:
        """Makes tensors of the rank of the batch and of the number of classes."""
        ndims = self._logits.shape.with_rank_at_least(1).ndims
        if ndims is not None:
            self._batch_rank = convert_to_tensor(ndims - 1, dtype=dtypes.int32, name="batch_rank")
        else:
            with name_scope("batch_rank"):
                self._batch_rank = shape_of.rank(self._logits) - 1
        with name_scope("event_size"):
            self._event_size = shape_of.shape(self._logits)[-1]

    @property
    def event_size(self) -> Tensor:
        """How many classes there are: i32[]."""
        return self._event_size

    @property
    def logits(self) -> Tensor:
        """The unnormalised log-probabilities of classes."""
        return self._logits

    @property
    def probs(self) -> Tensor:
        """The probabilities of classes."""
        return self._probs

    def _batch_shape_tensor(self) -> Tensor:
        return shape_of.shape(self.logits)[:-1]

    def _batch_shape(self) -> TensorShape:
        return self.logits.shape[:-1]

    def _event_shape_tensor(self) -> Tensor:
        return shape_of.shape(self.logits)[-1:]

    def _event_shape(self) -> TensorShape:
        return self.logits.shape.with_rank_at_least(1)[-1:]

    def _rows(self, x: Tensor, last: Any) -> tuple[Tensor, Tensor, Tensor]:
        """The shape of the batch of `x` and logits, and both as rows: f[n, k].

        `last` is -1 or [-1], as TensorFlow's node for the last axis has it.
        """
        logits = self.logits
        known = x.shape.is_fully_defined() and logits.shape.is_fully_defined()
        if not known or x.shape != logits.shape:
            logits = filling.ones_like(x, dtype=logits.dtype) * logits
            x = filling.ones_like(logits, dtype=x.dtype) * x
        shape = shape_of.shape(reductions.reduce_sum(logits, last))
        flat = reshaping.reshape(logits, [-1, self.event_size])
        return shape, reshaping.reshape(x, [-1, self.event_size]), flat

    def _valid(self, x: Tensor) -> Tensor:
        if not self.validate_args:
            return x
        negative = assert_non_positive(x)
        zero = filling.zeros([], dtype=self.dtype)
        total: Any = assert_near(zero, reduce_logsumexp(x, axis=[-1]))
        return with_dependencies([negative, total], x)
