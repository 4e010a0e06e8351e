"""The loops of `declare.numpy.loops` for jax.numpy: the same results, whole arrays at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax import lax


def interleave(
    parts: Callable[[Any], tuple],
    size: int,
    width: int,
    then: Callable[[Any], Any] = lambda laid: laid,
) -> Any:
    """One fused loop over the result: XLA repeats the work of `parts` rather than store it, which
    was five times faster on a CPU than stacking them."""
    position = jnp.arange(size, dtype=jnp.uint64)
    *others, result = parts(position // width)
    for lane, part in enumerate(others):
        result = jnp.where(position % width == lane, part, result)
    return then(result)


def while_each(
    pending: Callable[..., Any], step: Callable[..., tuple], state: tuple[Any, ...]
) -> tuple[Any, ...]:
    """Steps every row until none is pending; a row that is done keeps its values."""

    def step_pending(state: tuple[Any, ...]) -> tuple[Any, ...]:
        goes_on = pending(*state)
        return tuple(
            jnp.where(goes_on.reshape(goes_on.shape + (1,) * (old.ndim - 1)), new, old)
            for old, new in zip(state, step(*state), strict=True)
        )

    return lax.while_loop(lambda state: jnp.any(pending(*state)), step_pending, state)


def scan(
    step: Callable[[tuple, tuple], tuple[tuple, tuple]],
    carried: tuple[Any, ...],
    rows: tuple[Any, ...],
    made: list[tuple[tuple[int, ...], Any]],
    reverse: bool = False,
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """XLA's own loop; `made` it finds out itself."""

    def plain(carried: tuple, row: tuple) -> tuple[tuple, tuple]:
        after, values = step(carried, row)
        return tuple(after), tuple(values)

    return lax.scan(plain, tuple(map(jnp.asarray, carried)), rows, reverse=reverse)


def compose_swaps(targets: Any) -> Any:
    """Both elements are written at once, which XLA does in place; one by one it copies them all."""

    def swap(i: Any, order: Any) -> Any:
        pair = jnp.stack([i, targets[i]])
        return order.at[pair].set(order[pair[::-1]])

    return lax.fori_loop(0, len(targets), swap, jnp.arange(len(targets) + 1))
