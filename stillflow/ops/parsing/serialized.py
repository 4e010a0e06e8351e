"""Tensors as bytes, examples from JSON, and what was compressed. The ops run on the host."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.opdef import op
from stillflow.declare.refusing import check_scalars, refuse
from stillflow.declare.storable import Storable
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.text import as_bytes
from stillflow.ops.strings.each import each
from stillflow.platform.compression import WINDOW_BITS, inflate_error


@op("SerializeTensor", "tensor: T -> serialized: string", shape=shapes.scalar, host=True)
def serialize_tensor_op(xp, tensor):
    """tensor: any -> string[], a TensorProto"""
    from stillflow.graph.protos.tensor_proto import content_proto_of, tensor_proto_of

    if isinstance(tensor, Storable):
        return np.array(tensor.tensor_proto().SerializeToString(), np.object_)
    dtype = dtypes.as_dtype(tensor.dtype)
    proto = (tensor_proto_of if dtype == dtypes.string else content_proto_of)(tensor, dtype)
    return np.array(proto.SerializeToString(), np.object_)


def serialize_tensor(tensor: Any, name: str | None = None) -> Tensor:
    """any -> string[], the tensor as a serialized TensorProto."""
    return serialize_tensor_op(tensor, name=name)


@op("ParseTensor", "serialized: string -> output: out_type", host=True)
def parse_tensor_op(xp, serialized, *, out_type: DType):
    """serialized: string[] -> out_type, the tensor of a TensorProto"""
    from google.protobuf.message import DecodeError
    from tensorboard.compat.proto.tensor_pb2 import TensorProto

    from stillflow.graph.protos.tensor_proto import constant_of

    check_scalars("Expected `serialized` to be a scalar, got shape: {1}", serialized=serialized)
    data = as_bytes(serialized.item())
    try:
        proto = TensorProto.FromString(data)
        array = Storable.of_proto(proto) if proto.variant_val else constant_of(proto)
    except (DecodeError, ValueError, TypeError):
        shown = data.decode("utf-8", "replace")
        refuse(f"Could not parse `serialized` as TensorProto: '{shown}'")
    there = dtypes.as_dtype(proto.dtype)
    if there != out_type:
        refuse(
            f"Type mismatch between parsed tensor ({there.runtime_name}) and dtype "
            f"({out_type.runtime_name})"
        )
    return array


def parse_tensor(serialized: Any, out_type: Any, name: str | None = None) -> Tensor:
    """string[] -> out_type, the tensor that is serialized as a TensorProto.

    Raises:
      InvalidArgumentError: in a run, it is none, or one of another type.
    """
    return parse_tensor_op(serialized, out_type=out_type, name=name)


@op(
    "DecodeJSONExample",
    "json_examples: string -> binary_examples: string",
    shape=shapes.same,
    host=True,
)
def decode_json_example_op(xp, json_examples):
    """json_examples: string[...] -> string[...], serialized Examples"""
    return each(_from_json, json_examples)


def _from_json(text: bytes) -> bytes:
    from google.protobuf import json_format

    from stillflow.graph.protos.example import message_class

    try:
        return json_format.Parse(text, message_class("Example")()).SerializeToString()
    except (json_format.ParseError, UnicodeDecodeError) as error:
        refuse(f"Error while parsing JSON: {error}")


def decode_json_example(json_examples: Any, name: str | None = None) -> Tensor:
    """string[...] -> string[...], Examples written in protobuf's JSON as serialized ones.

    Raises:
      InvalidArgumentError: in a run, one is no such JSON.
    """
    return decode_json_example_op(json_examples, name=name)


@op("DecodeCompressed", "bytes: string -> output: string", shape=shapes.same, host=True)
def decode_compressed_op(xp, strings, *, compression_type: str = ""):
    """strings: string[...] -> string[...], each by itself"""
    kind = as_bytes(compression_type).decode()
    if not kind:
        return each(as_bytes, strings)
    if kind not in WINDOW_BITS:
        refuse("Only ZLIB, GZIP or NONE are supported compressions")
    return each(lambda data: _inflated(as_bytes(data), WINDOW_BITS[kind]), strings)


def _inflated(data: bytes, window_bits: int) -> bytes:
    try:
        return zlib.decompressobj(window_bits).decompress(data)
    except zlib.error as error:
        raise inflate_error(error) from None


@or_of_composites
def decode_compressed(bytes: Any, compression_type: str = "", name: str | None = None) -> Tensor:
    """string[...] -> string[...], what was compressed as "ZLIB", as "GZIP", or not at all.

    Raises:
      InvalidArgumentError: in a run, there is no such type.
      DataLossError: in a run, a string was not compressed so.
    """
    return decode_compressed_op(bytes, compression_type=compression_type, name=name)


for _declared in (serialize_tensor_op, parse_tensor_op):
    _declared.not_differentiable()
