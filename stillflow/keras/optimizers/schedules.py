"""Learning rates that depend on the step, as objects: `tf.keras.optimizers.schedules`.

What each of them is, `train.learning_rate_decay` says.
"""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers.custom_objects import deserialize_keras_object, serialize_keras_object
from stillflow.train import learning_rate_decay


class LearningRateSchedule:
    """The base: called with the step, it returns the rate."""

    def __call__(self, step: Any) -> Any:
        raise NotImplementedError("Learning rate schedule must override __call__")

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal one."""
        raise NotImplementedError("Learning rate schedule must override get_config")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Makes the schedule of these arguments."""
        return cls(**config)


class _Decay(LearningRateSchedule):
    """A schedule whose arguments are attributes, and are those of a function of the step.

    Subclasses name the arguments after `initial_learning_rate`, in the order of that function's.
    """

    _arguments: tuple[str, ...]
    _function: Any

    def __init__(self, initial_learning_rate: Any, *arguments: Any):
        self.initial_learning_rate = initial_learning_rate
        for name, value in zip(self._arguments, arguments, strict=True):
            setattr(self, name, value)

    def __call__(self, step: Any) -> Tensor:
        """Returns the rate in a step: f[]."""
        arguments = (getattr(self, name) for name in self._arguments)
        rate: Any = type(self)._function(self.initial_learning_rate, step, *arguments)
        given: Tensor = rate() if callable(rate) else rate  # a function, in eager mode
        return given

    def get_config(self) -> dict[str, Any]:
        arguments = {name: getattr(self, name) for name in self._arguments}
        return {"initial_learning_rate": self.initial_learning_rate, **arguments}


class ExponentialDecay(_Decay):
    """The rate times decay_rate ^ (step / decay_steps); `staircase` rounds the exponent down."""

    _arguments = ("decay_steps", "decay_rate", "staircase", "name")
    _function = staticmethod(learning_rate_decay.exponential_decay)

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        decay_rate: Any,
        staircase: bool = False,
        name: str | None = None,
    ):
        super().__init__(initial_learning_rate, decay_steps, decay_rate, staircase, name)


class PolynomialDecay(_Decay):
    """From the rate to `end_learning_rate` within `decay_steps`, by a power of what is left."""

    _arguments = ("decay_steps", "end_learning_rate", "power", "cycle", "name")
    _function = staticmethod(learning_rate_decay.polynomial_decay)

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        end_learning_rate: Any = 0.0001,
        power: Any = 1.0,
        cycle: bool = False,
        name: str | None = None,
    ):
        super().__init__(initial_learning_rate, decay_steps, end_learning_rate, power, cycle, name)


class InverseTimeDecay(_Decay):
    """The rate / (1 + decay_rate * step / decay_steps); `staircase` rounds the quotient down."""

    _arguments = ("decay_steps", "decay_rate", "staircase", "name")
    _function = staticmethod(learning_rate_decay.inverse_time_decay)

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        decay_rate: Any,
        staircase: bool = False,
        name: str | None = None,
    ):
        super().__init__(initial_learning_rate, decay_steps, decay_rate, staircase, name)


class CosineDecay(_Decay):
    """The rate times a half wave that falls from 1 to `alpha`."""

    _arguments = ("decay_steps", "alpha", "name")
    _function = staticmethod(learning_rate_decay.cosine_decay)

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        alpha: Any = 0.0,
        name: str | None = None,
    ):
        super().__init__(initial_learning_rate, decay_steps, alpha, name)


class CosineDecayRestarts(_Decay):
    """Half waves that follow one another, each `t_mul` times longer and `m_mul` times as high."""

    _arguments = ("first_decay_steps", "t_mul", "m_mul", "alpha", "name")
    _function = staticmethod(learning_rate_decay.cosine_decay_restarts)

    def __init__(
        self,
        initial_learning_rate: Any,
        first_decay_steps: Any,
        t_mul: Any = 2.0,
        m_mul: Any = 1.0,
        alpha: Any = 0.0,
        name: str | None = None,
    ):
        super().__init__(initial_learning_rate, first_decay_steps, t_mul, m_mul, alpha, name)


class LinearCosineDecay(_Decay):
    """A wave whose height falls evenly, and no lower than `beta`."""

    _arguments = ("decay_steps", "num_periods", "alpha", "beta", "name")
    _function = staticmethod(learning_rate_decay.linear_cosine_decay)

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        num_periods: Any = 0.5,
        alpha: Any = 0.0,
        beta: Any = 0.001,
        name: str | None = None,
    ):
        super().__init__(initial_learning_rate, decay_steps, num_periods, alpha, beta, name)


class NoisyLinearCosineDecay(_Decay):
    """`LinearCosineDecay` with noise that fades."""

    _arguments = (
        *("decay_steps", "initial_variance", "variance_decay"),
        *("num_periods", "alpha", "beta", "name"),
    )
    _function = staticmethod(learning_rate_decay.noisy_linear_cosine_decay)

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        initial_variance: Any = 1.0,
        variance_decay: Any = 0.55,
        num_periods: Any = 0.5,
        alpha: Any = 0.0,
        beta: Any = 0.001,
        name: str | None = None,
    ):
        super().__init__(
            initial_learning_rate,
            decay_steps,
            initial_variance,
            variance_decay,
            num_periods,
            alpha,
            beta,
            name,
        )


class PiecewiseConstantDecay(LearningRateSchedule):
    """values[0] up to step boundaries[0], values[1] up to boundaries[1], ..., then values[-1].

    Raises:
      ValueError: there is not one value more than boundaries.
    """

    def __init__(self, boundaries: Any, values: Any, name: str | None = None):
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                "The length of boundaries should be 1 less than the length of values\n"
                f"  There are {len(boundaries)} and {len(values)}."
            )
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def __call__(self, step: Any) -> Tensor:
        """Returns the rate in a step: n[]."""
        return learning_rate_decay.piecewise_within_scope(
            step, self.boundaries, self.values, self.name
        )

    def get_config(self) -> dict[str, Any]:
        return {"boundaries": self.boundaries, "values": self.values, "name": self.name}


serialize = serialize_keras_object

_BY_NAME: dict[str, Any] = {
    each.__name__: each
    for each in (
        *(LearningRateSchedule, ExponentialDecay, PolynomialDecay, InverseTimeDecay),
        *(PiecewiseConstantDecay, CosineDecay, CosineDecayRestarts, LinearCosineDecay),
        NoisyLinearCosineDecay,
    )
}


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The schedule that is described; ValueError where there is none of that name."""
    return deserialize_keras_object(config, _BY_NAME, custom_objects, "decay")
