"""The categorical distribution: one of several classes, by its number."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.checking import (
    embed_check_categorical_event_shape,
    embed_check_integer_casting_closed,
    get_logits_and_probs,
)
from stillflow.distributions.distribution import NOT_REPARAMETERIZED, Distribution
from stillflow.distributions.divergence import rule_of
from stillflow.distributions.moved import moved
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import filling, joining, masking, reshaping, selecting, shape_of
from stillflow.ops.array.constants import constant
from stillflow.ops.array.transposing import transpose
from stillflow.ops.control.ordering import identity
from stillflow.ops.math import casts
from stillflow.ops.nn.cross_entropy import sparse_softmax_cross_entropy_with_logits
from stillflow.ops.nn.softmax import log_softmax, softmax
from stillflow.ops.random.drawing import multinomial
from stillflow.ops.reduce import reductions
from stillflow.ops.reduce.argmax import argmax


class Categorical(Distribution):
    """Numbers of classes.

    Args:
      logits: the unnormalised log-probabilities of k classes, f[*batch, k].
      probs: the probabilities instead.
      dtype: of samples.
    """

    @moved
    def __init__(
        self,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = dtypes.int32,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Categorical",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[logits, probs]) as scope:
            self._logits, self._probs = get_logits_and_probs(
                logits=logits,
                probs=probs,
                validate_args=validate_args,
                multidimensional=True,
                name=scope,
            )
            if validate_args:
                self._logits = embed_check_categorical_event_shape(self._logits)
            self._describe()
        super().__init__(
            dtype=dtype,
            reparameterization_type=NOT_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._logits, self._probs],
            name=scope,
        )

    def _describe(self) -> None:
        """Makes tensors of the rank of the batch, of its shape, and of the number of classes."""
        known = self._logits.shape.with_rank_at_least(1)
        if known.ndims is not None:
            self._batch_rank = _sizes(known.ndims - 1, "batch_rank")
        else:
            with name_scope("batch_rank"):
                self._batch_rank = shape_of.rank(self._logits) - 1
        sizes = shape_of.shape(self._logits, name="logits_shape")
        if known[-1].value is not None:
            self._event_size = _sizes(known[-1].value, "event_size")
        else:
            with name_scope("event_size"):
                self._event_size = sizes[self._batch_rank]
        if known[:-1].is_fully_defined():
            self._batch_shape_val = _sizes(known[:-1].as_list(), "batch_shape")
        else:
            with name_scope("batch_shape"):
                self._batch_shape_val = sizes[:-1]

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
        return identity(self._batch_shape_val)

    def _batch_shape(self) -> TensorShape:
        return self.logits.shape[:-1]

    def _event_shape_tensor(self) -> Tensor:
        return constant([], dtype=dtypes.int32)

    def _event_shape(self) -> TensorShape:
        return TensorShape([])

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        rows = self.logits
        if rows.shape.ndims != 2:
            rows = reshaping.reshape(self.logits, [-1, self.event_size])
        wide = dtypes.as_dtype(self.dtype).size > 4
        drawn_type = dtypes.int64 if wide else dtypes.int32
        drawn = multinomial(rows, n, seed=seed, output_dtype=drawn_type)
        drawn = transpose(drawn)
        shape = joining.concat([[n], self.batch_shape_tensor()], 0)
        return casts.cast(reshaping.reshape(drawn, shape), self.dtype)

    def _cdf(self, k: Any) -> Tensor:
        k = self._valid(k)
        k, probs = _fitted(k, self.probs, self.dtype.base_dtype)
        rows = reshaping.reshape(probs, (-1, self._event_size))
        flat = reshaping.reshape(k, [-1])
        is_below = masking.sequence_mask(flat, self._event_size)
        below = selecting.where(is_below, rows, filling.zeros_like(rows))
        total = reductions.reduce_sum(below, axis=-1)
        return reshaping.reshape(total, shape_of.shape(k))

    def _log_prob(self, k: Any) -> Tensor:
        k = self._valid(k)
        k, logits = _fitted(k, self.logits, self.dtype.base_dtype)
        return -sparse_softmax_cross_entropy_with_logits(labels=k, logits=logits)

    def _valid(self, k: Any) -> Tensor:
        k = convert_to_tensor(k, name="k")
        if self.validate_args:
            k = embed_check_integer_casting_closed(k, target_dtype=dtypes.int32)
        return k

    def _entropy(self) -> Tensor:
        return -reductions.reduce_sum(log_softmax(self.logits) * self.probs, axis=-1)

    def _mode(self) -> Tensor:
        mode = argmax(self.logits, axis=self._batch_rank)
        mode = casts.cast(mode, self.dtype)
        mode.set_shape(self.batch_shape)
        return mode


def _sizes(value: Any, name: str) -> Tensor:
    return convert_to_tensor(value, dtype=dtypes.int32, name=name)


def _fitted(event: Tensor, params: Tensor, dtype: Any) -> tuple[Tensor, Tensor]:
    """Classes i[...] and parameters f[..., k], repeated to have the same shape but for k.

    Raises:
      TypeError: the classes are no numbers.
    """
    if event.dtype.is_floating:
        event = casts.cast(event, dtypes.int32)
    elif not event.dtype.is_integer:
        raise TypeError(f"`value` should have integer `dtype` or `self.dtype` ({dtype})")
    known = params.shape.ndims is not None and params.shape[:-1].is_fully_defined()
    if known and event.shape.is_fully_defined() and params.shape[:-1] == event.shape:
        return event, params
    params *= filling.ones_like(event[..., np.newaxis], dtype=params.dtype)
    shape = shape_of.shape(params)[:-1]
    event *= filling.ones(shape, dtype=event.dtype)
    if params.shape.ndims is not None:
        event.set_shape(params.shape[:-1])
    return event, params


@rule_of(Categorical, Categorical)
def _categorical_categorical(a: Categorical, b: Categorical, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_categorical_categorical", values=[a.logits, b.logits]):
        gain = log_softmax(a.logits) - log_softmax(b.logits)
        return reductions.reduce_sum(softmax(a.logits) * gain, axis=-1)
