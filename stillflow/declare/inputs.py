"""What a program passes for the inputs of an op, as tensors of the types that the op declares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from stillflow.declare.convert import is_tensor, to_tensor
from stillflow.declare.signature import Arg
from stillflow.graph.operation import Tensor

if TYPE_CHECKING:
    from stillflow.declare.opdef import OpDef


def convert_inputs(defn: OpDef, values: Sequence[Any], attrs: dict[str, Any]) -> list[Tensor]:
    """The tensors; adds to `attrs` the types and lengths that follow from them.

    Raises:
      TypeError, ValueError: a value does not convert, or not to the type that another one decides.
    """
    return _Converting(defn, attrs).inputs(values)


def check_types(defn: OpDef, attrs: dict[str, Any]) -> None:
    """TypeError for a type that the op does not accept."""
    for attr, allowed in defn.types.items():
        if attr not in attrs:
            continue
        given = attrs[attr] if isinstance(attrs[attr], list) else [attrs[attr]]
        for dtype in given:
            if dtype not in allowed:
                inputs = defn.signature.inputs
                named = (a.name for a in inputs if attr in (a.type_attr, a.type_list_attr))
                raise TypeError(
                    f"Value passed to parameter '{next(named, attr)}' has DataType {dtype.name} "
                    f"not in list of allowed values: {', '.join(d.name for d in allowed)}"
                )


class _Converting:
    """The conversion of one node's inputs; `_inferred_from` tells which input decided a type."""

    def __init__(self, defn: OpDef, attrs: dict[str, Any]):
        self._defn = defn
        self._attrs = attrs
        self._inferred_from: dict[str, str] = {}

    def inputs(self, values: Sequence[Any]) -> list[Tensor]:
        tensors: list[Tensor] = []
        for arg, value in zip(self._defn.signature.inputs, values, strict=True):
            if not arg.is_list:
                tensors.append(self._one(arg, value, arg.name))
                continue
            if not isinstance(value, (list, tuple)):
                raise TypeError(
                    f"Expected list for '{arg.name}' argument to '{self._defn.type}' Op, "
                    f"not {value}."
                )
            tensors += self._list(arg, value)
        return tensors

    def _list(self, arg: Arg, values: Sequence[Any]) -> list[Tensor]:
        if arg.type_list_attr:
            tensors = [to_tensor(v, name=f"{arg.name}_{i}") for i, v in enumerate(values)]
            self._attrs[arg.type_list_attr] = [tensor.dtype.base_dtype for tensor in tensors]
            return tensors
        assert arg.number_attr is not None
        self._check_length(arg, len(values))
        self._attrs[arg.number_attr] = len(values)
        types = [value.dtype.base_dtype for value in values if is_tensor(value)]
        if not types and arg.type_attr and arg.type_attr not in self._attrs:
            return self._plain_list(arg, values)
        if arg.type_attr and arg.type_attr not in self._attrs:
            # A tensor anywhere in the list gives its type to the plain values before it.
            self._attrs[arg.type_attr] = types[0]
            self._inferred_from[arg.type_attr] = arg.name
        if len(set(types)) > 1:
            raise self._unequal(arg, [to_tensor(value) for value in values])
        return [self._one(arg, value, f"{arg.name}_{i}") for i, value in enumerate(values)]

    def _plain_list(self, arg: Arg, values: Sequence[Any]) -> list[Tensor]:
        """Values none of which is a tensor yet: each has its own type, which must be one."""
        assert arg.type_attr is not None
        tensors = []
        for index, value in enumerate(values):
            tensors.append(self._one(arg, value, f"{arg.name}_{index}"))
            self._attrs.pop(arg.type_attr)
        if len({tensor.dtype.base_dtype for tensor in tensors}) > 1:
            raise self._unequal(arg, tensors)
        if tensors:
            self._attrs[arg.type_attr] = tensors[0].dtype.base_dtype
        return tensors

    def _unequal(self, arg: Arg, tensors: Sequence[Tensor]) -> TypeError:
        shown = ", ".join(tensor.dtype.base_dtype.name for tensor in tensors)
        return TypeError(
            f"Tensors in list passed to '{arg.name}' of '{self._defn.type}' Op have types "
            f"[{shown}] that don't all match.\n  Convert them to one type with tf.cast."
        )

    def _check_length(self, arg: Arg, length: int) -> None:
        least = self._defn.limits.get(arg.number_attr or "", 1)
        if length < least:  # type: ignore[operator]
            raise ValueError(
                f"List argument '{arg.name}' to '{self._defn.type}' Op with length {length} "
                f"shorter than minimum length {least}."
            )

    def _one(self, arg: Arg, value: Any, name: str) -> Tensor:
        attrs, op_type = self._attrs, self._defn.type
        wanted = arg.dtype or attrs.get(arg.type_attr or "")
        preferred = None if wanted else self._defn.defaults.get(arg.type_attr or "")
        try:
            tensor = to_tensor(value, wanted, name, preferred, as_ref=arg.is_ref)
        except ValueError as error:
            raise self._unconvertible(arg, value, error) from error
        except TypeError as error:
            if wanted is None:
                raise
            raise TypeError(
                f"Expected {wanted.name} passed to parameter '{arg.name}' of op '{op_type}', "
                f"got {value!r} of type '{type(value).__name__}' instead. Error: {error}"
            ) from error
        if arg.is_ref and not tensor.dtype._is_ref_dtype:
            raise TypeError(
                f"'{op_type}' Op requires that input '{arg.name}' be a mutable tensor "
                "(e.g.: a tf.Variable)"
            )
        if arg.type_attr and arg.type_attr not in attrs:
            attrs[arg.type_attr] = tensor.dtype.base_dtype
            self._inferred_from[arg.type_attr] = arg.name
        return tensor

    def _unconvertible(self, arg: Arg, value: Any, error: ValueError) -> Exception:
        try:
            observed = to_tensor(value, as_ref=arg.is_ref).dtype.name
        except ValueError:
            return ValueError(
                f"Tried to convert '{arg.name}' to a tensor and failed. Error: {error}"
            )
        if arg.dtype is None and arg.type_attr not in self._attrs:
            return error
        prefix = (
            f"Input '{arg.name}' of '{self._defn.type}' Op has type {observed} that does not match"
        )
        if arg.dtype is not None:
            return TypeError(f"{prefix} expected type of {arg.dtype.name}.")
        assert arg.type_attr is not None
        other = self._inferred_from.get(arg.type_attr)
        wanted = self._attrs[arg.type_attr].name
        return TypeError(
            f"{prefix} type {wanted} of argument '{other}'.\n  Convert one of them with tf.cast."
            if other
            else f"{prefix} attribute {arg.type_attr}={wanted}.\n  Convert it with tf.cast."
        )
