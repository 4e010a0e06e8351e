"""`tf.cond`: a choice between two sides, of which a run carries out one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph import dtypes, nest
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import get_default_graph
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.control import effects
from stillflow.ops.control.carried import as_before
from stillflow.ops.control.cond_context import CondContext
from stillflow.ops.control.ordering import identity
from stillflow.ops.control.switch import merge, switch
from stillflow.ops.control.taped import told_to_tapes
from stillflow.platform.deprecation import deprecated_args


@deprecated_args(
    None, "fn1/fn2 are deprecated in favor of the true_fn/false_fn arguments.", "fn1", "fn2"
)
def cond(
    pred: Any,
    true_fn: Callable[[], Any] | None = None,
    false_fn: Callable[[], Any] | None = None,
    strict: bool = False,
    name: str | None = None,
    fn1: Callable[[], Any] | None = None,
    fn2: Callable[[], Any] | None = None,
) -> Any:
    """Returns `true_fn()` in runs in which `pred`, bool[], is true, and `false_fn()` in others.

    Both functions are called once, now. What they build runs only in runs that take their side;
    what was built before runs in all. They return tensors, IndexedSlices or operations, alone or in
    nests of the same structure and types; an operation gives a tensor of `pred`'s value.

    Args:
      strict: a list or tuple of one is not taken out of it.
      fn1, fn2: older names of the functions.

    Raises:
      TypeError: a function is missing or cannot be called; `pred` is a Python bool; the functions
        return different structures.
      ValueError: they return nothing, or tensors of different types.
    """
    true_fn = _function("true_fn", true_fn, "fn1", fn1)
    false_fn = _function("false_fn", false_fn, "fn2", fn2)
    with name_scope(name, "cond", [pred]), get_default_graph().alone():
        if executing_eagerly():
            chosen = true_fn() if pred else false_fn()
            return chosen if strict else _alone(chosen)
        if isinstance(pred, bool):
            raise TypeError(
                "pred must not be a Python bool\n  What is known while building needs no tf.cond: "
                "write `if`."
            )
        return told_to_tapes(lambda: _build(pred, true_fn, false_fn, strict))


def _build(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any], strict: bool) -> Any:
    """Builds the choice in a graph, and returns its result."""
    when_true, when_false = _sides(pred)
    true_result, true_parts = _built(when_true, true_fn, "true_fn")
    false_result, false_parts = _built(when_false, false_fn, "false_fn")
    if not strict:
        true_result, false_result = _alone(true_result), _alone(false_result)
    _check_same_structure(true_result, false_result, true_parts, false_parts)
    merged = _merged(true_result, true_parts, false_parts)
    effects.carry(merged, when_true, when_false)
    if when_true.outer_context is None:
        graph = get_default_graph()
        graph.add_to_collection(GraphKeys.COND_CONTEXT, when_true)
        graph.add_to_collection(GraphKeys.COND_CONTEXT, when_false)
    result = nest.pack_sequence_as(true_result, merged, expand_composites=True)
    return result if strict else _alone(result)


def _function(name: str, given: Any, old_name: str, old: Any) -> Callable[[], Any]:
    if old is not None:
        if given is not None:
            raise TypeError(f"cond(): {name} and {old_name} may not be set simultaneously.")
        given = old
    elif given is None:
        raise TypeError(f"cond(): {name} argument required")
    if not callable(given):
        raise TypeError(f"{name} must be callable.")
    return given


def _sides(pred: Any) -> tuple[CondContext, CondContext]:
    """The contexts of the two sides of a choice by `pred`."""
    if_false, if_true = switch(pred, pred)
    true_pivot = identity(if_true, name="switch_t")
    false_pivot = identity(if_false, name="switch_f")
    pred = identity(pred, name="pred_id")
    for tensor in (if_true, if_false, true_pivot, false_pivot, pred):
        tensor.graph.prevent_fetching(tensor.op)
    return CondContext(pred, true_pivot, branch=1), CondContext(pred, false_pivot, branch=0)


def _built(context: CondContext, fn: Callable[[], Any], name: str) -> tuple[Any, Any]:
    """(what `fn` returned, the same as tensors of its side)"""
    try:
        context.Enter()
        original, parts = context.BuildCondBranch(fn)
        if original is None:
            raise ValueError(f"{name} must have a return value.")
        context.ExitResult(parts)
    finally:
        context.Exit()
    return original, parts


def _alone(result: Any) -> Any:
    """What is in a list or tuple of one."""
    return result[0] if isinstance(result, (list, tuple)) and len(result) == 1 else result


def _check_same_structure(true_result: Any, false_result: Any, *parts: Any) -> None:
    """TypeError or ValueError unless both sides returned the same; gives indices one type."""
    if _are_alike(true_result, false_result):
        return
    nest.map_structure(_give_indices_one_type, true_result, false_result)
    nest.map_structure(_give_indices_one_type, *parts)
    try:
        nest.assert_same_structure(true_result, false_result, expand_composites=True)
    except TypeError as error:
        raise TypeError(f"Incompatible return types of true_fn and false_fn: {error}") from None
    except ValueError as error:
        raise ValueError(f"Incompatible return values of true_fn and false_fn: {error}") from None


def _are_alike(true_result: Any, false_result: Any) -> bool:
    try:
        nest.assert_same_structure(true_result, false_result, expand_composites=True)
    except (TypeError, ValueError):
        return False
    pairs = zip(nest.flatten(true_result), nest.flatten(false_result), strict=True)
    return all(a.indices.dtype == b.indices.dtype for a, b in pairs if _are_slices(a, b))


def _are_slices(a: Any, b: Any) -> bool:
    return isinstance(a, IndexedSlices) and isinstance(b, IndexedSlices)


def _give_indices_one_type(a: Any, b: Any) -> None:
    from stillflow.ops.math.casts import cast

    if _are_slices(a, b) and a.indices.dtype != b.indices.dtype:
        a._indices = cast(a.indices, dtypes.int64)
        b._indices = cast(b.indices, dtypes.int64)


def _merged(result: Any, true_parts: Any, false_parts: Any) -> list:
    """The tensors of the side that a run takes; TensorArrays as such."""
    if not true_parts:
        raise ValueError("true_fn and false_fn must return at least one result.")
    flat = [nest.flatten(parts, expand_composites=True) for parts in (false_parts, true_parts)]
    pairs: list[tuple[Tensor, Tensor]] = list(zip(*flat, strict=False))
    for if_false, if_true in pairs:
        if if_false.dtype.base_dtype != if_true.dtype.base_dtype:
            raise ValueError(
                "Outputs of true_fn and false_fn must have the same type: "
                f"{if_true.dtype.name}, {if_false.dtype.name}\n  Convert one with tf.cast."
            )
    chosen = [merge(pair)[0] for pair in pairs]
    originals = nest.flatten(result, expand_composites=True)
    return [as_before(one, tensor) for one, tensor in zip(originals, chosen, strict=True)]
