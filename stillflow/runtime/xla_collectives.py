"""Collectives of arrays that the host has, over one device of each rank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from stillflow.platform import processes
from stillflow.runtime.xla_processes import ordered, quiet_output

_REDUCTIONS: dict[str, Callable[..., Any]] = {
    "sum": jnp.sum,
    "min": jnp.min,
    "max": jnp.max,
    "product": jnp.prod,
}


def reduced(value: np.ndarray, how: str) -> np.ndarray:
    """value: n[...], another in each rank -> n[...], their sum, or what `how` says."""
    return _collected(value, _reduction(how, value.dtype.name))


def of_rank(value: np.ndarray, rank: int) -> np.ndarray:
    """value: n[...], another in each rank -> that of one rank."""
    return _collected(value, _picking(rank))


def gathered(value: np.ndarray, lengths: Sequence[int]) -> np.ndarray:
    """value: n[m, ...], m being this rank's of `lengths` -> n[sum of them, ...]."""
    padded = np.zeros((max(lengths), *value.shape[1:]), value.dtype)
    padded[: len(value)] = value
    whole = _collected(padded, _identity())
    return np.concatenate([part[:length] for part, length in zip(whole, lengths, strict=True)])


def _collected(value: np.ndarray, function: Callable[[Any], Any]) -> np.ndarray:
    """What `function` makes of n[ranks, ...], the values of all."""
    own = np.ascontiguousarray(value[None])
    with jax.enable_x64(True):
        ranks = jax.make_array_from_process_local_data(_shardings()[0], own)
        return np.array(function(ranks))


@cache
def _shardings() -> tuple[NamedSharding, NamedSharding]:
    """Of what ranks have parts of, and of what all have as a whole. The ways between are open."""
    mesh = Mesh(np.array(ordered(jax.devices(), 1)), ("ranks",))
    split, whole = (NamedSharding(mesh, PartitionSpec(*axes)) for axes in (("ranks",), ()))
    with quiet_output():
        ones = jax.make_array_from_process_local_data(split, np.ones(1, np.float32))
        jax.jit(jnp.sum, out_shardings=whole)(ones).block_until_ready()
    return split, whole


@cache
def _reduction(how: str, dtype: str) -> Callable[[Any], Any]:
    reduce = _REDUCTIONS[how]
    return jax.jit(lambda ranks: reduce(ranks, 0).astype(dtype), out_shardings=_shardings()[1])


@cache
def _picking(rank: int) -> Callable[[Any], Any]:
    return jax.jit(lambda ranks: ranks[rank], out_shardings=_shardings()[1])


@cache
def _identity() -> Callable[[Any], Any]:
    return jax.jit(lambda ranks: ranks, out_shardings=_shardings()[1])


def together(what: str, value: np.ndarray) -> list[list[int]]:
    """Waits for all ranks to come to a collective; returns the shape that each has."""
    shapes: list[list[int]] = processes.group().exchange(what, list(value.shape))
    return shapes
