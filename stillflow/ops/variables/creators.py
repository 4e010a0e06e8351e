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
    """The metaclass of `tf.Variable`, whose objects are of one of its kinds, and from creators.

    Those of subclasses are their own.
    """

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if any(isinstance(base, MadeByCreators) for base in cls.__bases__):
            return super().__call__(*args, **kwargs)
        from stillflow.ops.variables.kinds import new_variable  # they are kinds of `cls`

        return made(new_variable, args, kwargs)


def made(new_variable: Callable, args: tuple, kwargs: dict[str, Any]) -> Any:
    """What the creators that are open make, the last of which asks `new_variable`."""
    creators = get_default_graph()._variable_creator_stack
    if not creators:
        return new_variable(*args, **kwargs)
    make: Callable = functools.partial(_made_last, new_variable)
    for _, creator in creators:
        make = functools.partial(creator, make)
    return make(**_by_name(new_variable, args, kwargs))


def _made_last(new_variable: Callable, trackable_parent: Any = None, **kwargs: Any) -> Any:
    """What creators tell each other of the object that a variable belongs to, ends here."""
    del trackable_parent
    return new_variable(**kwargs)


def _by_name(function: Callable, args: tuple, kwargs: dict[str, Any]) -> dict[str, Any]:
    """All arguments of a call of `function`, those with defaults too."""
    signature = inspect.signature(function)
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    given = dict(bound.arguments)
    given.pop("distribute_strategy", None)  # for strategies alone to say
    given.pop("of_strategies", None)
    if given["aggregation"] is None:
        given["aggregation"] = signature.parameters["aggregation"].default
    return given
