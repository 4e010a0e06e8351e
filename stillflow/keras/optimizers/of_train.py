"""An optimizer of `tf.train` as one of `tf.keras`."""

from __future__ import annotations

from typing import Any

from stillflow.graph.distribution import strategy_around
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.keras.backend.variables import variable
from stillflow.keras.optimizers.first_base import Optimizer
from stillflow.ops.variables import state
from stillflow.tracking.trackable import Trackable
from stillflow.train.training_util import get_global_step


class TFOptimizer(Optimizer, Trackable):
    """What Keras asks of an optimizer, done by one of `tf.train`.

    Args:
      optimizer: a `tf.train.Optimizer`.
      iterations: the variable that counts steps; one is made by default.
    """

    def __init__(self, optimizer: Any, iterations: Any = None):
        self.optimizer = optimizer
        self._track_trackable(optimizer, name="optimizer")
        if iterations is None:
            with name_scope(type(self).__name__):
                iterations = variable(0, dtype="int64", name="iterations")
        self.iterations = iterations
        self._track_trackable(self.iterations, name="global_step")

    def apply_gradients(self, grads: Any) -> None:
        """Builds an update by (gradient, variable) pairs."""
        self.optimizer.apply_gradients(grads, global_step=self.iterations)

    def get_grads(self, loss: Tensor, params: Any) -> Any:
        """Returns (gradient, variable) for each variable."""
        return self.optimizer.compute_gradients(loss, params)

    def get_updates(self, loss: Tensor, params: Any) -> list[Any]:
        """Returns the operations of a step."""
        step = self.iterations if strategy_around() is None else get_global_step()
        if strategy_around() is None and not params:
            self.updates = [state.assign_add(step, 1)]
            return self.updates
        grads = self.optimizer.compute_gradients(loss, params or None)
        self.updates = [self.optimizer.apply_gradients(grads, global_step=step)]
        return self.updates

    @property
    def weights(self) -> Any:
        """NotImplementedError: what one of `tf.train` keeps is not told apart."""
        raise NotImplementedError(
            "an optimizer of tf.train does not tell its weights; use one of tf.keras.optimizers"
        )

    @weights.setter
    def weights(self, value: Any) -> None:
        raise AttributeError("weights of an optimizer of tf.train cannot be set")

    def get_config(self) -> Any:
        """NotImplementedError: one of `tf.train` has no configuration."""
        raise NotImplementedError(
            "an optimizer of tf.train has no configuration; use one of tf.keras.optimizers"
        )

    def from_config(self, config: Any) -> Any:  # type: ignore[override]
        """NotImplementedError: see `get_config`."""
        raise NotImplementedError(
            "an optimizer of tf.train has no configuration; use one of tf.keras.optimizers"
        )
