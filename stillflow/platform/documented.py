"""Modules that say in their documentation, line by line as `@@name`, what they offer."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from types import ModuleType

_OFFERED = re.compile(r"^@@(\w+)$", re.MULTILINE)


def make_all(module_name: str, doc_string_modules: Iterable[ModuleType] | None = None) -> list[str]:
    """The names that the module has and the documentation offers."""
    module = sys.modules[module_name]
    documented = [module] if doc_string_modules is None else doc_string_modules
    offered = {name for each in documented for name in _OFFERED.findall(each.__doc__ or "")}
    return sorted(offered & set(dir(module)))


def remove_undocumented(
    module_name: str,
    allowed_exception_list: Iterable[str] | None = None,
    doc_string_modules: Iterable[ModuleType] | None = None,
) -> None:
    """Takes from the module what is neither offered nor allowed; names with `_` in front stay."""
    module = sys.modules[module_name]
    kept = {*make_all(module_name, doc_string_modules), *(allowed_exception_list or ())}
    for name in set(dir(module)) - kept:
        if not name.startswith("_"):
            delattr(module, name)
