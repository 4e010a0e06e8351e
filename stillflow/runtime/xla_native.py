"""Convolutions and products of compiled runs by the optional library `stillflow-native`.

XLA calls it, and lends it threads. That it is used is a part of what is compiled, and so of the key
by which compiled code is kept.
"""

from __future__ import annotations

import ctypes
import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from stillflow.declare.native.forms import Form, Kind
from stillflow.declare.native.library import give_up, library
from stillflow.declare.native.products import Product

_HANDLERS = {
    Kind.FORWARD: "StillflowForward",
    Kind.INPUT_GRADIENT: "StillflowInputGradient",
    Kind.FILTER_GRADIENT: "StillflowFilterGradient",
}
_PRODUCT = "StillflowProduct"


def convolve(x: Any, w: Any, form: Form) -> Any:
    """What `form` says of `x` and `w`, as `xp.convolve` takes them."""
    if form.kind == Kind.INPUT_GRADIENT:
        x, w = jnp.flip(w, (0, 1)), x  # filters come mirrored, and go first
    call = jax.ffi.ffi_call(_HANDLERS[form.kind], jax.ShapeDtypeStruct(form.result, x.dtype))
    return call(x, w, geometry=np.array(form.geometry, np.int64))


def multiply(a: Any, b: Any, product: Product) -> Any:
    """What `product` says of `a` and `b`."""
    sizes = (*a.shape[:-2], product.rows, product.columns)
    call = jax.ffi.ffi_call(_PRODUCT, jax.ShapeDtypeStruct(sizes, a.dtype))
    return call(a, b, sizes=np.array(product, np.int64))


@functools.cache
def is_known() -> bool:
    """Whether XLA knows the library, which it may refuse if that was built for another one."""
    loaded = library()
    if loaded is None:
        return False
    try:
        register(loaded)
    except Exception as error:
        give_up(error)
        return False
    return True


def register(loaded: ctypes.CDLL) -> None:
    """Has XLA know what it may call; raises what XLA says of a library that does not fit."""
    for name in (*_HANDLERS.values(), _PRODUCT):
        handler = jax.ffi.pycapsule(getattr(loaded, name))
        jax.ffi.register_ffi_target(name, handler, platform="cpu")
