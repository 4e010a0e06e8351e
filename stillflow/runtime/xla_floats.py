"""Compiled code that computes with floating-point numbers, as TensorFlow's kernels do.

XLA's simplifier takes them for real numbers: it makes `log(exp(x))` into `x`, `sum(c * x)` into
`c * sum(x)` and `x * cast(p)` into a choice, which have other values where something overflows, is
rounded, infinite or no number. Behind a barrier it does not see what a number came from. Barriers
are gone before XLA fuses, so kernels stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.extend import core

# The primitives that XLA's simplifier sees through.
_SEEN_THROUGH = frozenset(
    [
        *("add", "add_any", "sub", "neg", "mul", "div", "square", "integer_pow", "pow", "sqrt"),
        *("rsqrt", "cbrt", "exp", "exp2", "expm1", "log", "log1p", "logistic"),
        "convert_element_type",
    ]
)
# Calls whose body is a part of the function.
_INLINE = frozenset(
    ["jit", "pjit", "closed_call", "core_call", "custom_jvp_call", "custom_vjp_call"]
)


def faithful(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, with a barrier behind every operation on floats that XLA could see through."""

    def traced(*args: Any) -> Any:
        flat, tree = jax.tree.flatten(args)
        closed, shape = jax.make_jaxpr(
            lambda *leaves: function(*jax.tree.unflatten(tree, leaves)), return_shape=True
        )(*flat)
        results = _evaluate(closed.jaxpr, closed.consts, flat)
        return jax.tree.unflatten(jax.tree.structure(shape), results)

    return traced


def _evaluate(jaxpr: Any, consts: Sequence[Any], args: Sequence[Any]) -> list[Any]:
    values: dict[Any, Any] = {}

    def read(atom: Any) -> Any:
        return atom.val if isinstance(atom, core.Literal) else values[atom]

    values.update(zip(jaxpr.constvars, consts, strict=True))
    values.update(zip(jaxpr.invars, args, strict=True))
    for eqn in jaxpr.eqns:
        values.update(zip(eqn.outvars, _results(eqn, [read(v) for v in eqn.invars]), strict=True))
    return [read(atom) for atom in jaxpr.outvars]


def _results(eqn: Any, inputs: list[Any]) -> list[Any]:
    name = eqn.primitive.name
    if name in _INLINE:
        inner = eqn.params.get("jaxpr") or eqn.params["call_jaxpr"]
        jaxpr, consts = (inner.jaxpr, inner.consts) if hasattr(inner, "consts") else (inner, ())
        return _evaluate(jaxpr, consts, inputs)
    result = eqn.primitive.bind(*inputs, **eqn.primitive.get_bind_params(eqn.params))
    results = list(result) if eqn.primitive.multiple_results else [result]
    if name in _SEEN_THROUGH:
        return [_hidden(value) for value in results]
    return results


def _hidden(value: Any) -> Any:
    return lax.optimization_barrier(value) if jnp.issubdtype(value.dtype, jnp.inexact) else value
