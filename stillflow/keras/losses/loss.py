"""Losses as objects: what is made of the losses of samples, `tf.keras.losses.Loss`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import is_tensor
from stillflow.graph.distribution import strategy_around
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.layers.values import get_value
from stillflow.ops.losses.sample_weights import Reduction, compute_weighted_loss
from stillflow.ops.variables.variable import Variable


class Loss:
    """The base of losses. Subclasses override `call(y_true, y_pred)`: the losses of the samples.

    Args:
      reduction: a Reduction, what becomes of them.
      name: of the scope; the class's by default.

    Raises:
      ValueError: there is no such reduction.
    """

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = None):
        Reduction.validate(reduction)
        self.reduction = reduction
        self.name = name

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """Returns the weighted and reduced loss: f[], or f[...] for Reduction.NONE.

        Args:
          sample_weight: a scalar, or what fits the losses of the samples; by default 1.
        """
        name = "lambda" if self.name == "<lambda>" else self.name
        with name_scope(name or type(self).__name__):
            losses = self.call(y_true, y_pred)
            return compute_weighted_loss(losses, sample_weight, reduction=self._get_reduction())

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Returns the loss of these arguments."""
        return cls(**config)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make it."""
        return {"reduction": self.reduction, "name": self.name}

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns the losses of the samples."""
        raise NotImplementedError(
            "Must be implemented in subclasses.\n  A loss overrides call(self, y_true, y_pred)."
        )

    def _get_reduction(self) -> str:
        """The reduction outside of `fit`, which reduces for all replicas by itself."""
        over_batch = (Reduction.AUTO, Reduction.SUM_OVER_BATCH_SIZE)
        if strategy_around() is not None and self.reduction in over_batch:
            raise ValueError(
                "Please use `tf.keras.losses.Reduction.SUM` or `tf.keras.losses.Reduction.NONE` "
                "for loss reduction when losses are used with `tf.distribute.Strategy` outside of "
                "the built-in training loops.\n  A replica knows the size of its own batch alone: "
                "sum the losses and divide by that of all replicas together."
            )
        if self.reduction == Reduction.AUTO:
            return Reduction.SUM_OVER_BATCH_SIZE
        return self.reduction


class LossFunctionWrapper(Loss):
    """A loss whose samples' losses a function computes.

    Args:
      fn: takes labels and predictions, and `kwargs`.
      reduction, name: as of `Loss`.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str = Reduction.AUTO,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(reduction=reduction, name=name)
        self.fn = fn
        self._fn_kwargs = kwargs

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return self.fn(y_true, y_pred, **self._fn_kwargs)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | plain(self._fn_kwargs)


def plain(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments of which tensors and variables are replaced by their values."""
    return {
        name: get_value(each) if is_tensor(each) or isinstance(each, Variable) else each
        for name, each in arguments.items()
    }
