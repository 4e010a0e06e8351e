"""TensorFlow's element types: names, `DataType` numbers, NumPy equivalents. Knows no tensor."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

_REF_OFFSET = 100  # DT_FLOAT_REF = DT_FLOAT + 100 in TensorFlow's types.proto

# Stands for NumPy's bfloat16, which another package has; `stored_as` loads it.
_BFLOAT16 = "bfloat16"
# name: (DataType number, NumPy type or None); quantized types are stored as their plain integers.
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
    """One element type: `DType(number)`, by its number in TensorFlow's `DataType` enum.

    There is one object per type, so `is` and `==` agree.

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

    _name: str
    _number: int
    _numpy: Any
    _base: DType
    _ref: DType | None
    is_bool: builtins.bool
    is_complex: builtins.bool
    is_floating: builtins.bool
    is_integer: builtins.bool
    is_quantized: builtins.bool

    def __new__(cls, type_enum: Any) -> DType:
        """Raises TypeError: there is no type of that number."""
        number = int(type_enum)
        if number not in _TABLE:
            raise TypeError(f"type_enum is not a valid types_pb2.DataType: {number}")
        return _TABLE[number]

    @classmethod
    def _declared(cls, name: str, number: int, numpy: Any, base: DType | None = None) -> DType:
        self = super().__new__(cls)
        self._name = name
        self._number = number
        self._numpy = numpy
        self._base = base or self
        self._ref = None
        plain = self._base._name
        self.is_bool = plain == "bool"
        self.is_complex = plain in _COMPLEX
        self.is_floating = plain in _FLOATING
        self.is_integer = plain in _INTEGER
        self.is_quantized = plain in _QUANTIZED
        return self

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
    def stored_as(self) -> type:
        """The NumPy scalar type that holds elements in arrays; strings are `np.object_`."""
        if self._numpy is None:
            raise TypeError(f"{self._name} has no NumPy equivalent.")
        return _numpy_bfloat16() if self._numpy is _BFLOAT16 else self._numpy

    @property
    def as_numpy_dtype(self) -> Any:
        """The NumPy type that programs see.

        It is `stored_as`, except for Python's own `bool` and `object` (of strings), and quantized
        types, which have one field of their name.
        """
        public = _PUBLIC_NUMPY.get(self._base._name)
        return self.stored_as if public is None else public

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
        """Bytes per element in an array; 1 for types that no array holds."""
        return 1 if self._numpy is None else np.dtype(self.stored_as).itemsize

    @property
    def min(self):
        """The smallest value of a real numeric type; TypeError for other ones."""
        return self._limit("min")

    @property
    def max(self):
        """The largest value of a real numeric type; TypeError for other ones."""
        return self._limit("max")

    def _limit(self, which: str) -> Any:
        if self.is_integer:
            return getattr(np.iinfo(self.stored_as), which)
        if self._base is bfloat16:
            import ml_dtypes

            return getattr(ml_dtypes.finfo(ml_dtypes.bfloat16), which)
        if self.is_floating:
            return getattr(np.finfo(self.stored_as), which)
        raise TypeError(f"Cannot find {which}imum value of {self}.")

    @property
    def limits(self) -> tuple[int, int]:
        """The least and the greatest intensity that a picture of this type has.

        Raises:
          KeyError: TensorFlow names none for this type; `min` and `max` are its own limits.
        """
        if self._base._name in ("float32", "float64"):
            return 0, 1
        if not self.is_integer:
            raise KeyError(f"{self._name} has no intensity limits; see `min` and `max`.")
        return 0, self.max

    def is_compatible_with(self, other: object) -> builtins.bool:
        """True when a tensor of type `other` may stand where `self` is wanted."""
        other = as_dtype(other)
        return self is other or self is other._base

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
        plain = DType._declared(name, number, numpy)
        plain._ref = DType._declared(name + "_ref", number + _REF_OFFSET, numpy, base=plain)
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
_TABLE.update({f"{name}_ref": _TABLE[name]._as_ref for name in ("half", "float", "double")})
_TABLE.update({float: float32, builtins.bool: bool, object: string})
_FROM_NUMPY: dict[np.dtype, DType] = {
    np.dtype(t): _TABLE[name]
    for name, (_, t) in reversed(_TYPES.items())
    if t is not None and t is not _BFLOAT16 and name not in _QUANTIZED
}
_PUBLIC_NUMPY: dict[str, Any] = {
    "bool": builtins.bool,
    "string": object,
    **{name: np.dtype([(name, _TYPES[name][1])]) for name in sorted(_QUANTIZED)},
}
_FROM_NUMPY.update({_PUBLIC_NUMPY[name]: _TABLE[name] for name in sorted(_QUANTIZED)})


def _numpy_bfloat16() -> type:
    import ml_dtypes  # a tenth of the time that importing Stillflow takes, for a type few use

    return ml_dtypes.bfloat16


def as_dtype(type_value: object) -> DType:
    """Converts a DType, a `DataType` number, TensorFlow's name of one, or a NumPy type.

    Of Python's types, `float`, `bool` and `object` (for strings) name one.

    Raises:
      TypeError: for anything that names no TensorFlow type.
    """
    if isinstance(type_value, DType):
        return type_value
    try:
        known = _TABLE.get(type_value)
    except TypeError:  # unhashable
        known = None
    if known is None:
        known = _of_numpy(type_value)
    if known is None:
        raise TypeError(
            f"Cannot convert value {type_value!r} to a TensorFlow DType.{_instead_of(type_value)}"
        )
    return known


def _of_numpy(value: object) -> DType | None:
    """The type that arrays of the NumPy type `value` have, if it is one."""
    if isinstance(value, type) and issubclass(value, np.generic):
        try:
            value = np.dtype(value)
        except TypeError:  # an abstract one, such as np.integer
            return None
    if not isinstance(value, np.dtype):
        return None
    known = _FROM_NUMPY.get(value)  # first of all: kernels ask this of their arrays
    if known is not None:
        return known
    if value.kind in "SUO":
        return string
    if value.name == "bfloat16":
        return bfloat16
    return _FROM_NUMPY.get(value.newbyteorder("="))


# What to say instead of what one might take for the name of a type.
_INSTEAD = {
    int: "tf.int32 or tf.int64",
    complex: "tf.complex64 or tf.complex128",
    str: "tf.string",
    bytes: "tf.string",
}


def _instead_of(value: object) -> str:
    known = _INSTEAD.get(value) if isinstance(value, type) else None
    return f"\n  Say {known}." if known else ""


def by_name(name: str) -> DType | None:
    """The type that TensorFlow calls `name`, or None."""
    return _TABLE.get(name)
