"""NumPy 1's result of a float64 number and an array of float32: the array's type.

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
    double, single = numpy.float64, numpy.dtype(numpy.float32)
    largest = float(numpy.finfo(single).max)

    def yields(number, other):
        # A number that float32 cannot hold makes float64, then as now.
        of_array = isinstance(other, array) and other.dtype is single and other.ndim
        return of_array and (abs(number) <= largest or not math.isfinite(number))

    def of_number(operate, plainly):
        return lambda x, y: plainly(float(x), y) if yields(x, y) else operate(x, y)

    def of_array(operate):
        def operator(x, y):
            return operate(x, float(y) if type(y) is double and yields(y, x) else y)

        return operator

    slots = {f"__{name}__": index for name, index in _OPERATORS.items()}
    plain = {name: getattr(operators, name) for name in slots}
    arrays.override(double, {n: of_number(getattr(double, n), plain[n]) for n in slots}, slots)
    arrays.override(array, {n: of_array(getattr(array, n)) for n in slots}, slots)
