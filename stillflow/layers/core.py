"""Layers of any network: `Dense`, `Dropout`, `Flatten`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.layers.base_layer import Layer
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.kernel_layer import ARGUMENTS, KernelLayer
from stillflow.layers.learning_phase import phase_of_layers
from stillflow.layers.utils import normalize_data_format, smart_cond
from stillflow.ops.array import reshaping, shape_of, transposing
from stillflow.ops.control import ordering
from stillflow.ops.linalg import products, tensordot
from stillflow.ops.math import casts
from stillflow.ops.nn import dropout as dropping


class Dense(KernelLayer):
    """activation(inputs @ kernel + bias), with a kernel f[features, units] that is learned.

    Inputs of a rank above 2 are multiplied along their last axis.

    Args:
      units: the size of the last axis of the output.
      input_dim: the number of features; as a keyword, in place of `input_shape`.
      All others are as for `KernelLayer`.
    """

    _described: tuple[str, ...] = ("units", *ARGUMENTS)

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ):
        if "input_shape" not in kwargs and "input_dim" in kwargs:
            kwargs["input_shape"] = (kwargs.pop("input_dim"),)
        super().__init__(
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            **kwargs,
        )
        self.units = int(units)
        self.supports_masking = True
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape: Any) -> None:
        dtype = dtypes.as_dtype(self.dtype or dtypes.float32)
        if not (dtype.is_floating or dtype.is_complex):
            raise TypeError(f"Unable to build `Dense` layer with non-floating point dtype {dtype}")
        features = as_shape(input_shape).as_list()[-1]
        if features is None:
            raise ValueError(
                "The last dimension of the inputs to `Dense` should be defined. Found `None`.\n"
                "  The kernel has a row for each feature: tell their number by a placeholder's "
                "shape, or by `set_shape`."
            )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: features})
        self._add_kernel([features, self.units])
        self._add_bias(self.units)
        self.built = True

    def call(self, inputs: Any) -> Tensor:
        rank = inputs.shape.ndims
        if rank > 2:
            outputs = tensordot.tensordot(inputs, self.kernel, [[rank - 1], [0]])
            outputs.set_shape([*inputs.shape.as_list()[:-1], self.units])
        else:
            if not self._dtype_policy.should_cast_variables:  # which fit the inputs as they are
                inputs = casts.cast(inputs, self.dtype)
            if getattr(inputs, "_is_sparse_tensor", False):
                from stillflow.ops.sparse.products import sparse_tensor_dense_matmul

                outputs = sparse_tensor_dense_matmul(inputs, self.kernel)
            else:
                outputs = products.matmul_op(inputs, self.kernel)
        return self._activated(self._with_bias(outputs))

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        shape = as_shape(input_shape).with_rank_at_least(2).as_list()
        if shape[-1] is None:
            raise ValueError(
                "The innermost dimension of input_shape must be defined, but saw: "
                f"{as_shape(input_shape)}"
            )
        return TensorShape([*shape[:-1], self.units])


class Dropout(Layer):
    """In training a part of the inputs, chosen at random, is 0, and the others are scaled up.

    Source: Srivastava et al., 2014, "Dropout".

    Args:
      rate: the part that becomes 0.
      noise_shape: sizes of what is chosen, which broadcasts; None for the size of the inputs.
    """

    _described: tuple[str, ...] = ("rate", "noise_shape", "seed")

    def __init__(
        self,
        rate: Any,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.rate = rate
        self.noise_shape = noise_shape
        self.seed = seed
        self.supports_masking = True

    def _get_noise_shape(self, inputs: Tensor) -> Tensor | None:
        if self.noise_shape is None:
            return None
        sizes = shape_of.shape(inputs)
        given = enumerate(self.noise_shape)
        return convert_to_tensor([sizes[axis] if n is None else n for axis, n in given])

    def call(self, inputs: Any, training: Any = None) -> Tensor:
        training = phase_of_layers() if training is None else training

        def dropped() -> Tensor:
            return dropping.dropout(
                inputs, noise_shape=self._get_noise_shape(inputs), seed=self.seed, rate=self.rate
            )

        return smart_cond(training, dropped, lambda: ordering.identity(inputs))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


class Flatten(Layer):
    """f[n, ...] -> f[n, p]: each example as a vector.

    Args:
      data_format: "channels_first" for inputs f[n, c, ...], whose channels are put last before.
    """

    _described: tuple[str, ...] = ("data_format",)

    def __init__(self, data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.data_format = normalize_data_format(data_format)
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: Any) -> Tensor:
        rank = inputs.shape.ndims
        if self.data_format == "channels_first" and rank > 1:
            inputs = transposing.transpose(inputs, perm=[0, *range(2, rank), 1])
        examples = inputs.shape.as_list()[0] or shape_of.shape(inputs)[0]
        outputs = reshaping.reshape(inputs, (examples, -1))
        outputs.set_shape(self.compute_output_shape(inputs.shape))
        return outputs

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        examples, *sizes = as_shape(input_shape).as_list()
        return TensorShape([examples, math.prod(sizes) if all(sizes) else None])
