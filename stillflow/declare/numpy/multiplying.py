"""Products of matrices in NumPy.

An extension of its namespace; `runtime.xla_namespace` has the twin. A library that is optional is
faster where there is much to multiply (`declare.native`).
"""

from __future__ import annotations

from typing import Any

from stillflow.declare.native import on_host as native
from stillflow.declare.native.paying import pays, product_to_take
from stillflow.declare.numpy import threads


def matrix_product(a: Any, b: Any, transposes_a: bool = False, transposes_b: bool = False) -> Any:
    """a: n[..., n, k], b: n[..., k, m] -> n[..., n, m]; either is transposed first when asked."""
    product = product_to_take(a, b, transposes_a, transposes_b)
    if product is not None and pays(product, compiled=False):
        return native.multiply(a, b, product)
    if transposes_a:
        a = a.swapaxes(-1, -2)
    if transposes_b:
        b = b.swapaxes(-1, -2)
    return threads.matmul(a, b)
