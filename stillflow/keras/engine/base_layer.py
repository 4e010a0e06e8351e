"""`tf.keras.layers.Layer`, whose `add_metric` makes metrics of Keras."""

from __future__ import annotations

from typing import Any

from stillflow.layers import added_metrics
from stillflow.layers.base_layer import Layer as Layer


def _mean(name: str) -> Any:
    from stillflow.keras.metrics.means import Mean  # a layer, whose base this module shows

    return Mean(name=name)


added_metrics.means[:] = [_mean]
