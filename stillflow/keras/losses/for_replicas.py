"""Losses of models that are trained on several replicas."""

from __future__ import annotations

from typing import Any

from stillflow.graph.distribution import strategy_around


def scale_loss_for_distribution(loss_value: Any) -> Any:
    """The part of a replica of a mean over all: what is summed over replicas is the mean."""
    strategy = strategy_around()
    count = 1 if strategy is None else strategy.num_replicas_in_sync
    return loss_value * (1.0 / count) if count > 1 else loss_value
