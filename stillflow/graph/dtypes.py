"""TensorFlow's element types: names, `DataType` numbers, NumPy equivalents. Knows no tensor."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

_REF_OFFSET = 100  # DT_FLOAT_REF = DT_FLOAT + 100 in TensorFlow's types.proto

# name: (DataType number, NumPy type or None); quantized types are stored as their plain integers.

# Stands for NumPy's bfloat16, which another package has; `as_numpy_dtype` loads it.
_BFLOAT16 = "bfloat16"
_TYPES: dict[str, tuple[int, Any]] = {
    "float32": (1, np.float32),
    "float64": (2, np.float64),
    "int32": (3, np.int32),
    "uint8": (4, np.uint8),
    "int16": (5, np.int16),
    "int8": (6, np.int8),
    "string": (7, np.object_),
    "complex64": (8, np.complex64),
    "int64": (9, np.int64),
    "bool": (10, np.bool_),
    "qint8": (11, np.int8),
    "quint8": (12, np.uint8),
    "qint32": (13, np.int32),
    "bfloat16": (14, _BFLOAT16),
    "qint16": (15, np.int16),
    "quint16": (16, np.uint16),
    "uint16": (17, np.uint16),
    "complex128": (18, np.complex128),
    "float16": (19, np.float16),
    "resource": (20, None),
    "variant": (21, None),
    "uint32": (22, np.uint32),
    "uint64": (23, np.uint64),
}
_QUANTIZED = frozenset({"qint8", "quint8", "qint16", "quint16", "qint32"})
_FLOATING = frozenset({"float16", "bfloat16", "float32", "float64"})
_COMPLEX = frozenset({"complex64", "complex128"})
_INTEGER = frozenset({"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"})


class DType:
    """One element type. There is one object per type, so `is` and `==` agree.

    A variable's tensor has a reference type (`float32_ref`); `base_dtype` is the type of its value.
    """

    __slots__ = (
        "_base",
        "_name",
        "_number",
        "_numpy",
        "_ref",
        "is_bool",
        "is_complex",
        "is_floating",
        "is_integer",
        "is_quantized",
    )

    def __init__(self, name: str, number: int, numpy: Any, base: DType | None = None):
        self._name = name
        self._number = number
        self._numpy = numpy
        self._base = base or self
        self._ref: DType | None = None
        plain = self._base._name
        self.is_bool = plain == "bool"
        self.is_complex = plain in _COMPLEX
        self.is_floating = plain in _FLOATING
        self.is_integer = plain in _INTEGER
        self.is_quantized = plain in _QUANTIZED

    @property
    def name(self) -> str:
        return self._name

    @property
    def runtime_name(self) -> str:
        """What TensorFlow's runtime, unlike its Python names, calls it: "float" for float32."""
        name = self._base._name
        name = {"float16": "half", "float32": "float", "float64": "double"}.get(name, name)
        return f"{name}_ref" if self._is_ref_dtype else name

    @property
    def as_datatype_enum(self) -> int:
        """The number of this type in TensorFlow's `DataType` enum."""
        return self._number

    @property
    def as_numpy_dtype(self) -> type:
        """The NumPy scalar type; strings are `np.object_`."""
        if self._numpy is None:
            raise TypeError(f"{self._name} has no NumPy equivalent.")
        return _numpy_bfloat16() if self._numpy is _BFLOAT16 else self._numpy

    @property
    def base_dtype(self) -> DType:
        return self._base

    @property
    def real_dtype(self) -> DType:
        return {"complex64": float32, "complex128": float64}.get(self._base._name, self._base)

    @property
    def is_numpy_compatible(self) -> builtins.bool:
        return self._numpy is not None

    @property
    def _is_ref_dtype(self) -> builtins.bool:
        return self._base is not self

    @property
    def _as_ref(self) -> DType:
        if self._base is not self:
            return self
        assert self._ref is not None
        return self._ref

    @property
    def is_unsigned(self) -> builtins.bool:
        return self._base._name.startswith("uint")

    @property
    def size(self) -> int:
        """Bytes per element; 1 for types without a fixed size, as TensorFlow reports it."""
        if self._numpy is None or self._numpy is np.object_:
            return 1
        return np.dtype(self.as_numpy_dtype).itemsize

    @property
    def min(self):
        """The smallest representable value of a real numeric type."""
        return self._limits()[0]

    @property
    def max(self):
        """The largest representable value of a real numeric type."""
        return self._limits()[1]

    @property
    def limits(self):
        return self.min, self.max

    def _limits(self):
        if self.is_bool:
            return False, True
        if self.is_integer:
            info = np.iinfo(self.as_numpy_dtype)
            return info.min, info.max
        if self._base is bfloat16:
            import ml_dtypes

            limits = ml_dtypes.finfo(ml_dtypes.bfloat16)
            return limits.min, limits.max
        if self.is_floating:
            return np.finfo(self.as_numpy_dtype).min, np.finfo(self.as_numpy_dtype).max
        raise TypeError(f"Cannot find minimum value of {self}.")

    def is_compatible_with(self, other: object) -> builtins.bool:
        """True when a tensor of type `other` may stand where `self` is wanted."""
        other = as_dtype(other)
        return self is other or self._base is other or self is other._base

    def __eq__(self, other: object) -> builtins.bool:
        if other is None:
            return False
        if not isinstance(other, DType):
            try:
                other = as_dtype(other)
            except TypeError:
                return False
        return self is other

    def __ne__(self, other: object) -> builtins.bool:
        return not self == other

    def __hash__(self) -> int:
        return self._number

    def __int__(self) -> int:
        return self._number

    def __str__(self) -> str:
        return f"<dtype: {self._name!r}>"

    def __repr__(self) -> str:
        return f"tf.{self._name}"

    def __reduce__(self):
        return as_dtype, (self._name,)


def _declare() -> dict[object, DType]:
    """Makes every type and its reference twin; the table is keyed by name and by number."""
    table: dict[object, DType] = {}
    for name, (number, numpy) in _TYPES.items():
        plain = DType(name, number, numpy)
        plain._ref = DType(name + "_ref", number + _REF_OFFSET, numpy, base=plain)
        for dtype in (plain, plain._ref):
            table[dtype.name] = table[dtype.as_datatype_enum] = dtype
    return table


_TABLE = _declare()

float16 = half = _TABLE["float16"]
float32 = _TABLE["float32"]
float64 = double = _TABLE["float64"]
bfloat16 = _TABLE["bfloat16"]
int8 = _TABLE["int8"]
int16 = _TABLE["int16"]
int32 = _TABLE["int32"]
int64 = _TABLE["int64"]
uint8 = _TABLE["uint8"]
uint16 = _TABLE["uint16"]
uint32 = _TABLE["uint32"]
uint64 = _TABLE["uint64"]
bool = _TABLE["bool"]
string = _TABLE["string"]
complex64 = _TABLE["complex64"]
complex128 = _TABLE["complex128"]
qint8 = _TABLE["qint8"]
quint8 = _TABLE["quint8"]
qint16 = _TABLE["qint16"]
quint16 = _TABLE["quint16"]
qint32 = _TABLE["qint32"]
resource = _TABLE["resource"]
variant = _TABLE["variant"]

QUANTIZED_DTYPES = frozenset(
    d for name in sorted(_QUANTIZED) for d in (_TABLE[name], _TABLE[name]._as_ref)
)

_TABLE.update({"half": float16, "float": float32, "double": float64})
_PYTHON_TYPES: dict[type, DType] = {
    float: float32,
    builtins.bool: bool,
    str: string,
    bytes: string,
    object: string,
}
_FROM_NUMPY: dict[np.dtype, DType] = {
    np.dtype(t): _TABLE[name]
    for name, (_, t) in reversed(_TYPES.items())
    if t is not None and t is not _BFLOAT16 and name not in _QUANTIZED
}


def _numpy_bfloat16() -> type:
    import ml_dtypes  # a tenth of the time that importing Stillflow takes, for a type few use

    return ml_dtypes.bfloat16


def as_dtype(type_value: object) -> DType:
    """Converts a DType, a `DataType` number, a TF or NumPy type name, or a Python or NumPy type.

    Raises:
      TypeError: for anything that names no TensorFlow type.
    """
    if isinstance(type_value, DType):
        return type_value
    try:
        known = _TABLE.get(type_value) or _PYTHON_TYPES.get(type_value)  # type: ignore[call-overload]
    except TypeError:  # unhashable
        known = None
    if known is not None:
        return known
    if type_value is int or type_value is complex:  # TensorFlow wants the size spelled out
        raise TypeError(
            f"Cannot convert value {type_value!r} to a TensorFlow DType.\n"
            "  Say tf.int32 or tf.int64, tf.complex64 or tf.complex128."
        )
    try:
        numpy_dtype = np.dtype(type_value)  # type: ignore[call-overload]
    except TypeError:
        numpy_dtype = None
    if numpy_dtype is not None:
        if numpy_dtype.kind in "SUO":
            return string
        if numpy_dtype.name == "bfloat16":
            return bfloat16
        if numpy_dtype.newbyteorder("=") in _FROM_NUMPY:
            return _FROM_NUMPY[numpy_dtype.newbyteorder("=")]
    raise TypeError(f"Cannot convert value {type_value!r} to a TensorFlow DType.")


def by_name(name: str) -> DType | None:
    """The type that TensorFlow calls `name`, or None."""
    return _TABLE.get(name)
