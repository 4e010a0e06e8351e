"""What programs say of names that are to be dropped, without a warning when they are used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class DeprecatedNamesAlreadySet(Exception):
    """A symbol is told twice which of its names are deprecated."""


def deprecated_endpoints(*args: str) -> Callable[[Any], Any]:
    """Decorator that notes the deprecated names of a symbol on it, as `_tf_deprecated_api_names`.

    Raises:
      DeprecatedNamesAlreadySet: it has some already.
    """

    def decorate(symbol: Any) -> Any:
        if "_tf_deprecated_api_names" in vars(symbol):
            raise DeprecatedNamesAlreadySet(
                f"Cannot set deprecated names for {symbol.__name__} to {args}. Deprecated names "
                f"are already set to {symbol._tf_deprecated_api_names}."
            )
        symbol._tf_deprecated_api_names = args
        return symbol

    return decorate


def rewrite_argument_docstring(old_doc: str, old_argument: str, new_argument: str) -> str:
    """The docstring with a parameter by its new name, in backquotes and before a colon."""
    for before, after in (("`", "`"), ("", ":")):
        old = f"{before}{old_argument}{after}"
        old_doc = old_doc.replace(old, f"{before}{new_argument}{after}")
    return old_doc


class HiddenTfApiAttribute(property):
    """An attribute that a class inherits and will not have: to read it is an AttributeError."""

    def __init__(self, deprecation_message: str):
        def refuse(instance: Any) -> Any:
            raise AttributeError(deprecation_message)

        super().__init__(refuse)


hide_attribute_from_api = HiddenTfApiAttribute
