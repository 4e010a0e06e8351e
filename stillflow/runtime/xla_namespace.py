"""The JAX array namespace that ops compute with when a run is compiled: jax.numpy, and the same few
functions more as `declare.numpy.namespace` has for NumPy. Importing this module imports jax.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import jax.scipy.linalg
import jax.scipy.special
import numpy as np
from jax import lax

from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Operation
from stillflow.runtime import (
    platforms,
    xla_convolving,
    xla_largest,
    xla_loops,
    xla_multiplying,
)
from stillflow.runtime.trips import Trips
from stillflow.runtime.xla_stack import TracedStack
from stillflow.runtime.xla_tensor_array import TracedTensorArray

Message = Callable[..., str]

_MANY_NUMBERS = 16_384  # which take longer to draw again than to read


class Check(NamedTuple):
    """A condition of a run: when `ok` is false, `op` fails the run with `message(*values)`."""

    op: Operation | None
    ok: Any
    message: Message
    values: tuple[Any, ...]


def _knowing(message: Message, values: Sequence[Any]) -> Message:
    """`message` of those of `values` that are traced; it knows the others."""

    def told(*traced: Any) -> str:
        rest = iter(traced)
        return message(*(next(rest) if isinstance(v, jax.Array) else v for v in values))

    return told


class JaxNamespace:
    """`jax.numpy` with extensions; one per trace, for it collects the checks of that trace."""

    is_xla = True
    interleave = staticmethod(xla_loops.interleave)
    while_each = staticmethod(xla_loops.while_each)
    scan = staticmethod(xla_loops.scan)
    compose_swaps = staticmethod(xla_loops.compose_swaps)
    largest = staticmethod(xla_largest.largest)

    def __init__(self) -> None:
        self.op: Operation | None = None  # the one that is traced
        # Whether there are no types of 64 bits: compiled runs have them, other users may not.
        self.is_narrow = jax.dtypes.canonicalize_dtype(np.int64) != np.int64
        self.is_inner = False  # whether it is for the inside of a choice or a loop
        self.is_certain = True  # whether what is traced runs in every run
        # Whether it runs on this process's processor alone, and may call libraries that are here.
        self.is_for_here = False
        # Of integers that go round loops, by identity: the least and the greatest that they are.
        self.ranges: dict[int, tuple[int, int]] = {}
        # Of loops: the turns that they make in every run of what is traced.
        self.turns: Mapping[Operation, Trips] = {}
        self.checks: list[Check] = []
        self.narrow_words = platforms.current().narrow_words
        self._settled: dict[int, tuple[Any, int]] = {}

    special = jax.scipy.special

    @staticmethod
    def solve_triangular(triangle: Any, rhs: Any, lower: bool) -> Any:
        return jax.scipy.linalg.solve_triangular(triangle, rhs, lower=lower)

    new_stack = TracedStack
    new_array = TracedTensorArray

    def __getattr__(self, name: str) -> Any:
        return getattr(jnp, name)

    def check(self, ok: Any, message: Message, *values: Any) -> None:
        """Has the run fail with `message(*values)` unless every element of `ok` is true.

        Compiled code cannot raise; the condition becomes one more result, which the tier looks at.
        """
        if not isinstance(ok, jax.Array):
            if not np.all(ok):
                raise InvalidArgumentError(None, None, message(*map(np.asarray, values)))
            return
        traced = tuple(value for value in values if isinstance(value, jax.Array))
        if len(traced) < len(values):
            message = _knowing(message, values)
        self.checks.append(Check(self.op, jnp.all(ok), message, traced))

    def inner(self) -> JaxNamespace:
        """A namespace for what is traced on its own, which collects its own checks."""
        namespace = JaxNamespace()
        namespace.op = self.op
        namespace.is_inner, namespace.is_certain = True, False
        namespace.ranges = self.ranges
        namespace.is_for_here = self.is_for_here
        return namespace

    def convolve(self, *args: Any, **options: Any) -> Any:
        """As `declare.numpy.convolving.convolve`, whose twin it is."""
        options["for_here"] = self.is_for_here
        return xla_convolving.convolve(*args, **options)

    def matrix_product(
        self, a: Any, b: Any, transposes_a: bool = False, transposes_b: bool = False
    ) -> Any:
        """As `declare.numpy.multiplying.matrix_product`, whose twin it is."""
        # What a loop's turn costs is told by its own products (`xla_parallel`): they stay XLA's.
        for_here = self.is_for_here and not self.is_inner
        return xla_multiplying.matrix_product(a, b, transposes_a, transposes_b, for_here)

    @staticmethod
    def either(condition: Any, yes: Callable[[], Any], no: Callable[[], Any]) -> Any:
        """What the one function gives where `condition`, bool[], holds, else the other."""
        return lax.cond(condition, yes, no)

    def drawn_once(
        self, draw: Callable[[], Any], words: Any, sizes: tuple[int, ...], dtype: Any
    ) -> Any:
        """The numbers, dtype[*sizes], that `draw` makes of random `words`, u32[...], made once.

        XLA's code for a processor would make them again in each use, many times over where that is
        the gradient of a pooling. A branch that is always taken, as XLA cannot know, is no part of
        its uses.
        """
        if self.is_inner or not self.is_for_here or math.prod(sizes) < _MANY_NUMBERS:
            return draw()
        return lax.cond(words[0] | 1 != 0, draw, lambda: jnp.zeros(sizes, dtype))

    def settle(self, new: Any, old: Any) -> Any:
        """`new`, the next value of a variable that is `old`, computed once: its uses read it.

        XLA would compute it again inside each use, from `old`; then the variable could not be
        updated in place, and was copied.
        """
        settled = lax.optimization_barrier(self.if_passed(new, old))
        self._settled[id(settled)] = settled, len(self.checks)
        return settled

    def if_passed(self, new: Any, old: Any) -> Any:
        """`new` when all checks so far have passed, else `old`."""
        settled, checks = self._settled.get(id(new), (None, 0))
        if not self.checks or (settled is new and checks == len(self.checks)):
            return new
        return jnp.where(jnp.all(jnp.stack([check.ok for check in self.checks])), new, old)

    @staticmethod
    def log(x: Any) -> Any:
        """XLA takes denormal operands for zero, as TensorFlow does, but not in the logarithm."""
        x = jnp.asarray(x)
        if x.dtype.kind == "c":
            return jnp.log(x)
        return jnp.log(jnp.where(jnp.abs(x) < jnp.finfo(x.dtype).tiny, x.dtype.type(0), x))

    @staticmethod
    def to_integers(x: Any, dtype: np.dtype) -> Any:
        """x: f[...] -> dtype[...], without the fractions.

        As x86 processors do: what the 32 or 64 bits in which it is computed cannot hold, and what
        is no number, becomes their least number; narrower integers are the lower bits.
        """
        wide = jnp.int64 if dtype.itemsize == 8 or dtype == np.uint32 else jnp.int32
        least = jnp.iinfo(wide).min
        x = x.astype(jnp.promote_types(x.dtype, jnp.float32))
        fits = (x >= least) & (x < -float(least))
        return jnp.where(fits, x, x.dtype.type(least)).astype(wide).astype(dtype)

    @staticmethod
    def set_at(x: Any, index: Any, value: Any) -> Any:
        """Returns `x` with `x[index] = value`."""
        return jnp.asarray(x).at[index].set(value)

    @staticmethod
    def add_at(x: Any, index: Any, value: Any) -> Any:
        """Returns `x` with `value` added at `index`; a repeated index adds each time."""
        return jnp.asarray(x).at[index].add(value)

    @staticmethod
    def sparse_matmul(rows: int, row: Any, column: Any, values: Any, b: Any) -> Any:
        """row, column: i[e], values: n[e], b: n[k, m] -> n[rows, m], a sparse matrix times b."""
        products = values[:, None] * jnp.take(b, column, 0, mode="clip")
        return jnp.zeros((rows, b.shape[1]), values.dtype).at[row].add(products)

    @staticmethod
    def multiply_at(x: Any, index: Any, value: Any) -> Any:
        """`add_at` with a product instead of a sum."""
        return jnp.asarray(x).at[index].multiply(value)

    @staticmethod
    def max_at(x: Any, index: Any, value: Any) -> Any:
        """`add_at` with the larger of the two instead of their sum."""
        return jnp.asarray(x).at[index].max(value)

    @staticmethod
    def min_at(x: Any, index: Any, value: Any) -> Any:
        """`add_at` with the smaller of the two instead of their sum."""
        return jnp.asarray(x).at[index].min(value)
