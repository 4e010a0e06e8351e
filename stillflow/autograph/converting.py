"""A function converted: its tree rewritten, compiled as of its own file, and bound as it was.

What is compiled keeps the lines of the user's file, so that errors, debuggers and the places of
operations show the user's own lines. It has the globals and the very cells of the function.
"""

from __future__ import annotations

import ast
import inspect
import threading
import types
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stillflow.autograph.building import constant, function, load, located, store
from stillflow.autograph.directives import take_directives
from stillflow.autograph.lists import Lists
from stillflow.autograph.naming import Namer
from stillflow.autograph.options import ConversionOptions, Feature
from stillflow.autograph.reading import function_node
from stillflow.autograph.statements import FunctionBody

_OPERATORS = "ag__"


@dataclass(frozen=True)
class _Converted:
    code: types.CodeType
    source: str
    module: types.ModuleType  # says which conversion made a function


_cache: weakref.WeakKeyDictionary[types.CodeType, dict[Any, _Converted]] = (
    weakref.WeakKeyDictionary()
)
_lock = threading.RLock()


def convert(f: Callable, options: ConversionOptions) -> Callable:
    """A function like `f`, a function or a method, that builds control flow of graphs.

    It takes what `f.__func__` takes. Functions of one code are converted once.

    Raises:
      ValueError: the source cannot be had.
      NotImplementedError: it uses what has no conversion; the message says the line.
    """
    from stillflow.autograph import operators_table

    plain = f.__func__ if inspect.ismethod(f) else f
    assert isinstance(plain, types.FunctionType)
    cells = dict(zip(plain.__code__.co_freevars, plain.__closure__ or (), strict=True))
    if _OPERATORS in cells or _OPERATORS in plain.__globals__:
        raise ValueError(f'The name "{_OPERATORS}" is reserved and may not be used.')
    converted = _converted(plain, options)
    cells[_OPERATORS] = types.CellType(operators_table)
    made = types.FunctionType(
        converted.code,
        plain.__globals__,
        plain.__name__,
        plain.__defaults__,
        tuple(cells[name] for name in converted.code.co_freevars),
    )
    made.__kwdefaults__ = plain.__kwdefaults__
    made.__qualname__, made.__module__, made.__doc__ = (
        plain.__qualname__,
        plain.__module__,
        plain.__doc__,
    )
    told: Any = made
    told.ag_module, told.ag_source_map, told.autograph_info__ = converted.module, {}, {}
    told.ag_source = converted.source
    return made


def _converted(f: types.FunctionType, options: ConversionOptions) -> _Converted:
    code = f.__code__
    with _lock:
        known = _cache.setdefault(code, {})
        key = (options, code.co_freevars)
        if key not in known:
            known[key] = _compiled(f, _rewritten(f, options))
        return known[key]


def _rewritten(f: types.FunctionType, options: ConversionOptions) -> ast.FunctionDef:
    """The converted definition."""
    node = function_node(f)
    _refuse(node, f)
    if isinstance(node, ast.Lambda):
        body: list[ast.stmt] = [located(ast.Return(value=node.body), node.body)]
        definition = function("lambda_", body, node)
        definition.args = node.args
    else:
        definition = node
    definition.decorator_list = []
    _plain_arguments(definition.args)
    elements = take_directives(definition, lambda expression: _value_of(expression, f))
    namer = Namer(definition)
    if options.uses(Feature.LISTS):
        Lists(elements, namer).over(definition)
    _explicit_super(definition)
    FunctionBody(definition, options, namer)
    definition.name = namer.new(f"tf__{definition.name}")  # another than what it calls itself by
    return definition


def _plain_arguments(arguments: ast.arguments) -> None:
    """Defaults and annotations go: the function's own are given to the converted one."""
    arguments.defaults = [constant(None) for _ in arguments.defaults]
    arguments.kw_defaults = [default and constant(None) for default in arguments.kw_defaults]
    for arg in ast.walk(arguments):
        if isinstance(arg, ast.arg):
            arg.annotation = None


def _compiled(f: types.FunctionType, definition: ast.FunctionDef) -> _Converted:
    """The code of a definition, in a function that has its free names."""
    free = [*f.__code__.co_freevars, _OPERATORS]
    given = [ast.Assign(targets=[store(name) for name in free], value=constant(None))]
    around = function(
        "around", [*given, definition, ast.Return(value=load(definition.name))], definition
    )
    tree = ast.Module(body=[around], type_ignores=[])
    _give_places(tree)
    source = ast.unparse(definition)
    flags = f.__code__.co_flags & _FUTURE_FLAGS
    module = compile(tree, f.__code__.co_filename, "exec", flags=flags, dont_inherit=True)
    code = _code_named(_code_named(module, "around"), definition.name)
    name = f.__code__.co_name
    return _Converted(
        code.replace(co_name=name, co_qualname=f.__code__.co_qualname),
        source,
        types.ModuleType(f"converted_{name}"),
    )


_FUTURE_FLAGS = 0x1000000  # annotations


def _give_places(tree: ast.AST) -> None:
    """Gives nodes without lines those around them, as `ast.fix_missing_locations` does.

    That leaves a cycle of references behind, each time.
    """
    waiting: list[tuple[ast.AST, dict[str, int]]] = [
        (tree, {"lineno": 1, "end_lineno": 1, "col_offset": 0, "end_col_offset": 0})
    ]
    while waiting:
        node, place = waiting.pop()
        place = dict(place)
        for name in place:
            if name not in node._attributes:
                continue
            if getattr(node, name, None) is None:
                setattr(node, name, place[name])
            else:
                place[name] = getattr(node, name)
        waiting += [(child, place) for child in ast.iter_child_nodes(node)]


def _code_named(code: types.CodeType, name: str) -> types.CodeType:
    found = (const for const in code.co_consts if isinstance(const, types.CodeType))
    return next(inner for inner in found if inner.co_name == name)


def _refuse(node: ast.AST, f: types.FunctionType) -> None:
    """NotImplementedError for what has no conversion."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute):
            if inner.attr.startswith("__") and not inner.attr.endswith("__"):
                raise _refusal("Mangled names are not yet supported by AutoGraph", inner, f)
        elif isinstance(inner, (ast.Yield, ast.YieldFrom)):
            raise _refusal("Generators are not supported by AutoGraph", inner, f)
        elif isinstance(inner, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
            raise _refusal("Coroutines are not supported by AutoGraph", inner, f)


def _refusal(message: str, node: Any, f: types.FunctionType) -> NotImplementedError:
    where = f"{f.__code__.co_filename}:{node.lineno}"
    return NotImplementedError(f"{message}\n  At {where}: {ast.unparse(node)}")


def _explicit_super(definition: ast.FunctionDef) -> None:
    """Gives a `super()` what it would find in the frame of the method."""
    arguments = definition.args
    plain = [*arguments.posonlyargs, *arguments.args]
    for node in ast.walk(definition):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if is_call and node.func.id == "super" and not node.args and plain:  # type: ignore
            names = [load("__class__"), load(plain[0].arg)]
            node.args = [located(name, node) for name in names]  # type: ignore


def _value_of(expression: ast.expr, f: types.FunctionType) -> Any:
    """What a name, or attributes of one, mean in a function; None where it cannot be said."""
    if isinstance(expression, ast.Attribute):
        owner = _value_of(expression.value, f)
        # A module's attribute only: others may do something when they are asked for.
        return getattr(owner, expression.attr, None) if _is_namespace(owner) else None
    if not isinstance(expression, ast.Name):
        return None
    cells = dict(zip(f.__code__.co_freevars, f.__closure__ or (), strict=True))
    if expression.id in cells:
        try:
            return cells[expression.id].cell_contents
        except ValueError:
            return None
    return f.__globals__.get(expression.id)


def _is_namespace(owner: Any) -> bool:
    return isinstance(owner, types.ModuleType)
