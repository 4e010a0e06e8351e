"""The metrics of an evaluation, logged and recorded for TensorBoard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from stillflow.declare.tensor_proto import make_tensor_proto
from stillflow.events.file_writer import FileWriterCache
from stillflow.graph import dtypes
from stillflow.graph.keys import GraphKeys
from stillflow.platform import logging

_NUMBERS = (float, np.float32, int, np.int32, np.int64)


def record_metrics(folder: str, results: Mapping[str, Any], checkpoint: str | None) -> None:
    """Writes results, and which checkpoint they are of, at their global step."""
    from tensorboard.compat.proto.summary_pb2 import Summary

    step = results[GraphKeys.GLOBAL_STEP]
    shown = ", ".join(
        f"{name} = {value!s}"
        for name, value in sorted(results.items())
        if not isinstance(value, bytes)
    )
    logging.info("Saving dict for global step %d: %s", step, shown)
    summary = Summary()
    for name, value in results.items():
        if value is not None and name != GraphKeys.GLOBAL_STEP:
            _add(summary, name, value)
    writer = FileWriterCache.get(folder)
    writer.add_summary(summary, step)
    writer.flush()
    if checkpoint:
        logging.info("Saving 'checkpoint_path' summary for global step %d: %s", step, checkpoint)
        proto = make_tensor_proto(checkpoint, dtype=dtypes.string)
        written = Summary(value=[Summary.Value(tag="checkpoint_path", tensor=proto)])
        writer.add_summary(written, step)
        writer.flush()


def _add(summary: Any, name: str, value: Any) -> None:
    from google.protobuf.message import DecodeError

    if isinstance(value, _NUMBERS):
        summary.value.add(tag=name, simple_value=float(value))
    elif isinstance(value, bytes):
        try:
            found = type(summary).FromString(value)
        except DecodeError:
            logging.warning("Skipping summary for %s, cannot parse string to Summary.", name)
            return
        for number, item in enumerate(found.value):
            item.tag = f"{name}/{number}"
        summary.value.extend(found.value)
    elif isinstance(value, np.ndarray):
        summary.value.add(tag=name, node_name=name, tensor=make_tensor_proto(value))
        logging.info(
            "Summary for np.ndarray is not visible in Tensorboard by default. A plugin of "
            "TensorBoard's can show it."
        )
    else:
        logging.warning(
            "Skipping summary for %s, must be a float, np.float32, np.int64, np.int32 or int or "
            "np.ndarray or a serialized string of Summary.",
            name,
        )
