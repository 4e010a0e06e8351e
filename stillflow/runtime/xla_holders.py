"""What handles stand for while XLA traces holds traced arrays: how a loop carries it.

`runtime.xla_stack` and `runtime.xla_tensor_array` do what the classes of `declare.numpy` do, with
elements of one shape in one buffer.

Which of them a loop changes is seen by tracing its body; around a loop a holder's state goes like
other values:

1. `saved()`; the body is traced once, which shows the `layout` that the holder comes to have, and
   how many elements a stack gains (`at_most`); `restore(...)`.
2. Before the loop, `lay_out(layout)`, and for a stack `reserve(...)`.
3. In the loop, `set_state(...)` of what is carried, then the body, then `state()`. A state whose
   arrays are the same objects as before was only read.
4. After the loop, `restore(...)` what was before it, `set_state(...)`, and a stack's `at_most`.

Arrays of gradients are other holders, in `gradients`: one that the body makes is made before it, by
`grad`.
"""

from __future__ import annotations

import copy
from typing import Any

import jax
import jax.numpy as jnp

from stillflow.graph.operation import Operation


class NotTraceable(Exception):
    """What is traced needs the host: the message says why. No fault of the program's.

    `op` is the outermost operation that it was for.
    """

    op: Operation | None = None


def is_known(*values: Any) -> bool:
    """Whether all values are known while tracing."""
    return not any(isinstance(value, jax.Array) for value in values)


class Holder:
    """What holders have in common: attributes that change by assignment alone, but for `facts`."""

    facts: Any

    @property
    def layout(self) -> Any:
        raise NotImplementedError

    def lay_out(self, layout: Any) -> None:
        raise NotImplementedError

    def state(self) -> list[Any]:
        raise NotImplementedError

    def set_state(self, state: list[Any]) -> None:
        raise NotImplementedError

    def saved(self) -> dict[str, Any]:
        """What the holder is now; whatever is done to it later, `restore` undoes."""
        return {**vars(self), "facts": copy.copy(self.facts)}

    def restore(self, saved: dict[str, Any]) -> None:
        vars(self).clear()
        vars(self).update(saved, facts=copy.copy(saved["facts"]))


def longer(buffer: Any, size: int) -> Any:
    """The buffer with zeros behind it, `size` elements in all."""
    return jnp.pad(buffer, [(0, size - buffer.shape[0])] + [(0, 0)] * (buffer.ndim - 1))
