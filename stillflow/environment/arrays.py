"""What arrays of NumPy could do in TensorFlow 1.x's years: methods that are gone, the number that
an array of one element was, and the falsehood that one of none was.

A C type takes no new attribute in the ordinary way, so what is given back goes into the dict behind
its `__dict__`; where Python hides that, arrays stay as they are.
"""

from __future__ import annotations

import ctypes
import gc
import operator
from types import ModuleType
from typing import Any

_POINTER = ctypes.sizeof(ctypes.c_void_p)
# Where a type's C struct points to its numbers' functions, and which of those convert.
_AS_NUMBER = object.__basicsize__ + 10 * _POINTER
_CONVERSIONS = {"__int__": 16, "__float__": 18}
_TRUTH = 9


def restore(numpy: ModuleType) -> None:
    """Gives arrays back their methods, and arrays of one element their numbers."""
    array = numpy.ndarray
    for kind in (array, numpy.generic):
        _set_lacking(kind, {"tostring": _tostring})
    _set_lacking(array, {"itemset": _itemset, "ptp": _ptp})
    try:
        float(numpy.zeros(1))
    except TypeError:
        _convert_single_elements(array)
    _empty_is_false(numpy, array)


def _tostring(self, order="C"):
    """The bytes, by which programs of the period write images into records."""
    return self.tobytes(order)


def _itemset(self, *args):
    """`itemset(value)`, `itemset(flat index, value)`, `itemset(*index, value)`."""
    if not args:
        raise ValueError("itemset must have at least one argument")
    *index, value = args
    if not index and self.size != 1:
        raise ValueError("can only convert an array of size 1 to a Python scalar")
    if not index:
        self[(0,) * self.ndim] = value
    elif len(index) == 1 and not isinstance(index[0], tuple):
        self.flat[operator.index(index[0])] = value
    else:
        where = index[0] if len(index) == 1 else tuple(index)
        if len(where) != self.ndim:
            raise ValueError("incorrect number of indices for array")
        self[where] = value


def _ptp(self, axis=None, out=None, **kwargs):
    import numpy

    return numpy.ptp(self, axis, out, **kwargs)


def _convert_single_elements(array: type) -> None:
    """`float(np.array([3.]))` and `'%f' % array` take the only element, whatever the rank."""
    names = (*_CONVERSIONS, "__complex__")
    override(array, {name: _single(getattr(array, name)) for name in names}, _CONVERSIONS)


def _empty_is_false(numpy: ModuleType, array: type) -> None:
    """`if array:` of no elements: NumPy refuses it now."""
    try:
        bool(numpy.zeros(0))
    except ValueError:
        truth = array.__bool__  # type: ignore[attr-defined]
        of_some = {"__bool__": lambda self: bool(self.size) and truth(self)}
        override(array, of_some, {"__bool__": _TRUTH})


def override(kind: type, members: dict[str, Any], slots: dict[str, int]) -> None:
    """Gives a C type other methods, which C code calls too: by its `slots`, {method: index}."""
    through_members = type("ThroughMembers", (), dict.fromkeys(members, lambda *of: None))
    found = {index: slot(through_members, index).value for index in slots.values()}
    if all(found.values()) and set_members(kind, members):
        for index, function in found.items():
            slot(kind, index).value = function


def _single(convert):
    def conversion(self):
        if self.ndim and self.size == 1:
            return convert(self.reshape(()))
        return convert(self)

    return conversion


def slot(kind: type, index: int) -> ctypes.c_void_p:
    """One of the functions by which C code makes a number of a `kind`."""
    numbers = ctypes.c_void_p.from_address(id(kind) + _AS_NUMBER).value or 0
    return ctypes.c_void_p.from_address(numbers + index * _POINTER)


def _set_lacking(kind: type, members: dict[str, Any]) -> None:
    set_members(kind, {n: value for n, value in members.items() if not hasattr(kind, n)})


def set_members(kind: type, members: dict[str, Any]) -> bool:
    """Whether Python shows the dict of `kind`, which now has `members`."""
    found = [x for x in gc.get_referents(kind.__dict__) if isinstance(x, dict)]
    for into in found:
        into.update(members)
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))
    return bool(found)
