"""Optimizers by their names."""

from __future__ import annotations

from typing import Any

from stillflow.train.adagrad import AdagradOptimizer
from stillflow.train.adam import AdamOptimizer
from stillflow.train.ftrl import FtrlOptimizer
from stillflow.train.gradient_descent import GradientDescentOptimizer
from stillflow.train.optimizer import Optimizer
from stillflow.train.rmsprop import RMSPropOptimizer

_BY_NAME: dict[str, Any] = {
    "Adagrad": AdagradOptimizer,
    "Adam": AdamOptimizer,
    "Ftrl": FtrlOptimizer,
    "RMSProp": RMSPropOptimizer,
    "SGD": GradientDescentOptimizer,
}


def optimizer_of(given: Any, learning_rate: float | None = None) -> Optimizer:
    """An optimizer: itself, of a name with `learning_rate`, or what a function returns.

    Raises:
      ValueError: another name, one without a rate, or no optimizer.
    """
    if isinstance(given, str):
        if given not in _BY_NAME:
            raise ValueError(
                f"Unsupported optimizer name: {given}. Supported names are: "
                f"{tuple(sorted(_BY_NAME))}"
            )
        if not learning_rate:
            raise ValueError("learning_rate must be specified when opt is string.")
        return _BY_NAME[given](learning_rate=learning_rate)
    found = given() if callable(given) else given
    if not isinstance(found, Optimizer):
        raise ValueError(f"The given object is not an Optimizer instance. Given: {found}")
    return found
