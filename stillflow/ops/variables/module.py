"""`tf.Module`: an object whose attributes hold variables and other modules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any

from stillflow.graph import nest
from stillflow.graph.scopes import name_scope
from stillflow.ops.variables.variable import Variable
from stillflow.tracking.auto import AutoTrackable

_WORD = re.compile(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")


class Module(AutoTrackable):
    """A group of variables, modules, and methods that use them.

    Args:
      name: an identifier; that of the class in snake case when None.

    Raises:
      ValueError: `name` is no identifier.
    """

    # Attributes in which neither variables nor modules are looked for.
    _TF_MODULE_IGNORED_PROPERTIES = frozenset(("_tracked_state",))

    def __init__(self, name: str | None = None):
        if name is None:
            name = _WORD.sub(r"_\1", type(self).__name__).lower()
        elif not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name):
            raise ValueError(
                f"{name!r} is not a valid module name. Module names must be valid Python "
                "identifiers (e.g. a valid class name)."
            )
        self._name = name
        with name_scope(name) as scope_name:
            self._scope_name = scope_name

    @property
    def name(self) -> str:
        """The name that was given, which others may have too."""
        return self._name

    @property
    def name_scope(self) -> AbstractContextManager[str]:
        """The name scope of the module's operations, which was made with it; opened again."""
        return name_scope(self._scope_name)

    @property
    def variables(self) -> tuple[Any, ...]:
        """The variables of this module, then of the modules below, by the attributes' names."""
        return tuple(self._flatten(predicate=is_variable))

    @property
    def trainable_variables(self) -> tuple[Any, ...]:
        return tuple(variable for variable in self.variables if variable.trainable)

    @property
    def submodules(self) -> tuple[Module, ...]:
        """All modules below this one."""
        return tuple(self._flatten(predicate=is_module))

    def _flatten(
        self,
        recursive: bool = True,
        predicate: Callable[[Any], bool] | None = None,
        attribute_traversal_key: Callable[[str], Any] | None = None,
        with_path: bool = False,
    ) -> Iterator[Any]:
        """Goes through what attributes hold, those of modules below last.

        Args:
          recursive: whether to go through modules below.
          predicate: which items to give; all by default.
          attribute_traversal_key: the order of attributes; their names by default.
          with_path: gives (path, item), and an item again where another path leads to it.
        """
        seen = None if with_path else {id(self)}
        found = _items(self, (), seen, attribute_traversal_key, recursive)
        for path, item in found:
            if predicate is None or predicate(item):
                yield (path, item) if with_path else item

    @classmethod
    def with_name_scope(cls, method: Callable[..., Any]) -> Callable[..., Any]:
        """A decorator of methods, which then run in the module's name scope."""

        @wraps(method)
        def scoped(self: Any, *args: Any, **kwargs: Any) -> Any:
            with self.name_scope:
                return method(self, *args, **kwargs)

        return scoped


def is_variable(item: Any) -> bool:
    return isinstance(item, Variable)


def is_module(item: Any) -> bool:
    return isinstance(item, Module)


def _items(
    module: Module,
    above: tuple,
    seen: set[int] | None,
    order: Callable[[str], Any] | None,
    recursive: bool,
) -> Iterator[tuple[tuple, Any]]:
    below = []
    for name in sorted(vars(module), key=order):
        if name in module._TF_MODULE_IGNORED_PROPERTIES:
            continue
        for path, item in nest.flatten_with_tuple_paths(vars(module)[name]):
            if seen is not None:
                if id(item) in seen:
                    continue
                seen.add(id(item))
            yield (*above, name, *path), item
            if recursive and isinstance(item, Module):
                below.append(((*above, name, *path), item))
    for path, submodule in below:
        yield from _items(submodule, path, seen, order, recursive)
