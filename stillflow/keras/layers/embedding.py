"""A layer that looks up a vector for each number."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.layers import identifiers
from stillflow.layers.base_layer import Layer
from stillflow.layers.settings import floatx
from stillflow.ops.math import casts, comparison
from stillflow.ops.nn.embedding import embedding_lookup


class Embedding(Layer):
    """A row of a matrix, which is learned, for each number: i32[n, ...] -> f32[n, ..., output_dim].

    Args:
      input_dim: the number of rows; numbers are below it.
      output_dim: the number of columns.
      embeddings_initializer, embeddings_regularizer, embeddings_constraint: those of the matrix.
      activity_regularizer: a function of the output that gives a loss.
      mask_zero: whether 0 stands for no step, and masks it.
      input_length: how many numbers each example has, or a size for each axis.
    """

    _described: tuple[str, ...] = (
        "input_dim",
        "output_dim",
        "embeddings_initializer",
        "embeddings_regularizer",
        "activity_regularizer",
        "embeddings_constraint",
        "mask_zero",
        "input_length",
    )

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        activity_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        input_length: Any = None,
        **kwargs: Any,
    ):
        kwargs.setdefault("input_shape", (input_length or None,))
        dtype = kwargs.pop("dtype", floatx())
        super().__init__(dtype=dtype, **{**kwargs, "autocast": False})
        self.input_dim = input_dim
        self.output_dim = output_dim
        self.embeddings_initializer = identifiers.initializer_of(embeddings_initializer)
        self.embeddings_regularizer = identifiers.regularizer_of(embeddings_regularizer)
        self.activity_regularizer = identifiers.regularizer_of(activity_regularizer)
        self.embeddings_constraint = identifiers.constraint_of(embeddings_constraint)
        self.mask_zero = mask_zero
        self.supports_masking = mask_zero
        self.input_length = input_length

    def build(self, input_shape: Any) -> None:
        self.embeddings = self.add_weight(
            "embeddings",
            shape=(self.input_dim, self.output_dim),
            initializer=self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
        )
        self.built = True

    def compute_mask(self, inputs: Any, mask: Any = None) -> Tensor | None:
        return comparison.not_equal(inputs, 0) if self.mask_zero else None

    def call(self, inputs: Any) -> Tensor:
        if inputs.dtype.base_dtype.name not in ("int32", "int64"):
            inputs = casts.cast(inputs, "int32")
        return embedding_lookup(self.embeddings, inputs)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        sizes = as_shape(input_shape).as_list()
        if self.input_length is None:
            return TensorShape([*sizes, self.output_dim])
        several = isinstance(self.input_length, (list, tuple))
        lengths = list(self.input_length) if several else [self.input_length]
        agree = len(lengths) == len(sizes) - 1 and all(
            None in (told, found) or told == found
            for told, found in zip(lengths, sizes[1:], strict=False)
        )
        if not agree:
            raise ValueError(
                f'"input_length" is {self.input_length}, but received input has shape '
                f"{tuple(sizes)}"
            )
        known = [f if t is None else t for t, f in zip(lengths, sizes[1:], strict=True)]
        return TensorShape([sizes[0], *known, self.output_dim])
