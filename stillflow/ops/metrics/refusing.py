"""Metrics count in graphs only; in eager mode they refuse to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from stillflow.graph.context import check_not_eager
from stillflow.platform.decorators import make_decorator

_Metric = TypeVar("_Metric", bound=Callable[..., Any])


def in_graphs_only(metric: _Metric) -> _Metric:
    """Decorator of a metric: RuntimeError in eager mode."""

    def checked(*args: Any, **kwargs: Any) -> Any:
        check_not_eager(
            f"tf.metrics.{metric.__name__} is not supported when eager execution is enabled."
        )
        return metric(*args, **kwargs)

    decorated: Any = make_decorator(metric, checked, "in_graphs_only")
    return decorated
