"""Decorators for what a program has deprecated: TensorFlow's `python.util.deprecation`.

A call warns in TensorFlow's words, once for each function unless `warn_once` is False, and the
docstring says so too.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Hashable, Iterator
from types import FrameType
from typing import Any

from stillflow.graph.source import title_of
from stillflow.platform import logging
from stillflow.platform.decorators import (
    contextmanager,
    getcallargs,
    getfullargspec,
    make_decorator,
)
from stillflow.platform.deprecated_names import (
    DeprecatedNamesAlreadySet as DeprecatedNamesAlreadySet,
)
from stillflow.platform.deprecated_names import (
    HiddenTfApiAttribute as HiddenTfApiAttribute,
)
from stillflow.platform.deprecated_names import (
    deprecated_endpoints as deprecated_endpoints,
)
from stillflow.platform.deprecated_names import (
    hide_attribute_from_api as hide_attribute_from_api,
)
from stillflow.platform.deprecated_names import (
    rewrite_argument_docstring as rewrite_argument_docstring,
)

_PRINT_DEPRECATION_WARNINGS = True  # which programs set

_ABSENT = object()
_warned: set[Hashable] = set()
_UPDATING = "Instructions for updating:"
_DATE = re.compile(r"20\d\d-[01]\d-[0123]\d")


def deprecated(date: str | None, instructions: str, warn_once: bool = True) -> Callable:
    """Decorator of a function that will be gone after `date`, or some day.

    Raises:
      ValueError: `date` is not of the form YYYY-MM-DD, or there are no instructions.
    """
    _validate(date, instructions)

    def decorate(func: Callable) -> Callable:
        _check_callable(func, "deprecated")

        def warning(*args: Any, **kwargs: Any) -> Any:
            _warn(func if warn_once else None, func, None, date, instructions)
            return func(*args, **kwargs)

        notice = f"THIS FUNCTION IS DEPRECATED. It will be removed {_when(date)}."
        doc = _with_notice(func, "DEPRECATED FUNCTION", "(deprecated)", notice, instructions)
        return make_decorator(func, warning, "deprecated", doc)

    return decorate


def deprecated_args(
    date: str | None, instructions: str, *deprecated_arg_names_or_tuples: Any, **kwargs: Any
) -> Callable:
    """Decorator of a function some of whose parameters will be gone.

    Args:
      deprecated_arg_names_or_tuples: their names, or (name, a value that may be given still).
      warn_once: as a keyword; True by default.

    Raises:
      ValueError: as `deprecated`; or none is named, or the function has no such parameter.
    """
    _validate(date, instructions)
    if not deprecated_arg_names_or_tuples:
        raise ValueError("Specify which argument is deprecated.")
    warn_once = kwargs.pop("warn_once", True)
    if kwargs:
        raise ValueError(f"Illegal argument to deprecated_args: {list(kwargs)}")
    allowed: dict[str, list] = {}
    for entry in deprecated_arg_names_or_tuples:
        name, *values = entry if isinstance(entry, tuple) else (entry,)
        allowed[name] = values

    def decorate(func: Callable) -> Callable:
        _check_callable(func, "deprecated_args")
        _check_names(func, allowed)

        def warning(*args: Any, **kwargs: Any) -> Any:
            for name in _given(func, args, kwargs):
                value = getcallargs(func, *args, **kwargs).get(name, _ABSENT)
                if name in allowed and not _is_among(value, allowed[name]):
                    key = (func, name) if warn_once else None
                    _warn(key, func, name, date, instructions)
            return func(*args, **kwargs)

        names = ", ".join(sorted(allowed))
        notice = f"SOME ARGUMENTS ARE DEPRECATED: `({names})`. They will be removed {_when(date)}."
        doc = _with_notice(
            func, "DEPRECATED FUNCTION ARGUMENTS", "(deprecated arguments)", notice, instructions
        )
        return make_decorator(func, warning, "deprecated", doc)

    return decorate


def deprecated_arg_values(
    date: str | None, instructions: str, warn_once: bool = True, **deprecated_kwargs: Any
) -> Callable:
    """Decorator of a function that will not take certain values, `name=value`, any more.

    Raises:
      ValueError: as `deprecated`; or there is no such value.
    """
    _validate(date, instructions)
    if not deprecated_kwargs:
        raise ValueError("Specify which argument values are deprecated.")

    def decorate(func: Callable) -> Callable:
        _check_callable(func, "deprecated_arg_values")

        def warning(*args: Any, **kwargs: Any) -> Any:
            given = getcallargs(func, *args, **kwargs)
            for name, value in deprecated_kwargs.items():
                if name in given and _is_among(given[name], [value]):
                    key = (func, name) if warn_once else None
                    _warn(key, func, f"{name}={value}", date, instructions)
            return func(*args, **kwargs)

        shown = ", ".join(f"{name}={value}" for name, value in sorted(deprecated_kwargs.items()))
        notice = (
            f"SOME ARGUMENT VALUES ARE DEPRECATED: `({shown})`. They will be removed {_when(date)}."
        )
        doc = _with_notice(
            func,
            "DEPRECATED FUNCTION ARGUMENT VALUES",
            "(deprecated argument values)",
            notice,
            instructions,
        )
        return make_decorator(func, warning, "deprecated", doc)

    return decorate


def deprecated_alias(
    deprecated_name: str, name: str, func_or_class: Any, warn_once: bool = True
) -> Any:
    """A function or class that does what `func_or_class` does, and warns of its old name.

    Args:
      deprecated_name, name: the old and the new name, in full.
      warn_once: whether it warns at the first use only.
    """
    instead = f"Please use {name} instead."
    key = object() if warn_once else None

    def warn() -> None:
        if _PRINT_DEPRECATION_WARNINGS and key not in _warned:
            _warned.update([] if key is None else [key])
            text = "From %s: The name %s is deprecated. Please use %s instead.\n"
            logging.warning(text, _place(sys._getframe(2)), deprecated_name, name)

    if inspect.isclass(func_or_class):
        notice = "THIS CLASS IS DEPRECATED. It will be removed in a future version. "

        def create(self: Any, *args: Any, **kwargs: Any) -> None:
            warn()
            func_or_class.__init__(self, *args, **kwargs)

        doc = _with_notice(func_or_class, "DEPRECATED CLASS", "(deprecated)", notice, instead)
        members = {"__doc__": doc, "__init__": make_decorator(func_or_class.__init__, create)}
        make: Any = type(func_or_class)
        return make(func_or_class.__name__, (func_or_class,), members)
    _check_callable(func_or_class, "deprecated")

    def warning(*args: Any, **kwargs: Any) -> Any:
        warn()
        return func_or_class(*args, **kwargs)

    notice = "THIS FUNCTION IS DEPRECATED. It will be removed in a future version."
    doc = _with_notice(func_or_class, "DEPRECATED FUNCTION", "(deprecated)", notice, instead)
    return make_decorator(func_or_class, warning, "deprecated", doc)


def deprecated_argument_lookup(new_name: str, new_value: Any, old_name: str, old_value: Any) -> Any:
    """The value of a parameter that has two names; ValueError when both are given."""
    if old_value is None:
        return new_value
    if new_value is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'")
    return old_value


@contextmanager
def silence() -> Iterator[None]:
    """A block in which nothing is warned of."""
    global _PRINT_DEPRECATION_WARNINGS
    before, _PRINT_DEPRECATION_WARNINGS = _PRINT_DEPRECATION_WARNINGS, False
    try:
        yield
    finally:
        _PRINT_DEPRECATION_WARNINGS = before


def _validate(date: str | None, instructions: str) -> None:
    if date is not None and not _DATE.match(date):
        raise ValueError("Date must be YYYY-MM-DD.")
    if not instructions:
        raise ValueError("Don't deprecate things without conversion instructions!")


def _check_callable(func: Any, decorator: str) -> None:
    if not callable(func):
        raise ValueError(
            f"{func} is not a function. If this is a property, make sure @property appears before "
            f"@{decorator} in your source code:\n\n@property\n@{decorator}\ndef method(...)"
        )


def _check_names(func: Callable, names: Any) -> None:
    spec = getfullargspec(func)
    known = [*spec.args, spec.varargs, spec.varkw]
    absent = [name for name in names if name not in known]
    if absent:
        raise ValueError(
            "The following deprecated arguments are not present in the function signature: "
            f"{absent}. Found next arguments: {known}."
        )


def _given(func: Callable, args: tuple, kwargs: dict[str, Any]) -> list[str]:
    """The parameters that a call gives a value for, those with a `*` among them."""
    spec = getfullargspec(func)
    given = [*spec.args[: len(args)], *(name for name in kwargs if name in spec.args)]
    if spec.varargs and len(args) > len(spec.args):
        given.append(spec.varargs)
    if spec.varkw and kwargs.keys() - spec.args:
        given.append(spec.varkw)
    return given


def _is_among(value: Any, others: list) -> bool:
    return any(value is other or _equals(value, other) for other in others)


def _equals(value: Any, other: Any) -> bool:
    """Whether they are equal, which of arrays and tensors is no question."""
    try:
        return bool(value == other)
    except (TypeError, ValueError):
        return False


def _warn(
    key: Hashable, func: Callable, what: str | None, date: str | None, instructions: str
) -> None:
    """Warns that the function, or `what` as its argument, is deprecated; of a `key` once."""
    if not _PRINT_DEPRECATION_WARNINGS or (key is not None and key in _warned):
        return
    _warned.add(key)
    place = _place(sys._getframe(2))
    end = f"is deprecated and will be removed %s.\n{_UPDATING}\n%s"
    name, module, when = func.__qualname__, func.__module__, _when(date)
    if what is None:
        text = f"From %s: %s (from %s) {end}"
        logging.warning(text, place, name, module, when, instructions)
    else:
        text = f"From %s: calling %s (from %s) with %s {end}"
        logging.warning(text, place, name, module, what, when, instructions)


def _place(frame: FrameType) -> str:
    file = frame.f_code.co_filename
    return f"{title_of(file) or file}:{frame.f_lineno}"


def _when(date: str | None) -> str:
    return "in a future version" if date is None else f"after {date}"


def _with_notice(func: Callable, no_doc: str, suffix: str, notice: str, instructions: str) -> str:
    """The function's docstring with a notice after its first line."""
    notices = ["", f"Warning: {notice}", _UPDATING, instructions]
    doc = inspect.getdoc(func)
    if not doc:
        return "\n".join([no_doc, *notices])
    first, *rest = doc.splitlines()
    between = [""] if rest and rest[0].strip() else []
    return "\n".join([f"{first} {suffix}", *notices, *between, *rest])
