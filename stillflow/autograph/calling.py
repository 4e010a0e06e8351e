"""Calls in converted code, and functions that convert when they are called."""

from __future__ import annotations

import contextlib
import functools
import inspect
import os
import sys
import textwrap
import weakref
from collections.abc import Callable
from typing import Any

from stillflow.autograph import verbosity
from stillflow.autograph.allowing import is_left_alone, is_of_stillflow
from stillflow.autograph.converting import convert as convert_function
from stillflow.autograph.operators import builtins
from stillflow.autograph.options import ConversionOptions
from stillflow.graph.conversion import ControlStatusCtx, Status
from stillflow.platform import logging
from stillflow.platform.decorators import make_decorator, unwrap

_MARK = "__ag_compiled"


class AutoGraphError(Exception):
    """What goes wrong with a conversion."""


class ConversionError(AutoGraphError):
    """A function cannot be converted."""


def _is_strict() -> bool:
    return int(os.environ.get("AUTOGRAPH_STRICT_CONVERSION", "0")) > 0


def converted(f: Callable) -> Callable:
    """Marks a function that needs no conversion, or has had one."""
    setattr(f, _MARK, True)
    return f


def converted_call(
    f: Any,
    options: ConversionOptions,
    args: tuple,
    kwargs: dict[str, Any] | None,
    caller_fn_scope: Any = None,
) -> Any:
    """`f(*args, **kwargs)`, where `f` is converted if it is a function of the program.

    What cannot be converted is called as it is, after a warning that says why.
    """
    words = kwargs or {}
    if f is eval:
        return _eval(f, args)
    if inspect.isbuiltin(f) or builtins.is_overloaded(f):
        return builtins.overload_of(f)(*args, **words)
    if _stays(f, options):
        return f(*args, **words)
    target, positional, named = _unwrapped(f, args, words)
    if target is not f and hasattr(target, _MARK):
        return target(*positional, **named)
    function = _function_of(target)
    if function is None:
        return f(*args, **words)
    if not inspect.isfunction(target):
        owner = getattr(target, "__self__", target)
        positional = (owner, *positional)
    try:
        made = convert_function(function, options)
    except Exception as error:
        if _is_strict():
            raise
        _leave(f)
        logging.warning(
            f"Entity {target} could not be transformed and will be executed as-is. Cause: {error}"
        )
        return f(*args, **words)
    verbosity.log(1, "Converted call: %s", f)
    return made(*positional, **named)


def _eval(f: Any, args: tuple) -> Any:
    """`eval` in the frame of the converted code that calls it."""
    frame = sys._getframe(2)
    surroundings = (frame.f_globals, frame.f_locals)
    return f(args[0], *args[1:], *surroundings[len(args) - 1 :])


_stays_as_is: weakref.WeakKeyDictionary[Any, bool] = weakref.WeakKeyDictionary()


def _leave(f: Any) -> None:
    """Remembers that a function is not converted."""
    with contextlib.suppress(TypeError):  # cannot be referred to weakly, or hashed
        _stays_as_is[f] = True


def _is_left(f: Any) -> bool:
    try:
        return f in _stays_as_is
    except TypeError:
        return False


def _stays(f: Any, options: ConversionOptions) -> bool:
    """Whether something is called as it is."""
    if hasattr(f, "autograph_info__") or hasattr(f, _MARK) or _is_left(f):
        return True
    if inspect.isclass(f) or isinstance(f, functools._lru_cache_wrapper):
        return True
    if type(f).__module__ == "wrapt" or type(f).__module__.startswith("wrapt."):
        logging.warning(
            f"Entity {f} appears to be decorated by wrapt, which is not yet supported by "
            "AutoGraph. The function will be called without transformation. You may however "
            "apply AutoGraph before the decorator."
        )
        return True
    if is_of_stillflow(f) or (not options.user_requested and is_left_alone(f)):
        return True
    return not options.internal_convert_user_code


def _unwrapped(f: Any, args: tuple, words: dict[str, Any]) -> tuple[Any, tuple, dict[str, Any]]:
    """What a `functools.partial` calls, and with what."""
    while isinstance(f, functools.partial):
        args = f.args + args
        words = {**f.keywords, **words}
        f = f.func
    return f, args, words


def _function_of(target: Any) -> Any:
    """The plain function of a function, method or object with `__call__`; None without source."""
    if inspect.isfunction(target) or inspect.ismethod(target):
        function: Any = target
    else:
        function = inspect.getattr_static(type(target), "__call__", None)
    function = getattr(function, "__func__", function)
    code = getattr(function, "__code__", None)
    return None if code is None or code.co_filename == "<string>" else function


# For programs ------------------------------------------------------------------------------------


def convert(
    recursive: bool = False, optional_features: Any = None, user_requested: bool = True
) -> Callable[[Callable], Callable]:
    """A decorator: the function is converted when it is called.

    Args:
      recursive: whether the functions that it calls are, too.
      optional_features: a Feature or several.
      user_requested: whether it is converted although it is, say, a library's.
    """

    def decorator(f: Callable) -> Callable:
        options = ConversionOptions(
            recursive=recursive,
            user_requested=user_requested,
            optional_features=optional_features,
        )

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            return converted_call(f, options, args, kwargs)

        if inspect.isfunction(f) or inspect.ismethod(f):
            wrapper = functools.update_wrapper(wrapper, f)
        return converted(make_decorator(f, wrapper))

    return decorator


def tf_convert(
    f: Callable,
    ctx: ControlStatusCtx,
    convert_by_default: bool = True,
    user_requested: bool = False,
) -> Callable:
    """`f`, converted or not as the block `ctx` says; what TensorFlow's own functions call it by.

    Args:
      convert_by_default: whether it is where the block says nothing.
      user_requested: as for `convert`.
    """
    if hasattr(f, _MARK):
        return f
    outside = f
    decorators, f = unwrap(f)
    by_default = ctx.status is Status.UNSPECIFIED and convert_by_default
    if ctx.status is Status.ENABLED or by_default:
        wrapper = convert(recursive=True, user_requested=user_requested)(f)
    elif ctx.status is Status.DISABLED:
        wrapper = do_not_convert(f)
    else:
        wrapper = call_with_unspecified_conversion_status(f)
    if decorators:
        wrapper = _rewrapped(outside, wrapper)
    return converted(wrapper)


def _rewrapped(outside: Callable, wrapper: Callable) -> Callable:
    """The decorated function, whose innermost decorator calls `wrapper`."""
    decorators, _ = unwrap(outside)
    innermost = decorators[-1]
    innermost.decorated_target = wrapper
    holder = outside if len(decorators) == 1 else decorators[-2].decorated_target
    if hasattr(holder, "__wrapped__"):
        holder.__wrapped__ = wrapper
    return outside


def call_with_unspecified_conversion_status(func: Callable) -> Callable:
    """`func`, in which nobody says whether functions are converted."""
    return _in_status(func, Status.UNSPECIFIED)


def do_not_convert(func: Callable | None = None) -> Callable:
    """`func`, which is not converted, nor what it calls; without one, a decorator for that."""
    return do_not_convert if func is None else _in_status(func, Status.DISABLED)


def _in_status(func: Callable, status: Status) -> Callable:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with ControlStatusCtx(status):
            return func(*args, **kwargs)

    if inspect.isfunction(func) or inspect.ismethod(func):
        wrapper = functools.update_wrapper(wrapper, func)
    return converted(wrapper)


def to_graph(
    entity: Any,
    recursive: bool = True,
    arg_values: Any = None,
    arg_types: Any = None,
    experimental_optional_features: Any = None,
) -> Any:
    """A function like `entity`, a function or method, that builds control flow of graphs.

    Args:
      recursive: whether the functions that it calls are converted too, when it calls them.
      arg_values, arg_types: not used.
      experimental_optional_features: a `Feature` or several.

    Raises:
      ConversionError: the source cannot be had.
      NotImplementedError: it is an object, a class, or uses what has no conversion.
    """
    del arg_values, arg_types
    entity = unwrap(entity)[1]
    options = ConversionOptions(
        recursive=recursive,
        user_requested=True,
        optional_features=experimental_optional_features,
    )
    if inspect.isclass(entity):
        return _converted_class(entity, options)
    if not inspect.isfunction(entity) and not inspect.ismethod(entity):
        raise NotImplementedError(
            f'cannot convert entity "{entity}": object conversion is not yet supported.'
        )
    entity = inspect.unwrap(entity) if hasattr(entity, _MARK) else entity
    try:
        return convert_function(entity, options)
    except (ValueError, AttributeError, KeyError, NameError, AssertionError) as error:
        raise ConversionError(f"converting {entity}: {type(error).__name__}: {error}") from error


def _converted_class(entity: type, options: ConversionOptions) -> type:
    """A class like this one, whose own methods are converted."""
    own = {
        name: convert_function(member, options)
        for name, member in vars(entity).items()
        if inspect.isfunction(member)
    }
    if not own:
        raise ConversionError(f"converting {entity}: ValueError: it has no member methods")
    return type(f"Tf{entity.__name__}", (entity,), own)


def to_code(
    entity: Any,
    recursive: bool = True,
    arg_values: Any = None,
    arg_types: Any = None,
    indentation: str = "  ",
    experimental_optional_features: Any = None,
) -> str:
    """The code that `to_graph` of the same arguments makes."""
    del indentation
    made = to_graph(entity, recursive, arg_values, arg_types, experimental_optional_features)
    if inspect.isclass(made):
        return "\n\n".join(
            member.ag_source for member in vars(made).values() if hasattr(member, "ag_source")
        )
    return textwrap.dedent(made.ag_source)
