"""Which products of matrices the library has."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

# What the library divides: multiplications, and the longer side of the results, together.
_LARGE = 1 << 25
_DIVISIBLE = 256


class Product(NamedTuple):
    """Matrices f32[batch, rows, depth] and f32[batch, depth, columns], whose last two axes may be
    the other way round, give f32[batch, rows, columns]; in the order in which the library reads it.
    """

    batch: int
    rows: int
    depth: int
    columns: int
    transposes_a: bool
    transposes_b: bool

    @property
    def work(self) -> int:
        """Multiplications."""
        return self.batch * self.rows * self.depth * self.columns


def product_of(a: Any, b: Any, transposes_a: bool, transposes_b: bool) -> Product | None:
    """What the product of two matrices, or of as many of each, is; None where the library has none:
    something is empty or of another type, or much work has a result that cannot be divided.
    """
    x, y = a.shape, b.shape
    if a.dtype != np.float32 or b.dtype != np.float32 or len(x) < 2 or x[:-2] != y[:-2]:
        return None
    if not all(isinstance(n, int) for n in (*x, *y)):
        return None
    rows, depth = x[-2:][::-1] if transposes_a else x[-2:]
    inner, columns = y[-2:][::-1] if transposes_b else y[-2:]
    product = Product(math.prod(x[:-2]), rows, depth, columns, transposes_a, transposes_b)
    if depth != inner or product.work == 0:
        return None
    is_divisible = product.batch * max(rows, columns) >= _DIVISIBLE
    return product if is_divisible or product.work < _LARGE else None
