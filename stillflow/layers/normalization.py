"""Normalisation by the statistics of a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import colocate_with
from stillflow.graph.tensor_shape import as_shape
from stillflow.layers import identifiers
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.normalizing import Normalizing
from stillflow.ops.math import elementwise
from stillflow.ops.variables.variable import VariableAggregation, VariableSynchronization
from stillflow.platform import logging


class BatchNormalization(Normalizing):
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
                experimental_autocast=False,
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
                experimental_autocast=False,
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
                experimental_autocast=False,
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
