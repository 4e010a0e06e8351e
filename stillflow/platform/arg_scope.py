"""Arguments that functions take from a scope: `tf.contrib.framework.arg_scope`, as slim has it.

A function that is decorated with `add_arg_scope` takes the arguments of the innermost scope that
names it, wherever a call gives none of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from stillflow.platform.decorators import contextmanager, make_decorator

Scope = dict[str, dict[str, Any]]

_scopes: list[Scope] = [{}]
_decorated: dict[str, tuple[str, ...]] = {}


def add_arg_scope(func: Callable) -> Callable:
    """Decorates a function so that a scope can give it arguments."""
    key = _key_of(func)

    def func_with_args(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **{**current_arg_scope().get(key, {}), **kwargs})

    _decorated[key] = _names_with_defaults(func)
    vars(func_with_args)["_key_op"] = key
    return make_decorator(func, func_with_args, "add_arg_scope")


@contextmanager
def arg_scope(list_ops_or_scope: Any, **kwargs: Any) -> Iterator[Scope]:
    """A block in which decorated functions take `kwargs`; gives the scope, to be used again.

    Args:
      list_ops_or_scope: the functions, a list or a tuple; or a scope that another block gave.

    Raises:
      TypeError: it is neither.
      ValueError: a function is not decorated; or there are arguments beside a scope.
    """
    scope = _reused(list_ops_or_scope, kwargs) if isinstance(list_ops_or_scope, dict) else None
    _scopes.append(_within(list_ops_or_scope, kwargs) if scope is None else scope)
    try:
        yield _scopes[-1]
    finally:
        _scopes.pop()


def current_arg_scope() -> Scope:
    """The arguments that functions take here, by function."""
    return _scopes[-1]


def has_arg_scope(func: Any) -> bool:
    """Whether a function is decorated with `add_arg_scope`."""
    return _key_of(func) in _decorated


def arg_scoped_arguments(func: Any) -> tuple[str, ...]:
    """The names of what TensorFlow takes for the arguments that a scope can give a function."""
    assert has_arg_scope(func)
    return _decorated[_key_of(func)]


def _reused(scope: Scope, kwargs: dict[str, Any]) -> Scope:
    if kwargs:
        raise ValueError(
            "When attempting to re-use a scope by suppling adictionary, kwargs must be empty."
        )
    return dict(scope)


def _within(functions: Any, kwargs: dict[str, Any]) -> Scope:
    if not isinstance(functions, (list, tuple)):
        raise TypeError("list_ops_or_scope must either be a list/tuple or reused scope (i.e. dict)")
    scope = dict(current_arg_scope())
    for function in functions:
        if not has_arg_scope(function):
            name = (function.__module__, function.__name__)
            raise ValueError("%s is not decorated with @add_arg_scope", name)
        key = _key_of(function)
        scope[key] = {**scope.get(key, {}), **kwargs}
    return scope


def _key_of(func: Any) -> str:
    return getattr(func, "_key_op", str(func))


def _names_with_defaults(func: Any) -> tuple[str, ...]:
    code, count = func.__code__, len(func.__defaults__ or ())
    return code.co_varnames[-count : code.co_argcount]  # of all names, as TensorFlow cuts them
