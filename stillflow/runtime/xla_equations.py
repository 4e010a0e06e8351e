"""Equations of traced functions, carried out one by one by what goes over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# Calls whose body is a part of the function.
_INLINE = frozenset(
    ["jit", "pjit", "closed_call", "core_call", "custom_jvp_call", "custom_vjp_call"]
)


def opened(jaxpr: Any) -> tuple[Any, Sequence[Any]]:
    """A jaxpr without its constants, and these."""
    return (jaxpr.jaxpr, jaxpr.consts) if hasattr(jaxpr, "consts") else (jaxpr, ())


def inlined(eqn: Any) -> tuple[Any, Sequence[Any]] | None:
    """The body of a call, as `opened` gives it; None if `eqn` calls nothing."""
    if eqn.primitive.name not in _INLINE:
        return None
    return opened(eqn.params.get("jaxpr") or eqn.params["call_jaxpr"])


def bound(eqn: Any, inputs: Sequence[Any]) -> list[Any]:
    """The results of an equation for other inputs."""
    result = eqn.primitive.bind(*inputs, **eqn.primitive.get_bind_params(eqn.params))
    return list(result) if eqn.primitive.multiple_results else [result]
