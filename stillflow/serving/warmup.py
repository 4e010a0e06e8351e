"""Running a model before it is asked, so that what is slow the first time is done by then."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.errors import OpError
from stillflow.graph.protos import schema
from stillflow.graph.protos.tensor_proto import make_ndarray
from stillflow.interchange.saved_model import names
from stillflow.platform.records import RecordReader
from stillflow.serving.loading import Servable
from stillflow.serving.signatures import Port, Signature

_REQUESTS = "tf_serving_warmup_requests"
_MOST_REQUESTS = 1000  # as in TensorFlow Serving
_MOST_BYTES = 2**26  # of zeros that are made up for one input
_log = logging.getLogger("stillflow")

# What of TensorFlow Serving's PredictionLog is read. Messages of TensorFlow's are bytes here.
_LOG: schema.Schema = {
    "ModelSpec": {"signature_name": (3, "string")},
    "PredictRequest": {"model_spec": (1, "ModelSpec"), "inputs": (2, "<bytes")},
    "ExampleList": {"examples": (1, "*bytes")},
    "ExampleListWithContext": {"examples": (1, "*bytes"), "context": (2, "bytes")},
    "Input": {
        "example_list": (1, "ExampleList"),
        "example_list_with_context": (2, "ExampleListWithContext"),
    },
    "ExamplesRequest": {"model_spec": (1, "ModelSpec"), "input": (2, "Input")},
    "PredictLog": {"request": (1, "PredictRequest")},
    "ExamplesLog": {"request": (1, "ExamplesRequest")},
    "PredictionLog": {
        "classify_log": (2, "ExamplesLog"),
        "regress_log": (3, "ExamplesLog"),
        "predict_log": (6, "PredictLog"),
    },
}


def warm_up(servable: Servable, folder: str, sizes: Sequence[int]) -> int:
    """Runs each signature that changes nothing with zeros, and the requests that the model brings.

    What has run and is worth compiling is compiled.

    Args:
      folder: of the SavedModel, which may have requests in assets.extra.
      sizes: how many rows runs will have.

    Returns:
      How many requests of the model's own were run.

    Raises:
      tf.errors.OpError, ValueError: the model's requests cannot be read, or one fails.
    """
    asked = list(_recorded(servable, folder))
    fed = {(signature.name, *(v.shape for v in feeds.values())) for signature, feeds in asked}
    made = [
        (signature, feeds)
        for signature in servable.signatures.values()
        if not servable.changes(signature)
        for rows in (sizes if signature.has_rows else sizes[:1])
        for feeds in [_zeros(signature, rows)]
        if feeds is not None and (signature.name, *(v.shape for v in feeds.values())) not in fed
    ]
    for signature, feeds in asked:
        servable.run(signature, feeds)
    ran = [*asked, *((s, f) for s, f in made if _succeeds(servable, s, f))]
    servable.compile_ahead()
    for signature, feeds in ran:
        servable.run(signature, feeds)
    return len(asked)


def _succeeds(servable: Servable, signature: Signature, feeds: dict[str, np.ndarray]) -> bool:
    """Zeros need not be what a model takes."""
    try:
        servable.run(signature, feeds)
    except (OpError, ValueError) as error:
        _log.debug("Signature %s was not run with zeros: %s", signature.name, error)
        return False
    return True


def _zeros(signature: Signature, rows: int) -> dict[str, np.ndarray] | None:
    """Zeros for each input, open sizes being 1 but for rows; None where there are none."""
    found = {}
    for key, port in signature.inputs.items():
        value = _zeros_of(port, rows)
        if value is None:
            return None
        found[key] = value
    return found


def _zeros_of(port: Port, rows: int) -> np.ndarray | None:
    if port.shape is None or port.dtype == dtypes.string:
        return None
    shape = tuple(1 if size is None else size for size in port.shape)
    shape = (rows, *shape[1:]) if port.has_rows else shape
    kind = np.dtype(port.dtype.as_numpy_dtype)
    return np.zeros(shape, kind) if math.prod(shape) * kind.itemsize <= _MOST_BYTES else None


# Requests of the model's own ----------------------------------------------------------------------


def _recorded(servable: Servable, folder: str) -> Iterator[tuple[Signature, dict[str, np.ndarray]]]:
    path = os.path.join(folder, names.EXTRA_ASSETS_DIRECTORY, _REQUESTS)
    if not os.path.isfile(path):
        return
    with RecordReader(path) as records:
        for number, record in enumerate(records):
            if number >= _MOST_REQUESTS:
                raise ValueError(f"{path} has more than {_MOST_REQUESTS} requests.")
            found = _request_in(record)
            if found is not None:
                name, feeds = found
                yield servable.signature(name), feeds


def _request_in(record: bytes) -> tuple[str, dict[str, np.ndarray]] | None:
    """The signature and feeds of a PredictionLog; None where it is of another kind."""
    from google.protobuf.message import DecodeError
    from tensorboard.compat.proto.tensor_pb2 import TensorProto

    try:
        log = _log_class().FromString(record)
        if log.HasField("predict_log"):
            request = log.predict_log.request
            protos = {key: TensorProto.FromString(data) for key, data in request.inputs.items()}
            feeds = {key: make_ndarray(proto) for key, proto in protos.items()}
            return request.model_spec.signature_name, feeds
    except DecodeError as error:
        raise ValueError(f"A request for warming up is damaged: {error}") from None
    for kind in ("classify_log", "regress_log"):
        if log.HasField(kind):
            request = getattr(log, kind).request
            return request.model_spec.signature_name, {names.CLASSIFY_INPUTS: _examples(request)}
    return None


def _examples(request: Any) -> np.ndarray:
    given = request.input
    context = given.example_list_with_context.context
    listed = [*given.example_list.examples, *given.example_list_with_context.examples]
    found = np.empty(len(listed), object)
    found[:] = [context + example for example in listed]
    return found


@cache
def _log_class() -> Any:
    return schema.message_class(
        schema.pool_of(_LOG, "tensorflow.serving"), "tensorflow.serving.PredictionLog"
    )
