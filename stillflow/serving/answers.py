"""What a model gives, in TensorFlow Serving's JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from stillflow.graph import errors
from stillflow.interchange.saved_model import names
from stillflow.serving.signatures import Signature
from stillflow.serving.tensors import invalid, nested, texts_of
from stillflow.serving.versions import State, Version

_BINARY = "_bytes"  # names that end so are of bytes, not of text
# By TensorFlow's status codes; the codes without one are failures of the server.
_HTTP = {
    **{errors.OK: 200, errors.CANCELLED: 499, errors.INVALID_ARGUMENT: 400},
    **{errors.DEADLINE_EXCEEDED: 504, errors.NOT_FOUND: 404, errors.ALREADY_EXISTS: 409},
    **{errors.PERMISSION_DENIED: 403, errors.RESOURCE_EXHAUSTED: 429, errors.ABORTED: 409},
    **{errors.FAILED_PRECONDITION: 400, errors.OUT_OF_RANGE: 400, errors.UNIMPLEMENTED: 501},
    **{errors.UNAVAILABLE: 503, errors.UNAUTHENTICATED: 401},
}


def http_status(error_code: int) -> int:
    """HTTP's status for one of TensorFlow's."""
    return _HTTP.get(error_code, 500)


def error_text(reason: str) -> str:
    return json.dumps({"error": reason})


# Predicting ---------------------------------------------------------------------------------------


def predictions(outputs: Mapping[str, np.ndarray]) -> str:
    """{"predictions": a value for each row, or an object where there are several outputs}.

    Raises:
      InvalidArgumentError: the outputs are not of equally many rows, or JSON has no such values.
    """
    rows = _rows_of(outputs)
    values = {key: _row_texts(key, value) for key, value in outputs.items()}
    if len(values) == 1:
        texts: Sequence[str] = next(iter(values.values()))
    else:
        texts = [
            f"{{{', '.join(f'{json.dumps(key)}: {v[row]}' for key, v in values.items())}}}"
            for row in range(rows)
        ]
    return f'{{"predictions": {nested(texts, (rows,))}}}'


def _rows_of(outputs: Mapping[str, np.ndarray]) -> int:
    rows: int | None = None
    for key, value in outputs.items():
        if value.ndim == 0:
            raise invalid(f"Tensor name: {key} has no shape information ")
        if rows not in (None, len(value)):
            raise invalid(
                f"Tensor name: {key} has inconsistent batch size: {len(value)} expecting: {rows}"
            )
        rows = len(value)
    return rows or 0


def _row_texts(key: str, value: np.ndarray) -> list[str]:
    texts = texts_of(value, key.endswith(_BINARY))
    if value.ndim == 1:
        return texts
    size = len(texts) // len(value) if len(value) else 0
    return [
        nested(texts[row * size : (row + 1) * size], value.shape[1:]) for row in range(len(value))
    ]


def columns(outputs: Mapping[str, np.ndarray]) -> str:
    """{"outputs": the tensor, or an object where there are several}.

    Raises:
      InvalidArgumentError: JSON has no such values.
    """
    found = {
        key: nested(texts_of(value, key.endswith(_BINARY)), value.shape)
        for key, value in outputs.items()
    }
    if len(found) == 1:
        return f'{{"outputs": {next(iter(found.values()))}}}'
    named = ", ".join(f"{json.dumps(key)}: {text}" for key, text in found.items())
    return f'{{"outputs": {{{named}}}}}'


# Classifying and regressing -----------------------------------------------------------------------


def classes(outputs: Mapping[str, np.ndarray], count: int) -> str:
    """{"results": for each of `count` examples its [label, score] pairs}.

    A label is "", and a score 0, where the signature gives none.

    Raises:
      InvalidArgumentError: an output is not of the shape [count, classes], or of another type.
    """
    labels = outputs.get(names.CLASSIFY_OUTPUT_CLASSES)
    scores = outputs.get(names.CLASSIFY_OUTPUT_SCORES)
    for value, kinds, name, wanted in (
        (labels, "OSU", "classes", "DT_STRING"),
        (scores, "f", "scores", "DT_FLOAT"),
    ):
        if value is None:
            continue
        if value.ndim != 2 or len(value) != count:
            raise invalid(
                "Expected Tensor shape: [batch_size num_classes] but got "
                f"{list(value.shape)} for {count} examples"
            )
        if value.dtype.kind not in kinds:
            raise invalid(f"Expected {name} Tensor of {wanted}. Got: {value.dtype.name}")
    given = [value for value in (labels, scores) if value is not None]
    if given[0].shape != given[-1].shape:
        raise invalid(
            "Tensors class and score should match in dim_size(1). Got "
            f"{given[0].shape[1]} vs. {given[-1].shape[1]}"
        )
    shape = given[0].shape
    firsts = texts_of(labels) if labels is not None else ['""'] * given[0].size
    seconds = texts_of(scores) if scores is not None else ["0.0"] * given[0].size
    pairs = [f"[{label}, {score}]" for label, score in zip(firsts, seconds, strict=True)]
    return f'{{"results": {nested(pairs, shape)}}}'


def regressions(outputs: Mapping[str, np.ndarray], count: int) -> str:
    """{"results": a number for each of `count` examples}.

    Raises:
      InvalidArgumentError: the output is not of the shape [count] or [count, 1], or not of floats.
    """
    value = outputs[names.REGRESS_OUTPUTS]
    if value.shape not in ((count,), (count, 1)):
        raise invalid(
            "Expected output Tensor shape to be either [batch_size] or [batch_size, 1] but got "
            f"{list(value.shape)} for {count} examples"
        )
    if value.dtype.kind != "f":
        raise invalid(f"Expected output Tensor of DT_FLOAT.  Got: {value.dtype.name}")
    return f'{{"results": {nested(texts_of(value), (count,))}}}'


# About models -------------------------------------------------------------------------------------


def status(versions: Sequence[Version]) -> dict[str, Any]:
    """TensorFlow Serving's GetModelStatusResponse."""
    return {
        "model_version_status": [
            {
                "version": str(version.number),
                "state": version.state.value,
                "status": {
                    "error_code": "UNKNOWN" if version.state is State.END else "OK",
                    "error_message": version.error,
                },
            }
            for version in versions
        ]
    }


def metadata(name: str, number: int, signatures: Mapping[str, Signature]) -> dict[str, Any]:
    """TensorFlow Serving's GetModelMetadataResponse."""
    from google.protobuf.json_format import MessageToDict

    described = {
        key: MessageToDict(
            signature.proto,
            preserving_proto_field_name=True,
            always_print_fields_with_no_presence=True,
        )
        for key, signature in signatures.items()
    }
    return {
        "model_spec": {"name": name, "signature_name": "", "version": str(number)},
        "metadata": {"signature_def": {"signature_def": described}},
    }
