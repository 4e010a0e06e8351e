"""The base of the optimizers that `tf.keras` had first: see `first`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.keras.backend.function import gradients
from stillflow.keras.backend.tensors import int_shape
from stillflow.keras.backend.variables import variable, zeros
from stillflow.keras.optimizers.weights import set_values
from stillflow.layers import settings
from stillflow.layers.values import batch_get_value, get_value
from stillflow.ops.math import casts, clip
from stillflow.ops.variables import state

_OPTIONS = ("clipnorm", "clipvalue")


class Optimizer:
    """The base. Subclasses override `get_updates(loss, params)`.

    Args:
      clipnorm: the norm of each gradient that is scaled down to it.
      clipvalue: what bounds each element of a gradient.

    Raises:
      TypeError: an argument is unknown.
      ValueError: one of these is less than 0.
    """

    # The arguments that are variables, and of them and others those that `get_config` tells.
    _variables: tuple[str, ...] = ()
    _described: tuple[str, ...] = ()

    def __init__(self, **kwargs: Any):
        for key, value in kwargs.items():
            if key not in _OPTIONS:
                raise TypeError(f"Unexpected keyword argument passed to optimizer: {key}")
            if value < 0:
                raise ValueError(f"Expected {key} >= 0, received: {value}")
        vars(self).update(kwargs)
        self.updates: list[Any] = []
        self.weights: Any = []

    def _make(self, **numbers: Any) -> None:
        """Makes variables of numbers, in order; `iterations` counts steps."""
        with name_scope(type(self).__name__):
            for name, value in numbers.items():
                dtype = "int64" if name == "iterations" else None
                setattr(self, name, variable(value, dtype=dtype, name=name))

    def get_updates(self, loss: Tensor, params: Sequence[Any]) -> list[Any]:
        """Returns the operations of a step."""
        raise NotImplementedError

    def get_gradients(self, loss: Tensor, params: Sequence[Any]) -> list[Any]:
        """Returns the gradients of `loss`. ValueError where it does not depend on a variable."""
        grads = gradients(loss, params)
        if any(grad is None for grad in grads):
            raise ValueError(
                "An operation has `None` for gradient. Please make sure that all of your ops have "
                "a gradient defined (i.e. are differentiable). Common ops without gradient: "
                "K.argmax, K.round, K.eval."
            )
        if hasattr(self, "clipnorm"):
            grads = [clip.clip_by_norm(grad, self.clipnorm) for grad in grads]
        if hasattr(self, "clipvalue"):
            bound = self.clipvalue
            grads = [clip.clip_by_value(grad, -bound, bound) for grad in grads]
        return grads

    def _decayed(self, rate: Any) -> Any:
        """The rate of the step to come."""
        own: Any = self
        if not own.initial_decay > 0:
            return rate
        steps = casts.cast(own.iterations, own.decay.dtype.base_dtype)
        return rate * (1.0 / (1.0 + own.decay * steps))

    def _counted(self) -> Tensor:
        """The number of the step to come, from 1 on."""
        own: Any = self
        with control_dependencies([state.assign_add(own.iterations, 1)]):
            return casts.cast(own.iterations, settings.floatx())

    def _set(self, param: Any, value: Tensor) -> None:
        """Sets a variable that is trained, as its constraint has it, with the step."""
        constraint = getattr(param, "constraint", None)
        value = value if constraint is None else constraint(value)
        self.updates.append(state.assign(param, value))

    def get_weights(self) -> list[Any]:
        """The values of `weights` in Keras' session."""
        return batch_get_value(self.weights)

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Sets the values of `weights`. ValueError where their number or a shape is another."""
        own = self.weights
        if len(own) != len(weights):
            raise ValueError(
                f"Length of the specified weight list ({len(weights)}) does not match the number "
                f"of weights of the optimizer ({len(own)})"
            )
        set_values(own, weights)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal one, without its state."""
        config = {name: getattr(self, name) for name in _OPTIONS if hasattr(self, name)}
        for name in self._described:
            value = getattr(self, name)
            config[name] = float(get_value(value)) if name in self._variables else value
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Makes the optimizer of these arguments."""
        return cls(**config)


def zeros_like_each(params: Sequence[Any], typed: bool = False) -> list[Any]:
    """Variables of zeros of the shapes of others; of their types where `typed`."""
    return [zeros(int_shape(p), p.dtype.base_dtype.name if typed else None) for p in params]
