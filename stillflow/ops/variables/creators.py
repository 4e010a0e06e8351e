"""`tf.variable_creator_scope`: functions that a program puts before the making of variables."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from stillflow.graph.graph import get_default_graph


def variable_creator_scope(variable_creator: Callable) -> AbstractContextManager[None]:
    """A `with` block in which `variable_creator(next_creator, **kwargs)` makes variables.

    `tf.Variable` calls it with all its arguments by name, and so does `tf.get_variable` where it
    makes one; `next_creator(**kwargs)` is what would have been called otherwise. The creator of the
    innermost block comes first. What it returns is taken for the variable.
    """
    return get_default_graph()._variable_creator_scope(variable_creator)


class MadeByCreators(type):
    """The metaclass of `tf.Variable`: its objects, not those of subclasses, come from creators."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        is_subclass = any(isinstance(base, MadeByCreators) for base in cls.__bases__)
        creators = () if is_subclass else get_default_graph()._variable_creator_stack
        make: Callable = super().__call__
        if not creators:
            return make(*args, **kwargs)
        for _, creator in creators:
            make = functools.partial(creator, make)
        return make(**_by_name(cls, args, kwargs))


def _by_name(cls: type, args: tuple, kwargs: dict[str, Any]) -> dict[str, Any]:
    """All arguments of a call of `cls`, those with defaults too."""
    signature = inspect.signature(vars(cls)["__init__"])
    bound = signature.bind(None, *args, **kwargs)
    bound.apply_defaults()
    _, *named = bound.arguments.items()
    given = dict(named)
    if given["aggregation"] is None:
        given["aggregation"] = signature.parameters["aggregation"].default
    return given
