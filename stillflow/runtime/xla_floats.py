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

from stillflow.runtime.xla_equations import bound, inlined

# The primitives that XLA's simplifier sees through.
_SEEN_THROUGH = frozenset(
    [
        *("add", "add_any", "sub", "neg", "mul", "div", "square", "integer_pow", "pow", "sqrt"),
        *("rsqrt", "cbrt", "exp", "exp2", "expm1", "log", "log1p", "logistic"),
        "convert_element_type",
    ]
)
_REARRANGING = frozenset(["reshape", "squeeze", "transpose"])


def faithful(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, with a barrier behind every operation on floats that XLA could see through."""

    def traced(*args: Any) -> Any:
        flat, tree = jax.tree.flatten(args)
        closed, shape = jax.make_jaxpr(
            lambda *leaves: function(*jax.tree.unflatten(tree, leaves)), return_shape=True
        )(*flat)
        results = _evaluate(closed.jaxpr, closed.consts, flat, {})
        return jax.tree.unflatten(jax.tree.structure(shape), results)

    return traced


# The values that hold numbers of smaller ones many times, by their identity.
_Spread = dict[int, Any]


def _evaluate(jaxpr: Any, consts: Sequence[Any], args: Sequence[Any], spread: _Spread) -> list[Any]:
    values: dict[Any, Any] = {}

    def read(atom: Any) -> Any:
        return atom.val if isinstance(atom, core.Literal) else values[atom]

    values.update(zip(jaxpr.constvars, consts, strict=True))
    values.update(zip(jaxpr.invars, args, strict=True))
    for eqn in jaxpr.eqns:
        results = _results(eqn, [read(atom) for atom in eqn.invars], spread)
        values.update(zip(eqn.outvars, results, strict=True))
    return [read(atom) for atom in jaxpr.outvars]


def _results(eqn: Any, inputs: list[Any], spread: _Spread) -> list[Any]:
    name = eqn.primitive.name
    if (body := inlined(eqn)) is not None:
        return _evaluate(*body, inputs, spread)
    if name == "div" and _is_spread(inputs[1], spread):
        inputs = [inputs[0], _many(*inputs)]
    results = bound(eqn, inputs)
    if name in ("broadcast_in_dim", "tile") or (name in _REARRANGING and id(inputs[0]) in spread):
        spread[id(results[0])] = results[0]
    if name in _SEEN_THROUGH:
        return [_hidden(value) for value in results]
    return results


def _is_spread(divisor: Any, spread: _Spread) -> bool:
    return isinstance(divisor, jax.Array) and (not divisor.shape or id(divisor) in spread)


def _many(dividend: Any, divisor: Any) -> Any:
    """`divisor`, which XLA cannot see to be spread: it would multiply with the reciprocals.

    Those of huge numbers are no normal ones. What divides no number does not matter.
    """
    return jnp.where(dividend == dividend, divisor, dividend)


def _hidden(value: Any) -> Any:
    return lax.optimization_barrier(value) if jnp.issubdtype(value.dtype, jnp.inexact) else value
