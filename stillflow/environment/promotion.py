"""NumPy 1's result of a float64 number and an array of float32 or float16: the array's type.

`np.sqrt(2 / n) * weights` is how programs of the period scale what they draw; today's NumPy makes
float64 of it, which no variable of float32 takes. Python's operators alone are changed.
"""

from __future__ import annotations

import math
import operator as operators
from types import ModuleType

from stillflow.environment import arrays

# Operators, and where PyNumberMethods holds them.
_OPERATORS = {"add": 0, "sub": 1, "mul": 2, "truediv": 30}


def restore(numpy: ModuleType) -> None:
    """Lets numbers yield to arrays of a lower precision, as they did."""
    array = numpy.ndarray
    if (numpy.ones(1, numpy.float32) * numpy.float64(1)).dtype == numpy.float32:
        return
    double, single = numpy.float64, numpy.float32
    largest = {numpy.dtype(t): float(numpy.finfo(t).max) for t in (single, numpy.float16)}
    of_single = numpy.dtype(single)

    def settled(number, other):
        """The number that meets `other`: one that yields, or that makes its type, as it did."""
        if not isinstance(other, array) or other.dtype not in largest or not other.ndim:
            return number
        size = abs(number)
        if size <= largest[other.dtype] or not math.isfinite(number):
            return float(number)
        return single(number) if size <= largest[of_single] else number

    def of_number(operate, plainly):
        def operator(x, y):
            number = settled(x, y)
            return operate(x, y) if number is x else plainly(number, y)

        return operator

    def of_array(operate):
        def operator(x, y):
            return operate(x, settled(y, x) if type(y) is double else y)

        return operator

    slots = {f"__{name}__": index for name, index in _OPERATORS.items()}
    plain = {name: getattr(operators, name) for name in slots}
    arrays.override(double, {n: of_number(getattr(double, n), plain[n]) for n in slots}, slots)
    arrays.override(array, {n: of_array(getattr(array, n)) for n in slots}, slots)
