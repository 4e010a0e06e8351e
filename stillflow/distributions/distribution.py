"""`Distribution`: what every distribution can do, whichever it is.

A distribution says of itself how it draws (`_sample_n`), how likely a value is (`_log_prob` or
`_prob`) and what its moments are; these hooks are TensorFlow 1.x's, so that programs can write
their own. The public methods open name scopes, convert arguments, and compute one thing from
another where a distribution has no hook for it.

Shapes: a sample is n[*sample, *batch, *event], `batch` being the shape of parameters and `event`
that of one draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.distributions import divergence
from stillflow.distributions.moved import moved
from stillflow.distributions.shapes import expanded_sample_shape, static_sample_shape
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.array import joining, reshaping, shape_of
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import comparison, elementwise


class ReparameterizationType:
    """Whether samples are a differentiable function of a distribution's parameters."""

    @moved
    def __init__(self, rep_type: str):
        self._rep_type = rep_type

    def __repr__(self) -> str:
        return f"<Reparameteriation Type: {self._rep_type}>"

    def __eq__(self, other: Any) -> bool:
        return self is other

    __hash__ = object.__hash__


def _reparameterization(name: str) -> ReparameterizationType:
    made = object.__new__(ReparameterizationType)  # loading a module warns of nothing
    made._rep_type = name
    return made


FULLY_REPARAMETERIZED = _reparameterization("FULLY_REPARAMETERIZED")
NOT_REPARAMETERIZED = _reparameterization("NOT_REPARAMETERIZED")


def _missing(what: str) -> Callable[..., Any]:
    """A hook that a distribution has not."""

    def hook(self: Distribution, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{what} is not implemented: {type(self).__name__}")

    return hook


def _either(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """What `first` gives, or what `second` does when a hook of `first` is missing."""
    try:
        return first()
    except NotImplementedError as missing:
        try:
            return second()
        except NotImplementedError:
            raise missing from None


class Distribution:
    """The base of all distributions.

    Args:
      dtype: of samples.
      reparameterization_type: FULLY_REPARAMETERIZED or NOT_REPARAMETERIZED.
      validate_args: whether parameters and values are checked, at a cost.
      allow_nan_stats: whether a moment that is not defined is NaN, instead of an error.
      parameters: what the distribution was made of, by name, which `copy` changes.
      graph_parents: the tensors among it.
      name: of the scope of all its nodes; a name scope that was entered ends in a slash.

    Raises:
      ValueError: a graph parent is no tensor.
    """

    @moved
    def __init__(
        self,
        dtype: Any,
        reparameterization_type: ReparameterizationType,
        validate_args: bool,
        allow_nan_stats: bool,
        parameters: dict[str, Any] | None = None,
        graph_parents: list[Tensor] | None = None,
        name: str | None = None,
    ):
        graph_parents = [] if graph_parents is None else graph_parents
        for number, parent in enumerate(graph_parents):
            if parent is None or not is_tensor(parent):
                raise ValueError(f"Graph parent item {number} is not a Tensor; {parent}.")
        if not name or name[-1] != "/":
            with name_scope(name or type(self).__name__) as scope:
                name = scope
        self._dtype = dtype
        self._reparameterization_type = reparameterization_type
        self._allow_nan_stats = allow_nan_stats
        self._validate_args = validate_args
        self._parameters = parameters or {}
        self._graph_parents = graph_parents
        self._name = name

    # What it is -----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        return self._name

    @property
    def dtype(self) -> DType:
        return self._dtype

    @property
    def parameters(self) -> dict[str, Any]:
        """What the distribution was made of, by name."""
        given = self._parameters.items()
        return {k: v for k, v in given if not k.startswith("__") and k != "self"}

    @property
    def reparameterization_type(self) -> ReparameterizationType:
        return self._reparameterization_type

    @property
    def allow_nan_stats(self) -> bool:
        return self._allow_nan_stats

    @property
    def validate_args(self) -> bool:
        return self._validate_args

    def copy(self, **override_parameters_kwargs: Any) -> Distribution:
        """Returns one of the same kind, made of the same but for what is given."""
        return type(self)(**{**self.parameters, **override_parameters_kwargs})

    def __str__(self) -> str:
        shapes = [
            f", {what}={shape}"
            for what, shape in (
                ("batch_shape", self.batch_shape),
                ("event_shape", self.event_shape),
            )
            if shape.ndims is not None
        ]
        kind = f"tfp.distributions.{type(self).__name__}"
        return f'{kind}("{self.name}"{"".join(shapes)}, dtype={self.dtype.name})'

    def __repr__(self) -> str:
        return (
            f"<tfp.distributions.{type(self).__name__} '{self.name}' "
            f"batch_shape={self.batch_shape} event_shape={self.event_shape} "
            f"dtype={self.dtype.name}>"
        )

    @classmethod
    def param_shapes(
        cls, sample_shape: Any, name: str = "DistributionParamShapes"
    ) -> dict[str, Tensor]:
        """The shapes of parameters, by name, for samples of `sample_shape`."""
        with name_scope(name, values=[sample_shape]):
            return cls._param_shapes(sample_shape)

    @classmethod
    def param_static_shapes(cls, sample_shape: Any) -> dict[str, TensorShape]:
        """`param_shapes` as far as they are known.

        Raises:
          ValueError: `sample_shape` is not known.
        """
        if isinstance(sample_shape, TensorShape):
            if not sample_shape.is_fully_defined():
                raise ValueError("TensorShape sample_shape must be fully defined")
            sample_shape = sample_shape.as_list()
        static = {}
        for name, shape in cls.param_shapes(sample_shape).items():
            value = constant_value(shape)
            if value is None:
                raise ValueError("sample_shape must be a fully-defined TensorShape or list/tuple")
            static[name] = TensorShape(value)
        return static

    @staticmethod
    def _param_shapes(sample_shape: Any) -> dict[str, Tensor]:
        raise NotImplementedError("_param_shapes not implemented")

    # Shapes ---------------------------------------------------------------------------------------

    _batch_shape_tensor = _missing("batch_shape_tensor")
    _event_shape_tensor = _missing("event_shape_tensor")

    def _batch_shape(self) -> Any:
        return TensorShape(None)

    def _event_shape(self) -> Any:
        return TensorShape(None)

    @property
    def batch_shape(self) -> TensorShape:
        """The shape of parameters, as far as it is known."""
        return as_shape(self._batch_shape())

    @property
    def event_shape(self) -> TensorShape:
        """The shape of one draw, as far as it is known."""
        return as_shape(self._event_shape())

    def batch_shape_tensor(self, name: str = "batch_shape_tensor") -> Tensor:
        """The shape of parameters: i32[b]."""
        with self._name_scope(name):
            return _sizes(self.batch_shape, "batch_shape", self._batch_shape_tensor)

    def event_shape_tensor(self, name: str = "event_shape_tensor") -> Tensor:
        """The shape of one draw: i32[e]."""
        with self._name_scope(name):
            return _sizes(self.event_shape, "event_shape", self._event_shape_tensor)

    def is_scalar_event(self, name: str = "is_scalar_event") -> Tensor:
        """Whether a draw is one number: bool[]."""
        with self._name_scope(name):
            is_scalar = _is_scalar(self.event_shape, self.event_shape_tensor)
            return convert_to_tensor(is_scalar, name="is_scalar_event")

    def is_scalar_batch(self, name: str = "is_scalar_batch") -> Tensor:
        """Whether parameters are one of each: bool[]."""
        with self._name_scope(name):
            is_scalar = _is_scalar(self.batch_shape, self.batch_shape_tensor)
            return convert_to_tensor(is_scalar, name="is_scalar_batch")

    # Samples --------------------------------------------------------------------------------------

    _sample_n = _missing("sample_n")

    def sample(self, sample_shape: Any = (), seed: int | None = None, name: str = "sample") -> Any:
        """Draws n[*sample_shape, *batch, *event]; `sample_shape` may be a number."""
        return self._call_sample_n(sample_shape, seed, name)

    def _call_sample_n(self, sample_shape: Any, seed: int | None, name: str, **kwargs: Any) -> Any:
        with self._name_scope(name, [sample_shape]):
            sample_shape = convert_to_tensor(sample_shape, dtype=dtypes.int32, name="sample_shape")
            sample_shape, count = self._expand_sample_shape_to_vector(sample_shape, "sample_shape")
            samples = self._sample_n(count, seed, **kwargs)
            rest = shape_of.shape(samples)[1:]
            samples = reshaping.reshape(samples, joining.concat([sample_shape, rest], 0))
            return self._set_sample_static_shape(samples, sample_shape)

    def _expand_sample_shape_to_vector(self, x: Tensor, name: str) -> tuple[Tensor, Any]:
        return expanded_sample_shape(x, name)

    def _set_sample_static_shape(self, x: Tensor, sample_shape: Tensor) -> Tensor:
        sample = TensorShape(constant_value(sample_shape))
        known = static_sample_shape(x.shape, sample, self.batch_shape, self.event_shape)
        x.set_shape(known)
        return x

    # How likely a value is ------------------------------------------------------------------------

    _log_prob = _missing("log_prob")
    _prob = _missing("prob")
    _log_cdf = _missing("log_cdf")
    _cdf = _missing("cdf")
    _log_survival_function = _missing("log_survival_function")
    _survival_function = _missing("survival_function")
    _quantile = _missing("quantile")

    def log_prob(self, value: Any, name: str = "log_prob") -> Any:
        """The logarithm of the density, or of the probability, of `value`: f[*sample, *batch]."""
        return self._call_log_prob(value, name)

    def prob(self, value: Any, name: str = "prob") -> Any:
        """The density, or the probability, of `value`: f[*sample, *batch]."""
        return self._call_prob(value, name)

    def log_cdf(self, value: Any, name: str = "log_cdf") -> Any:
        """The logarithm of the probability of no more than `value`."""
        return self._call_log_cdf(value, name)

    def cdf(self, value: Any, name: str = "cdf") -> Any:
        """The probability of no more than `value`."""
        return self._call_cdf(value, name)

    def log_survival_function(self, value: Any, name: str = "log_survival_function") -> Any:
        """The logarithm of the probability of more than `value`."""
        return self._call_log_survival_function(value, name)

    def survival_function(self, value: Any, name: str = "survival_function") -> Any:
        """The probability of more than `value`."""
        return self._call_survival_function(value, name)

    def quantile(self, value: Any, name: str = "quantile") -> Any:
        """The number of which no more has the probability `value`."""
        return self._call_quantile(value, name)

    def _call_log_prob(self, value: Any, name: str, **kwargs: Any) -> Any:
        with self._of_value(value, name) as x:
            return _either(
                lambda: self._log_prob(x, **kwargs),
                lambda: elementwise.log(self._prob(x, **kwargs)),
            )

    def _call_prob(self, value: Any, name: str, **kwargs: Any) -> Any:
        with self._of_value(value, name) as x:
            return _either(
                lambda: self._prob(x, **kwargs),
                lambda: elementwise.exp(self._log_prob(x, **kwargs)),
            )

    def _call_log_cdf(self, value: Any, name: str, **kwargs: Any) -> Any:
        with self._of_value(value, name) as x:
            return _either(
                lambda: self._log_cdf(x, **kwargs),
                lambda: elementwise.log(self._cdf(x, **kwargs)),
            )

    def _call_cdf(self, value: Any, name: str, **kwargs: Any) -> Any:
        with self._of_value(value, name) as x:
            return _either(
                lambda: self._cdf(x, **kwargs),
                lambda: elementwise.exp(self._log_cdf(x, **kwargs)),
            )

    def _call_log_survival_function(self, value: Any, name: str, **kwargs: Any) -> Any:
        with self._of_value(value, name) as x:
            return _either(
                lambda: self._log_survival_function(x, **kwargs),
                lambda: elementwise.log1p(-self.cdf(x, **kwargs)),
            )

    def _call_survival_function(self, value: Any, name: str, **kwargs: Any) -> Any:
        with self._of_value(value, name) as x:
            return _either(
                lambda: self._survival_function(x, **kwargs),
                lambda: 1.0 - self.cdf(x, **kwargs),
            )

    def _call_quantile(self, value: Any, name: str, **kwargs: Any) -> Any:
        with self._of_value(value, name) as x:
            return self._quantile(x, **kwargs)

    # Moments --------------------------------------------------------------------------------------

    _entropy = _missing("entropy")
    _mean = _missing("mean")
    _variance = _missing("variance")
    _stddev = _missing("stddev")
    _covariance = _missing("covariance")
    _mode = _missing("mode")

    def entropy(self, name: str = "entropy") -> Any:
        """The mean of -log_prob: f[*batch]."""
        with self._name_scope(name):
            return self._entropy()

    def mean(self, name: str = "mean") -> Any:
        """n[*batch, *event]"""
        with self._name_scope(name):
            return self._mean()

    def variance(self, name: str = "variance") -> Any:
        """Of each number of a draw by itself: n[*batch, *event]."""
        with self._name_scope(name):
            return _either(self._variance, lambda: elementwise.square(self._stddev()))

    def stddev(self, name: str = "stddev") -> Any:
        """Of each number of a draw by itself: n[*batch, *event]."""
        with self._name_scope(name):
            return _either(self._stddev, lambda: elementwise.sqrt(self._variance()))

    def covariance(self, name: str = "covariance") -> Any:
        """Of the numbers of a draw with each other: n[*batch, k, k] for events of k numbers."""
        with self._name_scope(name):
            return self._covariance()

    def mode(self, name: str = "mode") -> Any:
        """The likeliest draw: n[*batch, *event]."""
        with self._name_scope(name):
            return self._mode()

    # Beside another -------------------------------------------------------------------------------

    def cross_entropy(self, other: Distribution, name: str = "cross_entropy") -> Any:
        """The mean, over draws of this one, of -log_prob of the other: f[*batch]."""
        with self._name_scope(name):
            return self._cross_entropy(other)

    def kl_divergence(self, other: Distribution, name: str = "kl_divergence") -> Any:
        """By how much `cross_entropy` exceeds `entropy`: f[*batch]."""
        with self._name_scope(name):
            return self._kl_divergence(other)

    def _cross_entropy(self, other: Distribution) -> Any:
        return divergence.cross_entropy(self, other, allow_nan_stats=self.allow_nan_stats)

    def _kl_divergence(self, other: Distribution) -> Any:
        return divergence.kl_divergence(self, other, allow_nan_stats=self.allow_nan_stats)

    # Scopes ---------------------------------------------------------------------------------------

    @contextmanager
    def _name_scope(self, name: str | None = None, values: Any = None) -> Iterator[str]:
        parents = [*([] if values is None else values), *self._graph_parents]
        with name_scope(self.name), name_scope(name, values=parents) as scope:
            yield scope

    @contextmanager
    def _of_value(self, value: Any, name: str) -> Iterator[Tensor]:
        """A block in the scope `name`, with `value` as a tensor."""
        with self._name_scope(name, [value]):
            yield convert_to_tensor(value, name="value", preferred_dtype=self.dtype)


def _sizes(shape: TensorShape, name: str, in_a_run: Callable[[], Tensor]) -> Tensor:
    """A shape as a tensor: a constant when it is known."""
    if shape.is_fully_defined():
        return convert_to_tensor(shape.as_list(), dtype=dtypes.int32, name=name)
    return in_a_run()


def _is_scalar(shape: TensorShape, in_a_run: Callable[[], Tensor]) -> Any:
    """Whether a shape, known or only in a run, is that of one number."""
    if shape.ndims is not None:
        return shape.ndims == 0
    sizes = in_a_run()
    if sizes.shape.ndims is not None and sizes.shape[0].value is not None:
        return sizes.shape.as_list() == [0]
    return comparison.equal(shape_of.shape(sizes)[0], 0)


def nan_like(dtype: DType) -> np.ndarray:
    """NaN in a type, where a moment is not defined."""
    return np.array(np.nan, dtype.as_numpy_dtype)
