"""Decorators that remember what they decorate, and the parameters of a function behind them.

TensorFlow's `python.util.tf_decorator`, `tf_inspect`, `tf_contextlib` and `function_utils`, which
programs use for functions of their own.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
from collections.abc import Callable
from inspect import FullArgSpec
from typing import Any, NamedTuple


class ArgSpec(NamedTuple):
    """The parameters of a function that have no place behind a `*`."""

    args: list[str]
    varargs: str | None
    keywords: str | None
    defaults: tuple | None


class TFDecorator:
    """What a decorated function knows of its decorator, as `_tf_decorator`."""

    def __init__(
        self,
        decorator_name: str,
        target: Any,
        decorator_doc: str = "",
        decorator_argspec: Any = None,
    ):
        self.decorator_name = decorator_name
        self.decorated_target = target
        self.decorator_doc = decorator_doc
        self.decorator_argspec = decorator_argspec
        self.__doc__ = decorator_doc or getattr(target, "__doc__", None) or ""
        self.__name__ = getattr(target, "__name__", "")

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self.decorated_target.__get__(instance, owner)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.decorated_target(*args, **kwargs)


def make_decorator(
    target: Any,
    decorator_func: Callable,
    decorator_name: str | None = None,
    decorator_doc: str = "",
    decorator_argspec: Any = None,
) -> Callable:
    """Makes `decorator_func` known as a decoration of `target`; returns it."""
    if decorator_name is None:
        decorator_name = sys._getframe(1).f_code.co_name  # a frame that is kept would keep all
    decorator = TFDecorator(decorator_name, target, decorator_doc, decorator_argspec)
    for name in ("__name__", "__qualname__", "__module__"):
        if hasattr(target, name):
            setattr(decorator_func, name, getattr(target, name))
    for name, value in getattr(target, "__dict__", {}).items():
        vars(decorator_func).setdefault(name, value)
    decorator_func.__doc__ = decorator.__doc__
    told: Any = decorator_func
    told._tf_decorator = decorator
    told.__wrapped__ = target
    return decorator_func


def unwrap(maybe_tf_decorator: Any) -> tuple[list[TFDecorator], Any]:
    """The decorators around a function, from outside in, and the function."""
    decorators: list[TFDecorator] = []
    current = maybe_tf_decorator
    while True:
        decorator = getattr(current, "_tf_decorator", None)
        if isinstance(current, TFDecorator):
            decorator = current
        if decorator is None or decorator in decorators:
            return decorators, current
        decorators.append(decorator)
        current = decorator.decorated_target


def contextmanager(target: Callable) -> Callable:
    """`contextlib.contextmanager`, whose parameters can be asked for."""
    return make_decorator(target, contextlib.contextmanager(target), "contextmanager")


def _behind(ask: Callable) -> Callable:
    """A function of `inspect` that looks behind decorators first."""

    @functools.wraps(ask)
    def asked(object: Any) -> Any:
        return ask(unwrap(object)[1])

    return asked


getfile = _behind(inspect.getfile)
getsource = _behind(inspect.getsource)
getsourcefile = _behind(inspect.getsourcefile)
getsourcelines = _behind(inspect.getsourcelines)
isbuiltin = _behind(inspect.isbuiltin)
isclass = _behind(inspect.isclass)
isframe = _behind(inspect.isframe)
isfunction = _behind(inspect.isfunction)
isgenerator = _behind(inspect.isgenerator)
isgeneratorfunction = _behind(inspect.isgeneratorfunction)
ismethod = _behind(inspect.ismethod)
ismodule = _behind(inspect.ismodule)
isroutine = _behind(inspect.isroutine)


def getfullargspec(obj: Any) -> FullArgSpec:
    """The parameters of what is behind the decorators, unless one says others.

    Of Stillflow's functions they are TensorFlow's, as programs compare their own with them: without
    annotations, and of the function that one of Stillflow's wraps.
    """
    decorators, target = unwrap(obj)
    while _hands_on_what_it_is_given(target):
        target = target.__wrapped__
    said = (d.decorator_argspec for d in decorators if d.decorator_argspec is not None)
    spec = next(said, None) or inspect.getfullargspec(target)
    is_ours = (getattr(target, "__module__", None) or "").startswith("stillflow.")
    return spec._replace(annotations={}) if is_ours else spec


def _hands_on_what_it_is_given(function: Any) -> bool:
    """Whether it is one of Stillflow's that wraps another and has no parameters of its own."""
    # Not its `__module__`, which is that of what it wraps.
    where = getattr(function, "__globals__", {}).get("__name__", "")
    wrapped = getattr(function, "__wrapped__", function)  # itself, if only its parameters are told
    if wrapped is function or not where.startswith("stillflow."):
        return False
    spec = inspect.getfullargspec(function)
    return not spec.args and spec.varargs is not None and spec.varkw is not None


def getargspec(obj: Any) -> ArgSpec:
    """`getfullargspec` without what stands behind a `*`; of a partial, what is left to give.

    Raises:
      ValueError: of a partial, a parameter without a default stands behind one with.
    """
    if isinstance(obj, functools.partial):
        return _argspec_of_partial(obj)
    return ArgSpec(*getfullargspec(obj)[:4])


def _argspec_of_partial(obj: functools.partial) -> ArgSpec:
    args, varargs, keywords, defaults = getargspec(obj.func)
    given = dict(zip(reversed(args), reversed(defaults or ()), strict=False))
    given.update({name: value for name, value in obj.keywords.items() if name in args})
    left = args[len(obj.args) :]
    first = next((i for i, name in enumerate(left) if name in given), len(left))
    without = [name for name in left[first:] if name not in given]
    if without:
        raise ValueError(
            f"Some arguments {without} do not have default value, but they are positioned "
            "after those with default values. This can not be expressed with ArgSpec."
        )
    behind = tuple(given[name] for name in left[first:])
    return ArgSpec(left, varargs, keywords, behind or None)


def getcallargs(func: Any, /, *positional: Any, **named: Any) -> dict[str, Any]:
    """{parameter: value} of a call, defaults included."""
    spec = getargspec(func)
    if inspect.ismethod(func):
        positional = (func.__self__, *positional)
    values = dict(zip(reversed(spec.args), reversed(spec.defaults or ()), strict=False))
    free = [name for name in spec.args if name not in named]
    return {**values, **dict(zip(free, positional, strict=False)), **named}


def fn_args(fn: Any) -> tuple[str, ...]:
    """The names of the parameters that a call can give in order, without `self` of a method."""
    if isinstance(fn, functools.partial):
        left = fn_args(fn.func)[len(fn.args) :]
        return tuple(name for name in left if name not in fn.keywords)
    if inspect.ismethod(getattr(fn, "__call__", None)):  # noqa: B004  an object with the method
        fn = fn.__call__
    args = getfullargspec(fn).args
    is_bound = inspect.ismethod(unwrap(fn)[1]) and fn.__self__ is not None
    return tuple(args[1:] if is_bound else args)


def has_kwargs(fn: Any) -> bool:
    """Whether a function takes any keyword."""
    if isinstance(fn, functools.partial):
        fn = fn.func
    elif _is_callable_object(fn):
        fn = fn.__call__
    elif not callable(fn):
        raise TypeError(f"fn should be a function-like object, but is of type {type(fn)}.")
    return getfullargspec(fn).varkw is not None


def get_func_name(func: Any) -> str:
    """The name of a function, or of a method with its class; the type of another object."""
    _, func = unwrap(func)
    if not callable(func):
        raise ValueError("Argument must be callable")
    if inspect.ismethod(func):
        return f"{type(func.__self__).__name__}.{func.__name__}"
    return func.__name__ if inspect.isfunction(func) else str(type(func))


def get_func_code(func: Any) -> Any:
    """The code of a function, or of the `__call__` of an object that can be called."""
    _, func = unwrap(func)
    if not callable(func):
        raise ValueError("Argument must be callable")
    if inspect.isfunction(func) or inspect.ismethod(func):
        return func.__code__
    return getattr(getattr(func, "__call__", None), "__code__", None)  # noqa: B004


def _is_callable_object(obj: Any) -> bool:
    return hasattr(obj, "__call__") and inspect.ismethod(obj.__call__)  # noqa: B004


def tf_export(*names: str, **kwargs: Any) -> Callable[[Any], Any]:
    """A decorator that changes nothing: by it TensorFlow marks what it makes public."""
    return lambda symbol: symbol


def has_arg(fn: Any, name: str, accept_all: bool = False) -> bool:
    """Whether a function takes an argument; with `accept_all`, also where it takes any keyword."""
    spec = getfullargspec(fn)
    return name in spec.args or (accept_all and spec.varkw is not None)
