"""Products of matrices, traced: the twin of `declare.numpy.multiplying`."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from stillflow.declare.native.paying import pays, product_to_take
from stillflow.runtime import xla_native


def matrix_product(
    a: Any, b: Any, transposes_a: bool = False, transposes_b: bool = False, for_here: bool = False
) -> Any:
    """a: n[..., n, k], b: n[..., k, m] -> n[..., n, m]; either is transposed first when asked.

    What is compiled `for_here` may be left to a library that this process has.
    """
    if for_here:
        product = product_to_take(a, b, transposes_a, transposes_b)
        if product is not None and pays(product, compiled=True) and xla_native.is_known():
            return xla_native.multiply(a, b, product)
    if transposes_a:
        a = jnp.swapaxes(a, -1, -2)
    if transposes_b:
        b = jnp.swapaxes(b, -1, -2)
    return jnp.matmul(a, b)
