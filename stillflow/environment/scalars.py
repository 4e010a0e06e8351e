"""Numbers that runs give back, in NumPy 1's arithmetic: with one of Python's they are wide.

A float32 and a number of Python's made float64, and a small integer and one of Python's int64;
today's NumPy keeps the narrow type. So `total += session.run(loss)` was a sum in double precision,
which JSON takes, and `session.run(byte) - 200` no overflow. Fetched numbers alone are changed: for
others it would mean all of NumPy's users, this package first.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from stillflow.runtime.fetched_numbers import IN_PLACE_OF

_OPERATORS = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow")
_COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
_INTEGERS = ("int8", "int16", "int32", "uint8", "uint16", "uint32")


def restore(numpy: ModuleType) -> None:
    """Has runs give numbers that are NumPy 1's with numbers of Python's."""
    if type(numpy.float32(1) * 2.0) is not numpy.float32:
        return
    double, double_complex = numpy.float64, numpy.complex128
    real = {int: double, float: double, complex: double_complex}
    rows: dict[str, dict[type, type]] = {
        **{name: {int: numpy.int64} for name in _INTEGERS},
        **{"uint64": {int: double}, "float16": real, "float32": real},
        "complex64": {int: double_complex, float: double_complex, complex: double_complex},
    }
    for name, wide in rows.items():
        kind = getattr(numpy, name)
        IN_PLACE_OF[kind] = _derived(kind, wide)


def _derived(kind: type, wide: dict[type, type]) -> type:
    """A type like `kind`, but {a number of Python's: the type that it takes beside that}."""
    names = [f"__{name}__" for name in (*_OPERATORS, *_COMPARISONS)]
    names += [f"__r{name}__" for name in _OPERATORS]
    members: dict[str, Any] = {name: _operator(kind, wide, name) for name in names}
    members |= {"__slots__": (), "__module__": "numpy", "__qualname__": kind.__name__}
    return type(kind.__name__, (kind,), {**members, "__hash__": kind.__hash__})


def _operator(kind: type, wide: dict[type, type], name: str) -> Callable[..., Any]:
    narrow = getattr(kind, name)

    def operator(x, y, *modulus):
        widened = wide.get(type(y))
        if widened is None:
            return narrow(x, y, *modulus)
        return getattr(widened, name)(widened(x), y, *modulus)

    return operator
