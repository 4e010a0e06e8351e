"""Normalisation by the statistics of a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import colocate_with
from stillflow.graph.tensor_shape import as_shape
from stillflow.layers import batch_renorm, identifiers
from stillflow.layers.base_layer import Layer
from stillflow.layers.batch_averages import assign_moving_average, assign_new_value
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.learning_phase import learning_phase
from stillflow.layers.utils import constant_value, smart_cond
from stillflow.ops.array import filling, reshaping, shape_of
from stillflow.ops.control.ordering import stop_gradient
from stillflow.ops.math import casts, elementwise
from stillflow.ops.nn import activations, moments
from stillflow.ops.nn import fused_batch_norm as fused_op
from stillflow.ops.nn import normalization as normalizing
from stillflow.ops.reduce import reductions
from stillflow.ops.variables.variable import VariableAggregation, VariableSynchronization
from stillflow.platform import logging


class BatchNormalization(Layer):
    """gamma * (inputs - mean) / sqrt(variance + epsilon) + beta, for each index of `axis`.

    In training mean and variance are those of the batch, and updates move averages of them, which
    stand for them elsewhere. The updates are in the collection UPDATE_OPS: a program runs them with
    each step. Images go through one op; the variance that it gives to average is the unbiased one.
    Source: Ioffe and Szegedy, 2015, "Batch Normalization" (arXiv:1502.03167).

    Args:
      axis: the axis of channels, or a list of axes.
      momentum: how much of an average an update keeps.
      epsilon: what is added to the variance.
      center, scale: whether there is a beta, and a gamma.
      renorm: corrects the batch's statistics towards averages of `renorm_momentum`, within the
        limits `renorm_clipping`: a dictionary of "rmin", "rmax" and "dmax" (arXiv:1702.03275).
      fused: whether images go through one op; True where that is possible by default.
      virtual_batch_size: takes the statistics of that many examples at a time; it divides the size
        of the batch.
      adjustment: a function of the inputs' shape that gives a scale and an offset of what is
        normalised in training; they broadcast.

    Raises:
      TypeError: `axis` is neither an integer nor a list.
      ValueError: an argument is of another form; in a call, a rank or a size along `axis` that is
        not known.
    """

    _described: tuple[str, ...] = (
        "axis",
        "momentum",
        "epsilon",
        "center",
        "scale",
        "beta_initializer",
        "gamma_initializer",
        "moving_mean_initializer",
        "moving_variance_initializer",
        "beta_regularizer",
        "gamma_regularizer",
        "beta_constraint",
        "gamma_constraint",
    )

    def __init__(
        self,
        axis: int | list[int] = -1,
        momentum: Any = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: Mapping[str, Any] | None = None,
        renorm_momentum: Any = 0.99,
        fused: bool | None = None,
        trainable: bool = True,
        virtual_batch_size: int | None = None,
        adjustment: Callable[[Tensor], tuple[Any, Any]] | None = None,
        name: Any = None,
        **kwargs: Any,
    ):
        super().__init__(trainable, name, **kwargs)
        if not isinstance(axis, (int, list)):
            raise TypeError(f"axis must be int or list, type given: {type(axis)}")
        self.axis = list(axis) if isinstance(axis, list) else axis
        self.momentum = momentum
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = identifiers.initializer_of(beta_initializer)
        self.gamma_initializer = identifiers.initializer_of(gamma_initializer)
        self.moving_mean_initializer = identifiers.initializer_of(moving_mean_initializer)
        self.moving_variance_initializer = identifiers.initializer_of(moving_variance_initializer)
        self.beta_regularizer = identifiers.regularizer_of(beta_regularizer)
        self.gamma_regularizer = identifiers.regularizer_of(gamma_regularizer)
        self.beta_constraint = identifiers.constraint_of(beta_constraint)
        self.gamma_constraint = identifiers.constraint_of(gamma_constraint)
        self.renorm = renorm
        self.virtual_batch_size = virtual_batch_size
        self.adjustment = adjustment
        self.fused = self._settled_fused(fused)
        self.supports_masking = True
        self._bessels_correction_test_only = True  # False in tests that compare with other forms
        if renorm:
            self.renorm_clipping = renorm_clipping or {}
            self.renorm_momentum = renorm_momentum
            keys = ["rmax", "rmin", "dmax"]
            if not set(self.renorm_clipping) <= set(keys):
                raise ValueError(f"renorm_clipping {renorm_clipping} contains keys not in {keys}")

    def _settled_fused(self, fused: bool | None) -> bool | None:
        return True if fused is None else fused

    # Variables ------------------------------------------------------------------------------------

    def build(self, input_shape: Any) -> None:
        shape = as_shape(input_shape)
        if not shape.ndims:
            raise ValueError("Input has undefined rank:", shape)
        axes = self.axis = self._settled_axes(shape.ndims)
        self._check_virtual_batches(axes)
        if self.fused:
            self.fused = shape.ndims == 4 and self._can_be_fused(axes)
        if self.fused:
            self._data_format = {1: "NCHW", 3: "NHWC"}[axes[0]]
        sizes: dict[int, Any] = {axis: shape.as_list()[axis] for axis in axes}
        if None in sizes.values():
            raise ValueError("Input has undefined `axis` dimension. Input shape: ", shape)
        self.input_spec = InputSpec(ndim=shape.ndims, axes=sizes)
        self._make_variables(self._shape_of_parameters(sizes, shape.ndims))
        self.built = True

    def _settled_axes(self, rank: int) -> list[int]:
        """The axes counted from the front. ValueError for one that is not there or twice."""
        given = [self.axis] if isinstance(self.axis, int) else self.axis
        axes = [rank + axis if axis < 0 else axis for axis in given]
        for axis in axes:
            if not 0 <= axis < rank:
                raise ValueError(f"Invalid axis: {axis}")
        if len(set(axes)) != len(axes):
            raise ValueError(f"Duplicate axis: {axes}")
        return axes

    def _check_virtual_batches(self, axes: list[int]) -> None:
        if self.virtual_batch_size is None:
            return
        if self.virtual_batch_size <= 0:
            raise ValueError(
                "virtual_batch_size must be a positive integer that divides the true batch size of "
                "the input Tensor"
            )
        if 0 in axes:
            raise ValueError(
                "When using virtual_batch_size, the batch dimension must be 0 and thus axis cannot "
                "include 0"
            )
        if self.adjustment is not None:
            raise ValueError("When using virtual_batch_size, adjustment cannot be specified")

    def _can_be_fused(self, axes: list[int]) -> bool:
        is_plain = not self.renorm and self.virtual_batch_size is None and self.adjustment is None
        return is_plain and axes in ([1], [3])

    def _shape_of_parameters(self, sizes: dict[int, int], rank: int) -> Sequence[int]:
        if len(sizes) == 1 and self.virtual_batch_size is None:
            return list(sizes.values())
        shape = [sizes.get(axis, 1) for axis in range(rank)]
        if self.virtual_batch_size is not None:  # inputs get an axis of virtual batches then
            shape.insert(1, 1)
            self.axis = [axis + 1 for axis in sizes]
        return shape

    @property
    def _param_dtype(self) -> Any:
        half = (dtypes.float16, dtypes.bfloat16)
        return dtypes.float32 if self.dtype in half else self.dtype or dtypes.float32

    def _make_variables(self, shape: Sequence[int]) -> None:
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(
                "gamma",
                shape=shape,
                dtype=self._param_dtype,
                initializer=self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                trainable=True,
            )
        elif self.fused:
            self._gamma_const = constant(1.0, dtype=self._param_dtype, shape=shape)
        if self.center:
            self.beta = self.add_weight(
                "beta",
                shape=shape,
                dtype=self._param_dtype,
                initializer=self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                trainable=True,
            )
        elif self.fused:
            self._beta_const = constant(0.0, dtype=self._param_dtype, shape=shape)
        self._make_averages(shape)

    def _make_averages(self, shape: Sequence[int]) -> None:
        def add(name: str, initializer: Any) -> Any:
            return self.add_weight(
                name,
                shape=shape,
                dtype=self._param_dtype,
                initializer=initializer,
                trainable=False,
                synchronization=VariableSynchronization.ON_READ,
                aggregation=VariableAggregation.MEAN,
            )

        def initial_deviation(*args: Any, **kwargs: Any) -> Tensor:
            return elementwise.sqrt(self.moving_variance_initializer(*args, **kwargs))

        self.moving_mean = add("moving_mean", self.moving_mean_initializer)
        self.moving_variance = add("moving_variance", self.moving_variance_initializer)
        if self.renorm:
            with colocate_with(self.moving_variance):
                self.moving_stddev = add("moving_stddev", initial_deviation)
            with colocate_with(self.moving_mean):
                self.renorm_mean = add("renorm_mean", self.moving_mean_initializer)
            with colocate_with(self.moving_stddev):
                self.renorm_stddev = add("renorm_stddev", initial_deviation)

    # Calls ----------------------------------------------------------------------------------------

    def call(self, inputs: Any, training: Any = None) -> Tensor:
        training = self._training_value(training)
        if self.fused:
            return self._fused(inputs, training)
        if self.virtual_batch_size is None:
            return self._composed(inputs, training)
        shape = [-1, *inputs.shape.as_list()[1:]]
        batches = reshaping.reshape(inputs, [self.virtual_batch_size, *shape])
        return reshaping.reshape(self._composed(batches, training), shape)

    def _training_value(self, training: Any) -> Any:
        """Whether to normalise by the batch: a bool or a tensor."""
        return learning_phase() if training is None else training

    def _fused(self, inputs: Any, training: Any) -> Tensor:
        beta = self.beta if self.center else self._beta_const
        gamma = self.gamma if self.scale else self._gamma_const
        options: dict[str, Any] = {"epsilon": self.epsilon, "data_format": self._data_format}

        def of_batch() -> Any:
            return fused_op.fused_batch_norm(inputs, gamma, beta, **options)

        def of_averages() -> Any:
            return fused_op.fused_batch_norm(
                inputs,
                gamma,
                beta,
                mean=self.moving_mean,
                variance=self.moving_variance,
                is_training=False,
                **options,
            )

        outputs, mean, variance = smart_cond(training, of_batch, of_averages)
        if not self._bessels_correction_test_only:
            variance *= _share_of_biased(inputs, variance)
        known = constant_value(training)
        if known is None:
            momentum = smart_cond(training, lambda: self.momentum, lambda: 1.0)
        else:
            momentum = convert_to_tensor(self.momentum)
        if known or known is None:
            averages = ((self.moving_mean, mean), (self.moving_variance, variance))
            for average, value in averages:
                self.add_update(assign_moving_average(average, value, momentum))
        return outputs

    def _composed(self, inputs: Any, training: Any) -> Tensor:
        """Normalisation by nodes of its own, of inputs of any rank."""
        scale, offset = self._broadcast(self.gamma, inputs), self._broadcast(self.beta, inputs)
        known = constant_value(training)
        if known is not None and not known:
            mean, variance = self.moving_mean, self.moving_variance
        else:
            scale, offset = self._adjusted(inputs, training, scale, offset)
            mean, variance = self._moments(inputs, training)
            scale, offset = self._with_updates(mean, variance, training, inputs, scale, offset)
        mean, variance = casts.cast(mean, inputs.dtype), casts.cast(variance, inputs.dtype)
        if offset is not None:
            offset = casts.cast(offset, inputs.dtype)
        if scale is not None:
            scale = casts.cast(scale, inputs.dtype)
        outputs = normalizing.batch_normalization(
            inputs,
            self._broadcast(mean, inputs),
            self._broadcast(variance, inputs),
            offset,
            scale,
            self.epsilon,
        )
        outputs.set_shape(inputs.shape)
        return outputs

    def _reduced(self, inputs: Any) -> list[int]:
        """The axes that statistics are taken over."""
        axes = [axis for axis in range(inputs.shape.ndims) if axis not in self._axes]
        if self.virtual_batch_size is not None:
            del axes[1]
        return axes

    @property
    def _axes(self) -> list[int]:
        assert isinstance(self.axis, list)
        return self.axis

    def _broadcast(self, v: Any, inputs: Any) -> Any:
        """A parameter in a shape that broadcasts with the inputs'."""
        rank = inputs.shape.ndims
        if v is None or v.shape.ndims == rank or self._reduced(inputs) == list(range(rank - 1)):
            return v
        shape = [1] * rank
        shape[self._axes[0]] = inputs.shape.as_list()[self._axes[0]]
        return reshaping.reshape(v, shape)

    def _adjusted(self, inputs: Any, training: Any, scale: Any, offset: Any) -> tuple[Any, Any]:
        if not self.adjustment:
            return scale, offset
        by, to = self.adjustment(shape_of.shape(inputs))
        by = smart_cond(training, lambda: by, lambda: filling.ones_like(by))
        to = smart_cond(training, lambda: to, lambda: filling.zeros_like(to))
        return _composed_transforms(by, to, scale, offset)

    def _moments(self, inputs: Any, training: Any) -> tuple[Any, Any]:
        """Mean and variance to normalise with."""
        mean, variance = moments.moments(
            casts.cast(inputs, self._param_dtype),
            self._reduced(inputs),
            keep_dims=self.virtual_batch_size is not None or len(self._axes) > 1,
        )
        return (
            smart_cond(training, lambda: mean, lambda: convert_to_tensor(self.moving_mean)),
            smart_cond(training, lambda: variance, lambda: convert_to_tensor(self.moving_variance)),
        )

    def _with_updates(
        self, mean: Any, variance: Any, training: Any, inputs: Any, scale: Any, offset: Any
    ) -> tuple[Any, Any]:
        """Adds the updates of the averages; returns the scale and the offset, corrected."""
        if self.virtual_batch_size is not None:
            mean = reductions.reduce_mean(mean, axis=1, keepdims=True)
            variance = reductions.reduce_mean(variance, axis=1, keepdims=True)
        if self.renorm:
            r, d, mean, variance = batch_renorm.corrections(
                mean,
                variance,
                self.epsilon,
                self.renorm_mean,
                self.renorm_stddev,
                self.renorm_clipping,
                self.renorm_momentum,
                training,
            )
            r = self._broadcast(stop_gradient(r, name="renorm_r"), inputs)
            d = self._broadcast(stop_gradient(d, name="renorm_d"), inputs)
            scale, offset = _composed_transforms(r, d, scale, offset)

        def updated_mean() -> Any:
            return assign_moving_average(self.moving_mean, mean, self.momentum)

        def updated_variance() -> Any:
            if not self.renorm:
                return assign_moving_average(self.moving_variance, variance, self.momentum)
            stddev = assign_moving_average(
                self.moving_stddev, elementwise.sqrt(variance + self.epsilon), self.momentum
            )
            return assign_new_value(
                self.moving_variance, activations.relu(stddev * stddev - self.epsilon)
            )

        self.add_update(smart_cond(training, updated_mean, lambda: self.moving_mean))
        self.add_update(smart_cond(training, updated_variance, lambda: self.moving_variance))
        return scale, offset

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """As every layer's; what other Keras do not know is told only where it is used."""
        config = dict(super().get_config())
        if self.renorm:
            config |= {
                "renorm": True,
                "renorm_clipping": dict(self.renorm_clipping.items()),
                "renorm_momentum": self.renorm_momentum,
            }
        if self.virtual_batch_size is not None:
            config["virtual_batch_size"] = self.virtual_batch_size
        if self.adjustment is not None:
            logging.warning(
                f"{self.name}: no configuration can tell `adjustment`, a function; a layer made "
                "anew of this one has none."
            )
        return config


def _share_of_biased(inputs: Tensor, variance: Tensor) -> Tensor:
    """(n - 1) / n for n numbers in each channel."""
    count = casts.cast(shape_of.size(inputs) / shape_of.size(variance), variance.dtype)
    return (count - casts.cast(1.0, variance.dtype)) / count


def _composed_transforms(scale: Any, offset: Any, then_scale: Any, then_offset: Any) -> Any:
    """The scale and the offset that do what both pairs do one after the other."""
    if then_scale is not None:
        scale *= then_scale
        offset *= then_scale
    if then_offset is not None:
        offset += then_offset
    return scale, offset
