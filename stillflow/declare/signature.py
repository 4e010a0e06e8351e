"""The signature of an op type: its inputs and outputs and the attributes that give their types.

The text form is close to TensorFlow's own op definitions:

    "a: T, b: T -> product: T"          one type attribute, T, shared by both inputs
    "values: N * T, axis: Tidx -> T"    a list of N tensors of one type
    "data: [Tdata] -> "                 a list of tensors, each with a type of its own
    "ref: ref T, value: T -> ref T"     a variable's tensor
    "x: T -> indices: int64"            a type that is always the same
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType


@dataclass(frozen=True, slots=True)
class Arg:
    """One input or output.

    Exactly one of `dtype` (fixed), `type_attr` and `type_list_attr` is set. `number_attr` names
    the attribute that holds the length of a list of equal types.
    """

    name: str
    dtype: DType | None = None
    type_attr: str | None = None
    type_list_attr: str | None = None
    number_attr: str | None = None
    is_ref: bool = False

    @property
    def is_list(self) -> bool:
        return self.number_attr is not None or self.type_list_attr is not None

    def length(self, attrs: dict[str, Any]) -> int:
        """How many tensors it stands for in a node with these attributes."""
        if self.number_attr:
            return attrs[self.number_attr]
        return len(attrs[self.type_list_attr]) if self.type_list_attr else 1

    def types(self, attrs: dict[str, Any]) -> list[DType]:
        """The types of the tensors that it stands for."""
        if self.type_list_attr:
            return list(attrs[self.type_list_attr])
        dtype = self.dtype or attrs[self.type_attr or ""]
        if self.is_ref:
            dtype = dtype._as_ref
        return [dtype] * attrs[self.number_attr] if self.number_attr else [dtype]


@dataclass(frozen=True, slots=True)
class Signature:
    inputs: tuple[Arg, ...]
    outputs: tuple[Arg, ...]

    @property
    def type_attrs(self) -> frozenset[str]:
        """The attributes that hold one type each."""
        return frozenset(a.type_attr for a in self.inputs + self.outputs if a.type_attr)


def parse(text: str) -> Signature:
    """Reads the text form; ValueError when it is not of that form."""
    inputs, arrow, outputs = text.partition("->")
    if not arrow:
        raise ValueError(f"signature {text!r} has no '->'")
    return Signature(_args(inputs, "input"), _args(outputs, "output"))


def _args(text: str, default_name: str) -> tuple[Arg, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return tuple(_arg(part, default_name) for part in parts)


def _arg(text: str, default_name: str) -> Arg:
    name, colon, spec = text.partition(":")
    if not colon:
        name, spec = default_name, text
    name, spec = name.strip(), spec.strip()
    if spec.startswith("["):
        return Arg(name, type_list_attr=spec.strip("[]").strip())
    number, star, plain = spec.partition("*")
    number_attr, spec = (number.strip(), plain.strip()) if star else (None, spec)
    is_ref = spec.startswith("ref ")
    spec = spec.removeprefix("ref ").strip()
    fixed = dtypes.by_name(spec)
    type_attr = None if fixed else spec
    return Arg(name, fixed, type_attr, number_attr=number_attr, is_ref=is_ref)
