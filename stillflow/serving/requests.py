"""What clients ask in TensorFlow Serving's JSON: of a body, what is fed."""

from __future__ import annotations

import json
import math
from typing import Any, NamedTuple

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.errors import InvalidArgumentError
from stillflow.interchange.saved_model import names
from stillflow.serving.examples import serialized_example
from stillflow.serving.signatures import Port, Signature
from stillflow.serving.tensors import array_of, invalid, is_binary, shown


def _finite(digits: str) -> float:
    """The float that digits spell. Infinity has a spelling of its own."""
    value = float(digits)
    if math.isinf(value):
        raise ValueError(f"Number too big to be stored in double: {shown(digits)}")
    return value


_DECODER = json.JSONDecoder(parse_float=_finite)


class Asked(NamedTuple):
    """What a request feeds, by the signature's names; and whether it is in rows, or columns."""

    feeds: dict[str, np.ndarray]
    in_rows: bool


def document_of(body: bytes) -> dict[str, Any]:
    """The JSON object in a body. What follows it is not looked at, as in TensorFlow Serving.

    Raises:
      InvalidArgumentError: there is none.
    """
    if not body:
        raise invalid("JSON Parse error: The document is empty")
    try:
        text = body.decode("utf-8-sig").lstrip(" \t\r\n")
        document, _ = _DECODER.raw_decode(text)
    except RecursionError:
        raise invalid("JSON Parse error: The document is nested too deeply.") from None
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError among them
        raise invalid(f"JSON Parse error: Invalid value. {error}") from None
    if not isinstance(document, dict):
        raise invalid(f"JSON Value: {shown(document)} Is not object")
    return document


def signature_name(document: dict[str, Any]) -> str | None:
    """The signature that a request names; None where it names none.

    Raises:
      InvalidArgumentError: what it names is no string.
    """
    name = document.get("signature_name")
    if not isinstance(name, (str, type(None))) or (name is None and "signature_name" in document):
        raise invalid(
            f"JSON Value: {shown(document)} not formatted correctly. 'signature_name' key must be "
            "a string value."
        )
    return name or None


def feeds_of_predict(document: dict[str, Any], signature: Signature) -> Asked:
    """What `instances`, or `inputs`, say is fed.

    Raises:
      InvalidArgumentError: both are there, or none, or it does not fit the signature.
      UnimplementedError: JSON has no values of an input's type.
    """
    if "instances" in document and "inputs" in document:
        raise invalid(
            f"JSON Value: {shown(document)} Not formatted correctly expecting only one of "
            "'inputs' or 'instances' keys to exist "
        )
    if not signature.inputs:
        raise invalid(f"Failed to get input map for signature: {signature.name}")
    if "instances" in document:
        return Asked(_of_rows(document, signature.inputs), True)
    if "inputs" in document:
        return Asked(_of_columns(document["inputs"], signature.inputs), False)
    raise invalid("Missing 'inputs' or 'instances' key")


def _of_columns(inputs: Any, ports: Any) -> dict[str, np.ndarray]:
    if not isinstance(inputs, dict) or is_binary(inputs):
        if len(ports) > 1:
            raise invalid(
                "inputs is a plain value/list, but expecting an object as multiple input tensors "
                "required as per tensorinfo_map"
            )
        inputs = {next(iter(ports)): inputs}
    for name in ports:
        if name not in inputs:
            raise invalid(f"Missing named input: {name} in 'inputs' object.")
    return {name: array_of(inputs[name], port.dtype) for name, port in ports.items()}


def _of_rows(document: dict[str, Any], ports: Any) -> dict[str, np.ndarray]:
    rows = document["instances"]
    if not isinstance(rows, list):
        raise invalid(f"JSON Value: {shown(document)} Expecting 'instances' to be an list/array")
    if not rows:
        raise invalid(f"JSON Value: {shown(document)} No values in 'instances' array")
    named = _is_named(rows[0])
    if not named and len(ports) > 1:
        raise invalid(
            "instances is a plain list, but expecting list of objects as multiple input tensors "
            "required as per tensorinfo_map"
        )
    for number, row in enumerate(rows):
        if _is_named(row) != named:
            what = "object but got list" if named else "value/list but got object"
            raise invalid(f"Expecting {what} at item {number} of input list")
        if named and row.keys() != ports.keys():
            raise invalid(
                f"Failed to process element: {number} of 'instances' list. JSON object: "
                f"{shown(row)} keys must be equal to: {','.join(ports)}"
            )
    if named:
        return {
            name: _stacked([row[name] for row in rows], port, name) for name, port in ports.items()
        }
    name, port = next(iter(ports.items()))
    return {name: _stacked(rows, port)}


def _is_named(row: Any) -> bool:
    return isinstance(row, dict) and not is_binary(row)


def _stacked(rows: list[Any], port: Port, name: str | None = None) -> np.ndarray:
    """One array of all rows; where they do not fit together, which one does not."""
    try:
        return array_of(rows, port.dtype)
    except InvalidArgumentError:
        first: tuple[int, ...] | None = None
        for number, row in enumerate(rows):
            try:
                shape = array_of(row, port.dtype).shape
                if first not in (None, shape):
                    raise invalid(f"Expecting shape {_shown(first)} but got: {_shown(shape)}")
            except InvalidArgumentError as error:
                key = "" if name is None else f" key: {name}"
                raise invalid(
                    f"Failed to process element: {number}{key} of 'instances' list. Error: "
                    f"{error.message}"
                ) from None
            first = shape
        raise


def _shown(shape: Any) -> str:
    return f"[{','.join(map(str, shape))}]"


def feeds_of_examples(document: dict[str, Any], signature: Signature, kind: str) -> Asked:
    """What `examples` and their `context` say is fed to a signature that classifies or regresses.

    Raises:
      InvalidArgumentError: there are none, or the signature is not of that kind.
    """
    if kind not in signature.kinds:
        raise invalid(_why_not(signature, kind))
    port = signature.inputs[names.CLASSIFY_INPUTS]
    if port.dtype != dtypes.string:
        raise invalid(f"{kind} feeds serialized Examples, but inputs is of type {port.dtype.name}.")
    examples = document.get("examples")
    if "examples" not in document:
        raise invalid(
            f"JSON Value: {shown(document)} When method is {kind}, key 'examples' is expected and "
            "was not found"
        )
    if not isinstance(examples, list):
        raise invalid(
            f"JSON Value: {shown(document)} Expecting 'examples' value to be an list/array"
        )
    if not examples:
        raise invalid(f"JSON Value: {shown(document)} 'examples' value is an empty array")
    # Where messages follow each other, the second one's fields are added to the first one's.
    shared = serialized_example(document["context"]) if "context" in document else b""
    fed = np.empty(len(examples), object)
    fed[:] = [shared + serialized_example(example) for example in examples]
    return Asked({names.CLASSIFY_INPUTS: fed}, True)


def _why_not(signature: Signature, kind: str) -> str:
    given = f"{', '.join(signature.inputs)} -> {', '.join(signature.outputs)}"
    if kind == "classify":
        wanted = 'inputs -> "classes", "scores" or both'
        first = "Expected classification signature outputs to contain at least one of"
        first += ' "classes" or "scores".'
    else:
        wanted, first = "inputs -> outputs", "No regression inputs found in SignatureDef."
    return f"{first} Signature {signature.name} is {given}, and {kind} needs {wanted}."
