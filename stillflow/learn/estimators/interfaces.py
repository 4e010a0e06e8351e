"""What can be trained, and what can be evaluated."""

from __future__ import annotations

import abc
from typing import Any


class Trainable(abc.ABC):
    """Base of what `fit` trains."""

    @abc.abstractmethod
    def fit(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: Any = None,
        steps: int | None = None,
        batch_size: int | None = None,
        monitors: Any = None,
        max_steps: int | None = None,
    ) -> Any:
        """Trains on arrays, or on what `input_fn` gives; returns itself."""
        raise NotImplementedError


class Evaluable(abc.ABC):
    """Base of what `evaluate` measures."""

    @property
    @abc.abstractmethod
    def model_dir(self) -> str:
        """Where the model's checkpoints are."""
        raise NotImplementedError

    @abc.abstractmethod
    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: Any = None,
        feed_fn: Any = None,
        batch_size: int | None = None,
        steps: int | None = None,
        metrics: Any = None,
        name: str | None = None,
        checkpoint_path: str | None = None,
        hooks: Any = None,
    ) -> Any:
        """Measures on arrays, or on what `input_fn` gives; returns {name: value}."""
        raise NotImplementedError
