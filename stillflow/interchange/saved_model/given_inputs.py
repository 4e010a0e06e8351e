"""Inputs as `saved_model_cli run` is given them: files of NumPy's, expressions, Examples."""

from __future__ import annotations

import ast
import operator
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.graph.protos.example import message_class
from stillflow.platform.files import opened_to_read

_OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
}


def preprocess_inputs_arg_string(inputs_str: str) -> dict[str, tuple[str, str | None]]:
    """{key: (file, name in the file or None)} of `key=file;key=file[name]`.

    Raises:
      RuntimeError: it is not of this form.
    """
    found: dict[str, tuple[str, str | None]] = {}
    for given in filter(None, inputs_str.split(";")):
        match = re.fullmatch(r"([^=]+)=([^\[\]]+)(?:\[([^\[\]]+)\])?", given)
        if match is None:
            raise RuntimeError(
                f'--inputs "{given}" format is incorrect. Please follow'
                '"<input_key>=<filename>", or"<input_key>=<filename>[<variable_name>]"'
            )
        found[match[1]] = match[2], match[3]
    return found


def preprocess_input_exprs_arg_string(input_exprs_str: str) -> dict[str, Any]:
    """{key: value} of `key=expression;key=expression`: literals, arithmetic, functions of `np`.

    Raises:
      RuntimeError: it is not of this form.
      ValueError: an expression does more.
    """
    found = {}
    for given in filter(None, input_exprs_str.split(";")):
        key, equals, expression = given.partition("=")
        if not equals:
            raise RuntimeError(
                f'--input_exprs "{input_exprs_str}" format is incorrect. Please follow'
                '"<input_key>=<python expression>"'
            )
        found[key] = _value(ast.parse(expression.strip(), mode="eval").body)
    return found


def _value(node: ast.expr) -> Any:
    """What an expression gives. It is read, not run: names other than NumPy's are refused."""
    if isinstance(node, ast.Call):
        options = {str(item.arg): _value(item.value) for item in node.keywords}
        return _numpy(node.func)(*map(_value, node.args), **options)
    if isinstance(node, ast.Attribute):
        return _numpy(node)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.operand))
    if isinstance(node, ast.Slice):
        return slice(*(_value(end) if end else None for end in (node.lower, node.upper, node.step)))
    if isinstance(node, ast.Subscript):
        return _value(node.value)[_value(node.slice)]
    if isinstance(node, (ast.List, ast.Tuple)):
        items = [_value(item) for item in node.elts]
        return items if isinstance(node, ast.List) else tuple(items)
    return ast.literal_eval(node)


def _numpy(node: ast.expr) -> Any:
    path = ast.unparse(node).split(".")
    if path[0] not in ("np", "numpy") or any(part.startswith("_") for part in path):
        raise ValueError(
            f"{ast.unparse(node)!r} in --input_exprs is not a literal.\n"
            "  Write literals, arithmetic and functions of np."
        )
    return operator.attrgetter(".".join(path[1:]))(np)


def preprocess_input_examples_arg_string(input_examples_str: str) -> dict[str, list[bytes]]:
    """{key: serialized Examples} of `key=[{feature: values}]`.

    Raises:
      RuntimeError: it is not of this form.
      ValueError: a value is no list of dicts of lists, or of another type than features have.
    """
    found = preprocess_input_exprs_arg_string(input_examples_str)
    for key, examples in found.items():
        if not isinstance(examples, list):
            raise ValueError(
                f'tf.Example input must be a list of dictionaries, but "{examples}" is '
                f"{type(examples)}"
            )
        found[key] = [_example(features) for features in examples]
    return found


def _example(features: dict[str, Any]) -> bytes:
    example = message_class("Example")()
    for name, values in features.items():
        if not isinstance(values, list):
            raise ValueError(
                f'feature value must be a list, but {name}: "{values}" is {type(values)}'
            )
        feature, first = example.features.feature[name], values[0]
        if isinstance(first, float):
            feature.float_list.value.extend(values)
        elif isinstance(first, (str, bytes)):
            texts = [value.encode() if isinstance(value, str) else value for value in values]
            feature.bytes_list.value.extend(texts)
        elif isinstance(first, int):
            feature.int64_list.value.extend(values)
        else:
            raise ValueError(
                f"Type {type(first)} for value {first} is not supported for tf.train.Feature."
            )
    serialized: bytes = example.SerializeToString()
    return serialized


def load_inputs_from_input_arg_string(
    inputs_str: str, input_exprs_str: str, input_examples_str: str
) -> dict[str, Any]:
    """{key: value to feed}; an expression counts more than a file, and an Example most."""
    found: dict[str, Any] = {}
    for key, (path, name) in preprocess_inputs_arg_string(inputs_str).items():
        found[key] = _loaded(path, name)
    for key, value in preprocess_input_exprs_arg_string(input_exprs_str).items():
        if key in found:
            warnings.warn(
                f"input_key {key} has been specified with both --inputs and --input_exprs options. "
                "Value in --input_exprs will be used.",
                stacklevel=2,
            )
        found[key] = value
    for key, examples in preprocess_input_examples_arg_string(input_examples_str).items():
        if key in found:
            warnings.warn(
                f"input_key {key} has been specified in multiple options. Value in "
                "--input_examples will be used.",
                stacklevel=2,
            )
        found[key] = examples
    return found


def _loaded(path: str, name: str | None) -> Any:
    """The array of a file, or that of a name in it."""
    with opened_to_read(path) as file:
        data = np.load(file)
        if isinstance(data, np.ndarray):
            if name:
                warnings.warn(
                    f'Input file {path} contains a single ndarray. Name key "{name}" ignored.',
                    stacklevel=2,
                )
            return data
        if name is None and len(data.files) > 1:
            raise RuntimeError(
                f"Input file {path} contains more than one ndarrays. Please specify the name of "
                "ndarray to use."
            )
        name = data.files[0] if name is None else name
        if name not in data:
            raise RuntimeError(f'Input file {path} does not contain variable with name "{name}".')
        return data[name]
