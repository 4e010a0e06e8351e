"""`tf.case`: a choice among several functions, the first whose condition holds."""

from __future__ import annotations

import collections
import functools
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array.stacking import stack
from stillflow.ops.control.cond import cond
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import less_equal
from stillflow.ops.reduce.reductions import reduce_sum
from stillflow.platform import logging

Action = Callable[[], Any]


def case(
    pred_fn_pairs: Any,
    default: Action | None = None,
    exclusive: bool = False,
    strict: bool = False,
    name: str = "case",
) -> Any:
    """Returns what the function of the first condition that holds returns.

    Args:
      pred_fn_pairs: pairs of a condition, bool[], and a function; or {condition: function}, whose
        order is that of the conditions' names unless it is an OrderedDict.
      default: the function where no condition holds; without it, that fails the run.
      exclusive: a second condition that holds fails the run.
      strict: as in `tf.cond`.

    Raises:
      TypeError: `pred_fn_pairs` are not of this form.
      TypeError, ValueError: as `tf.cond`.
    """
    return case_by(cond, pred_fn_pairs, default, exclusive, name, strict=strict)


def case_by(
    choose: Callable[..., Any],
    pred_fn_pairs: Any,
    default: Action | None,
    exclusive: bool,
    name: str,
    allow_python_preds: bool = False,
    **options: Any,
) -> Any:
    """`case` that is built of choices by `choose(pred, true_fn=, false_fn=, **options)`.

    With `allow_python_preds` conditions may be Python bools.
    """
    predicates, actions = _checked(pred_fn_pairs, exclusive, name, allow_python_preds)
    with name_scope(name, "case", [predicates]):
        if default is None:
            default, predicates, actions = _last_as_default(predicates, actions)
        chosen = default
        for predicate, action in reversed(list(zip(predicates, actions, strict=True))):
            chosen = functools.partial(
                choose, predicate, true_fn=action, false_fn=chosen, **options
            )
        if not exclusive:
            return chosen()
        with control_dependencies([_at_most(1, predicates, "Input error: exclusive=True")]):
            return chosen()


def _checked(
    pairs: Any, exclusive: bool, name: str, allow_python_preds: bool
) -> tuple[Sequence[Any], Sequence[Action]]:
    """(conditions, functions)"""
    if not isinstance(pairs, (list, tuple, dict)):
        raise TypeError("fns must be a list, tuple, or dict")
    if isinstance(pairs, collections.OrderedDict):
        pairs = list(pairs.items())
    elif isinstance(pairs, dict) and executing_eagerly():
        if not exclusive:
            raise ValueError(
                "Unordered dictionaries are not supported for the `pred_fn_pairs` argument when "
                "`exclusive=False` and eager mode is enabled."
            )
        pairs = list(pairs.items())
    elif isinstance(pairs, dict):
        pairs = sorted(pairs.items(), key=lambda item: item[0].name)
        if not exclusive:
            logging.warning(
                "%s: An unordered dictionary of predicate/fn pairs was provided, but "
                "exclusive=False. The order of conditional tests is deterministic but not "
                "guaranteed.",
                name,
            )
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError("Each entry in pred_fn_pairs must be a 2-tuple")
        _check_condition(pair[0], allow_python_preds)
        if not callable(pair[1]):
            raise TypeError(f"fn for pred {pair[0].name} must be callable.")
    predicates, actions = zip(*pairs, strict=True)
    return predicates, actions


def _check_condition(predicate: Any, allow_python_preds: bool) -> None:
    if isinstance(predicate, Tensor):
        if predicate.dtype != dtypes.bool:
            raise TypeError(f"pred must be Tensor of type bool: {predicate.name}")
    elif not allow_python_preds:
        raise TypeError(f"pred must be a Tensor, got: {predicate}")
    elif not isinstance(predicate, bool):
        raise TypeError(f"pred must be a Tensor or bool, got: {predicate}")


def _last_as_default(
    predicates: Sequence[Any], actions: Sequence[Action]
) -> tuple[Action, Sequence[Any], Sequence[Action]]:
    """(the last function, with a check of its condition; the other conditions; the others)"""
    *others, last = predicates
    count = len(others)

    def default() -> Any:
        wrong = (
            f"Implementation error: selected default action #{count} was called, but some of other "
            "predicates are True: "
        )
        none = (
            "Input error: None of conditions evaluated as True:",
            stack(predicates, name="preds_c"),
        )
        with control_dependencies([_at_most(0, others, wrong), assert_that(last, data=none)]):
            return actions[-1]()

    return default, others, actions[:-1]


def _at_most(count: int, predicates: Sequence[Any], message: str) -> Operation:
    """An assertion that at most `count` of the conditions hold."""
    all_of_them = stack(predicates, name="preds_c")
    holding = reduce_sum(cast(all_of_them, dtypes.int32), name="num_true_conds")
    fits = less_equal(holding, constant(count, name="n_true_conds"))
    names = ", ".join(getattr(predicate, "name", "?") for predicate in predicates)
    said = f"{message}: more than {count} conditions ({names}) evaluated as True:"
    return assert_that(fits, data=[said, all_of_them], summarize=len(predicates))
