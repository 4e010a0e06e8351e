"""Functions as version 2 spells them: the parameters in another order, by other names, or fewer."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any


def respelled(
    function: Callable[..., Any], parameters: str, fixed: Any = (), **defaults: Any
) -> Any:
    """A function that passes its arguments on to `function` by name, and the `fixed` ones.

    `parameters` says its own, in order: "axis", "filters=filter" where `function` has another name
    for it, "axis!" where it has a default there and must be given here. Defaults are those of
    `function` but for `defaults`; None stands for the default.
    """
    there = inspect.signature(function).parameters
    renamed = {}
    mine = []
    for entry in parameters.split():
        name, _, old = entry.rstrip("!").partition("=")
        renamed[name] = old or name
        default = there[renamed[name]].default
        if entry.endswith("!"):
            default = inspect.Parameter.empty
        default = defaults.get(name, default)
        mine.append(
            inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default)
        )
    signature = inspect.Signature(mine)

    def passed(bound: inspect.BoundArguments) -> Iterator[tuple[str, Any]]:
        bound.apply_defaults()
        for name, value in bound.arguments.items():
            if value is not None or there[renamed[name]].default in (None, inspect.Parameter.empty):
                yield renamed[name], value

    @functools.wraps(function)
    def version2(*args: Any, **kwargs: Any) -> Any:
        return function(**dict(passed(signature.bind(*args, **kwargs))), **dict(fixed))

    version2.__signature__ = signature  # type: ignore[attr-defined]
    return version2
