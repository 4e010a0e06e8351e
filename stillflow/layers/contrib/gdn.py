"""Generalised divisive normalisation (Balle, Laparra and Simoncelli, 2015 and 2016)."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.rules import RegisterGradient
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.layers.base import Layer
from stillflow.layers.contrib.sizes import CHANNELS_FIRST, CHANNELS_LAST
from stillflow.layers.input_spec import InputSpec
from stillflow.ops.array import filling, joining, reshaping, shape_of
from stillflow.ops.array.diagonals import eye
from stillflow.ops.math import arithmetic, casts, comparison, elementwise
from stillflow.ops.nn import any_rank, bias

_AXES = {CHANNELS_FIRST: 1, CHANNELS_LAST: -1}


class GDN(Layer):
    """y[i] = x[i] / sqrt(beta[i] + sum_j gamma[j, i] x[j]^2) over the channels of each place.

    beta, f[c], and gamma, f[c, c], are learnt as roots, so that they stay positive.

    Args:
      inverse: multiplies by the root instead.
      beta_min: the least beta.
      gamma_init: the diagonal of the first gamma.
      reparam_offset: keeps the slope of the square above zero.
      data_format: "channels_first" or "channels_last".

    Raises:
      ValueError: another `data_format`; or, at the first call, a rank other than 3 to 5 or an
        unknown number of channels.
    """

    def __init__(
        self,
        inverse: bool = False,
        beta_min: float = 1e-6,
        gamma_init: float = 0.1,
        reparam_offset: float = 2**-18,
        data_format: str = CHANNELS_LAST,
        activity_regularizer: Any = None,
        trainable: bool = True,
        name: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            trainable=trainable, name=name, activity_regularizer=activity_regularizer, **kwargs
        )
        self.inverse = inverse
        self.data_format = data_format
        self._beta_min = beta_min
        self._gamma_init = gamma_init
        self._offset = reparam_offset
        self._channel_axis()
        self.input_spec = InputSpec(min_ndim=3, max_ndim=5)

    def _channel_axis(self) -> int:
        if self.data_format not in _AXES:
            raise ValueError(f"Unsupported `data_format` for GDN layer: {self.data_format}.")
        return _AXES[self.data_format]

    def build(self, input_shape: Any) -> None:
        shape = TensorShape(input_shape)
        axis = self._channel_axis()
        channels = shape.as_list()[axis]
        if channels is None:
            raise ValueError("The channel dimension of the inputs to `GDN` must be defined.")
        self._axes = len(shape) - 2
        self.input_spec = InputSpec(ndim=shape.ndims, axes={axis: channels})
        pedestal = self._pedestal()
        beta_bound = constant((self._beta_min + self._offset**2) ** 0.5, dtype=self.dtype)
        gamma_bound = constant(self._offset, dtype=self.dtype)
        self.beta = self._parameter(
            "reparam_beta", [channels], self._first_beta, beta_bound, pedestal
        )
        self.gamma = self._parameter(
            "reparam_gamma", [channels, channels], self._first_gamma, gamma_bound, pedestal
        )
        self.built = True

    def _pedestal(self) -> Tensor:
        return constant(self._offset**2, dtype=self.dtype)

    def _parameter(
        self, name: str, shape: list[int], initializer: Any, bound: Tensor, pedestal: Tensor
    ) -> Tensor:
        root = self.add_variable(
            name, shape=shape, initializer=initializer, dtype=self.dtype, trainable=True
        )
        return elementwise.square(_lower_bound(root, bound)) - pedestal

    def _first_beta(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        pedestal = self._pedestal()
        return elementwise.sqrt(filling.ones(shape, dtype=dtype) + pedestal)

    def _first_gamma(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        identity = eye(shape[0], dtype=dtype)
        pedestal = self._pedestal()
        return elementwise.sqrt(self._gamma_init * identity + pedestal)

    def call(self, inputs: Any) -> Tensor:
        inputs = convert_to_tensor(inputs, dtype=self.dtype)
        axes = self._axes
        gamma = reshaping.reshape(self.gamma, axes * [1] + self.gamma.get_shape().as_list())
        squares = elementwise.square(inputs)
        if self.data_format == CHANNELS_FIRST:
            layout = "NC" + "DHW"[-axes:]
            pool = any_rank.convolution(squares, gamma, "VALID", data_format=layout)
            pool = _plus_channels(pool, self.beta, axes)
        else:
            pool = any_rank.convolution(squares, gamma, "VALID")
            pool = bias.bias_add(pool, self.beta, data_format="NHWC")
        pool = elementwise.sqrt(pool)
        outputs = inputs * pool if self.inverse else inputs / pool
        outputs.set_shape(inputs.get_shape())
        return outputs

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        shape = TensorShape(input_shape)
        if not 3 <= (shape.ndims or 0) <= 5:
            raise ValueError("`input_shape` must be of rank 3 to 5, inclusive.")
        if shape.as_list()[self._channel_axis()] is None:
            raise ValueError("The channel dimension of `input_shape` must be defined.")
        return shape


def _plus_channels(x: Tensor, beta: Tensor, axes: int) -> Tensor:
    """x: f[n, c, ...] plus beta: f[c], by a node that takes images only."""
    if axes == 1:
        x = bias.bias_add(reshaping.expand_dims(x, 2), beta, data_format="NCHW")
        return reshaping.squeeze(x, [2])
    if axes == 3:
        sizes = shape_of.shape(x)
        flat = reshaping.reshape(x, joining.concat([sizes[:3], [-1]], 0))
        return reshaping.reshape(bias.bias_add(flat, beta, data_format="NCHW"), sizes)
    return bias.bias_add(x, beta, data_format="NCHW")


def _lower_bound(inputs: Any, bound: Any) -> Tensor:
    """max(inputs, bound), with a gradient also below the bound where it leads upwards."""
    with name_scope(None, "GDNLowerBound", [inputs, bound]) as scope:
        inputs = convert_to_tensor(inputs, name="inputs")
        bound = convert_to_tensor(bound, name="bound")
        with get_default_graph().gradient_override_map({"Maximum": "GDNLowerBound"}):
            return arithmetic.maximum(inputs, bound, name=scope)


@RegisterGradient("GDNLowerBound")
def _lower_bound_gradient(op: Any, grad: Tensor) -> list[Any]:
    inputs, bound = op.inputs
    passes = comparison.logical_or(inputs >= bound, grad < 0)
    return [casts.cast(passes, grad.dtype) * grad, None]


def gdn(
    inputs: Any,
    inverse: bool = False,
    beta_min: float = 1e-6,
    gamma_init: float = 0.1,
    reparam_offset: float = 2**-18,
    data_format: str = CHANNELS_LAST,
    activity_regularizer: Any = None,
    trainable: bool = True,
    name: Any = None,
    reuse: Any = None,
) -> Tensor:
    """`GDN` of inputs f[n, ..., c], or f[n, c, ...], whose arguments these are."""
    layer = GDN(
        inverse=inverse,
        beta_min=beta_min,
        gamma_init=gamma_init,
        reparam_offset=reparam_offset,
        data_format=data_format,
        activity_regularizer=activity_regularizer,
        trainable=trainable,
        name=name,
        dtype=inputs.dtype.base_dtype,
        _scope=name,
        _reuse=reuse,
    )
    return layer.apply(inputs)
