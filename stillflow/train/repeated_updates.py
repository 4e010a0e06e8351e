"""Updates of eager mode that repeat each other, as the steps of a training loop do.

An optimizer that can say what decides about its updates (`_deciding`) carries out the same
operations on the same variables again and again. After three times they become a plan, as
`tf.function` would make one of `apply_gradients`: it runs on the host, where eager operations run,
and regroups no arithmetic, so that it gives the numbers of the operations one by one, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from stillflow.graph.context import executing_eagerly, graphs
from stillflow.graph.eager_tensor import EagerTensor
from stillflow.graph.indexed_slices import IndexedSlices

Pairs = Sequence[tuple[Any, Any]]
#: Carries out the update of other gradients; tells whether it did.
Update = Callable[[Pairs], bool]

_NUMBERS = (float, int, bool)
_TIMES = 3
_MOST_KINDS = 16  # of an optimizer; with a new learning rate in each step none repeats

# By optimizer and by what decides about an update: how often it was seen, or what repeats it; None
# where that is not possible.
_known: WeakKeyDictionary[Any, dict[tuple, int | Update | None]] = WeakKeyDictionary()


def repeated(optimizer: Any, pairs: Pairs, global_step: Any = None) -> bool:
    """Whether the update of `pairs`, (gradient, variable), was carried out, as it was before.

    Args:
      optimizer: has `_deciding()`, a list of what decides about an update besides variables and
        gradients, or None, and `_build_update(pairs, global_step, name)`.
    """
    if graphs.tapes or not executing_eagerly():
        return False
    key = _key(optimizer, pairs, global_step)
    if key is None:
        return False
    kinds = _known.get(optimizer)
    if kinds is None:
        kinds = _known[optimizer] = {}
    known = kinds.get(key, 0)
    if callable(known):
        return known(pairs)
    if known is not None:
        if len(kinds) >= _MOST_KINDS:
            kinds.clear()
        kinds[key] = known + 1 if known < _TIMES else _made(optimizer, pairs, global_step)
    return False


def numbers_of(optimizer: Any) -> list[Any] | None:
    """The values of the attributes that its class names in `_decided_by`, if they are numbers."""
    names = vars(type(optimizer)).get("_decided_by")  # a class derived from it may do otherwise
    if names is None:
        return None
    own = vars(optimizer)
    values = [own[name] for name in names]
    return values if all([type(value) in _NUMBERS for value in values]) else None


def _key(optimizer: Any, pairs: Pairs, global_step: Any) -> tuple | None:
    """What decides about an update; None where something else may."""
    key: list[Any] | None = optimizer._deciding()
    if key is None:
        return None
    for grad, variable in pairs:
        parts = parts_of(grad)
        if parts is None or not is_plain(variable):
            return None
        key += [part._dtype._number for part in parts]
        key.append(variable._unique_id)
    if global_step is not None:
        if not is_plain(global_step):
            return None
        key.append(global_step._unique_id)
    return tuple(key)


def parts_of(grad: Any) -> Sequence[EagerTensor] | None:
    """A gradient of eager mode; of one for some rows, its values and which rows they are."""
    if type(grad) is EagerTensor:
        return (grad,)
    if type(grad) is not IndexedSlices:
        return None
    parts: Any = (grad.values, grad.indices)
    return parts if all([type(part) is EagerTensor for part in parts]) else None


def is_plain(variable: Any) -> bool:
    """Whether it is a variable of eager mode, of which nothing else is to be done."""
    return (
        getattr(variable, "_in_graph_mode", True) is False
        and getattr(variable, "_distributed_container", None) is None
        and hasattr(variable, "_unique_id")
        and variable.constraint is None
    )


def _made(optimizer: Any, pairs: Pairs, global_step: Any) -> Update | None:
    from stillflow.train.update_plan import PlannedUpdate  # graphs have plans of their own

    try:
        return PlannedUpdate(optimizer, pairs, global_step).carried_out
    except Exception:  # what a graph cannot say is carried out one by one
        return None
