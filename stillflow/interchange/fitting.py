"""Holding a node of a file to the declaration of its op type: attributes, inputs, shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.attributes import unmet_limit
from stillflow.declare.inference import infer
from stillflow.declare.shapes import ShapeError, merge
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import OpError
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.interchange.attributes import described

_MOST_OUTPUTS = 1 << 16  # of one node; a number in a file must not decide how much memory is taken


def outputs_of(
    defn: Any, name: str, inputs: Sequence[Tensor], attrs: dict[str, Any]
) -> list[tuple[DType, TensorShape]]:
    """Returns the types and shapes of the outputs of the node `name` of type `defn`.

    Completes `attrs` by type attributes that only the inputs tell, and takes `_output_shapes` out.

    Raises:
      ValueError: attributes, inputs and the declaration do not fit together.
    """
    written = attrs.pop("_output_shapes", ())
    _complete_types(defn, inputs, attrs)
    missing = [attr for attr in defn.attr_kinds if attr not in attrs]
    if missing:
        what = "attr" if len(missing) == 1 else "attrs"
        names = ", ".join(f"'{attr}'" for attr in sorted(missing))
        raise ValueError(f"NodeDef missing {what} {names} from {described(defn)}")
    _check_numbers(defn, attrs)
    if unmet := unmet_limit(defn.limits, attrs):
        raise ValueError(unmet)
    _check_types(defn, attrs)
    _check_inputs(defn, name, inputs, attrs)
    return _with_written_shapes(_inferred(defn, name, inputs, attrs), written, name)


def _check_inputs(defn: Any, name: str, inputs: Sequence[Tensor], attrs: dict[str, Any]) -> None:
    wanted = [dtype for arg in defn.signature.inputs for dtype in arg.types(attrs)]
    if len(wanted) != len(inputs):
        raise ValueError(
            f"NodeDef expected inputs '{', '.join(dtype.runtime_name for dtype in wanted)}' do not "
            f"match {len(inputs)} inputs specified; {described(defn)}"
        )
    for index, (dtype, tensor) in enumerate(zip(wanted, inputs, strict=True)):
        if not (tensor.dtype is dtype or tensor.dtype.base_dtype is dtype):
            raise ValueError(
                f"Input {index} of node {name} was passed {tensor.dtype.runtime_name} from "
                f"{tensor.name} incompatible with expected {dtype.runtime_name}."
            )


def _check_numbers(defn: Any, attrs: dict[str, Any]) -> None:
    """The lengths of lists: what `AddN` adds, how many parts `Split` gives."""
    inputs = {arg.number_attr for arg in defn.signature.inputs}
    for name in inputs | {arg.number_attr for arg in defn.signature.outputs}:
        least = defn.limits.get(name, int(name in inputs))
        if name and not least <= attrs[name] <= _MOST_OUTPUTS:
            raise ValueError(
                f"Value for attr '{name}' of {attrs[name]} must be at least minimum {least}\n"
                f"  and at most {_MOST_OUTPUTS}."
            )


def _check_types(defn: Any, attrs: dict[str, Any]) -> None:
    for name, allowed in defn.types.items():
        given = attrs.get(name, [])
        for dtype in given if isinstance(given, list) else [given]:
            if dtype not in allowed:
                raise ValueError(
                    f"Value for attr '{name}' of {dtype.runtime_name} is not in the list of "
                    f"allowed values: {', '.join(each.runtime_name for each in allowed)}"
                )


def _complete_types(defn: Any, inputs: Sequence[Tensor], attrs: dict[str, Any]) -> None:
    """Type attributes with a default may be left out; then the inputs have that type."""
    for arg, tensor in zip(defn.signature.inputs, inputs, strict=False):
        if arg.is_list:
            break
        if arg.type_attr:
            attrs.setdefault(arg.type_attr, tensor.dtype.base_dtype)
    for attr, dtype in defn.defaults.items():
        attrs.setdefault(attr, dtype)


def _inferred(
    defn: Any, name: str, inputs: Sequence[Tensor], attrs: dict[str, Any]
) -> list[tuple[DType, TensorShape]]:
    try:
        return infer(defn, inputs, attrs, name)
    except (ValueError, TypeError, OpError):
        raise
    except Exception as error:
        # A shape function may trust the function that usually builds the op; a file it may not.
        raise ValueError(
            f"its attributes and inputs do not fit: {type(error).__name__}: {error}"
        ) from error


def _with_written_shapes(
    outputs: list[tuple[DType, TensorShape]], shapes: Any, name: str
) -> list[tuple[DType, TensorShape]]:
    """Adds what the attribute `_output_shapes` says."""
    merged = list(outputs)
    for index, shape in enumerate(shapes[: len(outputs)]):
        dtype, inferred = outputs[index]
        try:
            merged[index] = dtype, TensorShape.of(merge(inferred.sizes, shape.sizes))
        except ShapeError as error:
            raise ValueError(
                f"Node '{name}' has an _output_shapes attribute inconsistent with the GraphDef for "
                f"output #{index}: {error}"
            ) from None
    return merged
