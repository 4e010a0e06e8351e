"""Signatures: what goes into a model and comes out, as a SavedModel or its user says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from stillflow.graph.dtypes import DType, as_dtype
from stillflow.graph.graph import Graph
from stillflow.graph.tensor_shape import TensorShape
from stillflow.interchange.saved_model import names
from stillflow.interchange.saved_model.signatures import build_signature_def, build_tensor_info

DEFAULT = names.DEFAULT_SERVING_SIGNATURE_DEF_KEY
Shape = tuple[int | None, ...]
_OPERATIONS = {names.INIT_OP_SIGNATURE_KEY, names.TRAIN_OP_SIGNATURE_KEY}  # asked by nobody


@dataclass(frozen=True)
class Port:
    """An input or an output: a tensor of the graph. `shape` is None where its rank is unknown."""

    tensor: str
    dtype: DType
    shape: Shape | None

    @property
    def has_rows(self) -> bool:
        """Whether the first dimension is left open."""
        return self.shape is not None and self.shape[:1] == (None,)

    def misfit(self, name: str, value: np.ndarray) -> str:
        """How an array does not fit; "" where it does."""
        if self.shape is None:
            return ""
        sizes = zip(self.shape, value.shape, strict=False)
        if len(self.shape) == value.ndim and all(a in (None, b) for a, b in sizes):
            return ""
        wanted = ",".join("?" if size is None else str(size) for size in self.shape)
        given = ",".join(map(str, value.shape))
        return f"Input {name} is of shape [{given}], but the signature says [{wanted}]."


@dataclass(frozen=True)
class Signature:
    """What a model is asked, by the names that clients use. `proto` is its SignatureDef."""

    name: str
    inputs: Mapping[str, Port]
    outputs: Mapping[str, Port]
    proto: Any

    @property
    def has_rows(self) -> bool:
        """Whether all that goes in and comes out leaves its first dimension open."""
        return all(port.has_rows for port in (*self.inputs.values(), *self.outputs.values()))

    @property
    def kinds(self) -> list[str]:
        """Which of predict, classify and regress may be asked, by the names of its tensors."""
        found = ["predict"]
        if self.inputs.keys() == {names.CLASSIFY_INPUTS}:
            classes = {names.CLASSIFY_OUTPUT_CLASSES, names.CLASSIFY_OUTPUT_SCORES}
            if self.outputs.keys() <= classes:
                found.append("classify")
            if self.outputs.keys() == {names.REGRESS_OUTPUTS}:
                found.append("regress")
        return found


def signatures_of(meta: Any, graph: Graph) -> tuple[dict[str, Signature], dict[str, str]]:
    """The signatures of a MetaGraphDef; and of those that cannot be asked, why."""
    found, refused = {}, {}
    for name, proto in meta.signature_def.items():
        if name in _OPERATIONS:
            continue
        try:
            found[name] = _signature(name, proto, graph)
        except ValueError as error:
            refused[name] = str(error)
    return found, refused


def made_signature(name: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Signature:
    """The signature that takes and gives these tensors of a graph, for predicting."""
    takes, gives = (
        {key: build_tensor_info(tensor) for key, tensor in ends.items()}
        for ends in (inputs, outputs)
    )
    proto = build_signature_def(takes, gives, names.PREDICT_METHOD_NAME)
    graph = next(iter(outputs.values())).graph
    return _signature(name, proto, graph)


def _signature(name: str, proto: Any, graph: Graph) -> Signature:
    if not proto.outputs:
        raise ValueError("It has no outputs.")
    ends = (proto.inputs, proto.outputs)
    inputs, outputs = ({key: _port(key, end[key], graph) for key in sorted(end)} for end in ends)
    return Signature(name, inputs, outputs, proto)


def _port(key: str, info: Any, graph: Graph) -> Port:
    if info.WhichOneof("encoding") != "name":
        raise ValueError(f"{key} is not one dense tensor.")
    try:
        tensor = graph.get_tensor_by_name(info.name)
    except (KeyError, ValueError):
        raise ValueError(f"{key} is {info.name!r}, which the graph does not have.") from None
    told = TensorShape(info.tensor_shape)  # exporters of early days wrote [] for anything
    fits = tensor.shape.is_compatible_with(told)
    shape = tensor.shape.merge_with(told) if fits else tensor.shape
    sizes = None if shape.ndims is None else tuple(shape.as_list())
    return Port(info.name, as_dtype(tensor.dtype).base_dtype, sizes)
