"""The sets of element types that op types accept, in the order in which TensorFlow lists them."""

from __future__ import annotations

from stillflow.graph.dtypes import DType, as_dtype


def types(names: str) -> tuple[DType, ...]:
    """The types of the given names, "float32 int32"."""
    return tuple(as_dtype(name) for name in names.split())


INDEX = types("int32 int64")
FLOATS = types("bfloat16 float16 float32 float64")
WIDE_FLOATS = types("float32 float64")
COMPLEX = types("complex64 complex128")
FLOATS_AND_COMPLEX = FLOATS + COMPLEX
INTEGERS = types("int8 int16 int32 int64 uint8 uint16 uint32 uint64")
SIGNED = FLOATS + INDEX + COMPLEX
ARITHMETIC = FLOATS + types("uint8 int8 uint16 int16 int32 int64 complex64 complex128")
REAL_NUMBERS = types(
    "float32 float64 int32 uint8 int16 int8 int64 bfloat16 uint16 float16 uint32 uint64"
)
NUMBERS = types(
    "float32 float64 int32 uint8 int16 int8 complex64 int64 qint8 quint8 qint32 bfloat16 uint16 "
    "complex128 float16 uint32 uint64"
)
# Of the decompositions of matrices.
FACTORABLE = types("float64 float32 float16 complex64 complex128")
