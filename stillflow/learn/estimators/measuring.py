"""Metrics of an estimator: built from what a program asks for, and recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from stillflow.events.file_writer import FileWriterCache
from stillflow.learn.metric_spec import MetricSpec
from stillflow.ops.control.ordering import group
from stillflow.platform import logging

_NUMBERS = (float, int, np.float32, np.int64, np.int32)


def make_metrics_ops(metrics: Any, features: Any, labels: Any, predictions: Any) -> dict[Any, Any]:
    """Builds metrics, in the order of their names.

    Args:
      metrics: {name: MetricSpec}, or {name: function of (predictions, labels)}, or
        {(name, key of the prediction): function}.

    Raises:
      ValueError: a function needs one prediction and there are several, or the other way round.
    """
    single = labels
    if isinstance(labels, dict) and len(labels) == 1:
        (single,) = labels.values()
    built = {}
    for name, metric in sorted((metrics or {}).items()):
        if isinstance(metric, MetricSpec):
            built[name] = metric.create_metric_ops(features, labels, predictions)
            continue
        logging.warning(
            "Please specify metrics using MetricSpec. Using bare functions or (key, fn) tuples is "
            "deprecated and support for it will be removed on Oct 1, 2016."
        )
        if not isinstance(name, tuple):
            if isinstance(predictions, dict):
                raise ValueError(
                    "Metrics passed provide only name, no prediction, but predictions are dict. "
                    f"Metrics: {metrics}, Labels: {single}."
                )
            built[name] = metric(predictions, single)
            continue
        own_name, key = _checked_name(name, metrics, predictions)
        label = labels[key] if isinstance(labels, dict) and key in labels else single
        built[own_name] = metric(predictions[key], label)
    return built


def _checked_name(name: tuple, metrics: Any, predictions: Any) -> tuple[str, str]:
    if len(name) != 2:
        raise ValueError(
            f"Invalid metric for {name}. It returned a tuple with len {len(name)}, expected 2."
        )
    if not isinstance(predictions, dict):
        raise ValueError(
            "Metrics passed provide (name, prediction), but predictions are not dict. "
            f"Metrics: {metrics}, Predictions: {predictions}."
        )
    return name


def updates_and_values(metrics: Mapping[Any, Any]) -> tuple[Any, dict[Any, Any]]:
    """(one operation for all updates, or None; {name: value}) of {name: (value, update)}."""
    updates, values = [], {}
    for name, metric in metrics.items():
        if isinstance(metric, (list, tuple)):
            if len(metric) == 2:
                values[name] = metric[0]
                updates.append(metric[1])
                continue
            logging.warning(
                f"Ignoring metric {name}. It returned a list|tuple with len {len(metric)}, "
                "expected 2"
            )
        values[name] = metric
    return (group(*updates) if updates else None), values


def write_results(folder: str, results: Mapping[str, Any], global_step: int) -> None:
    """Writes results to the event file of a folder, and logs them."""
    from tensorboard.compat.proto.summary_pb2 import Summary

    logging.info("Saving dict for global step %d: %s", global_step, _shown(results))
    summary = Summary()
    for name, value in results.items():
        if value is not None and name != "global_step":
            _add(summary, name, value)
    writer = FileWriterCache.get(folder)
    writer.add_summary(summary, global_step)
    writer.flush()


def _shown(results: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name} = {value}" if isinstance(value, _NUMBERS) else f"Type of {name} = {type(value)}"
        for name, value in sorted(results.items())
    )


def _add(summary: Any, name: str, value: Any) -> None:
    if isinstance(value, _NUMBERS):
        summary.value.add(tag=name, simple_value=float(value))
    elif isinstance(value, np.ndarray):
        from stillflow.declare.tensor_proto import make_tensor_proto

        summary.value.add(tag=name, node_name=name, tensor=make_tensor_proto(value))
        logging.info(
            "Summary for np.ndarray is not visible in Tensorboard by default. A plugin of "
            "TensorBoard's can show it."
        )
    elif isinstance(value, (str, bytes)):
        _add_summaries(summary, name, value)
    else:
        logging.warning(
            "Skipping summary for %s, must be a float, np.float32, np.int64, np.int32 or int or "
            "np.ndarray or a serialized string of Summary.",
            name,
        )


def _add_summaries(summary: Any, name: str, serialized: str | bytes) -> None:
    from google.protobuf.message import DecodeError

    try:
        data = serialized if isinstance(serialized, bytes) else serialized.encode()
        found = type(summary).FromString(data)
    except DecodeError:
        logging.warning("Skipping summary for %s, cannot parse string to Summary.", name)
        return
    for value in found.value:
        value.tag = name
    summary.value.extend(found.value)
