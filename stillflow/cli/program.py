"""Runs a program as `python` would, in this process. Knows the alias, and nothing of what it names.

The program becomes the real `__main__` module, and what it raises leaves through here untouched, so
that exit codes, KeyboardInterrupt and atexit are Python's own work. One thing is mended on the way:
a traceback starts at the program's first line, not at ours.
"""

from __future__ import annotations

import builtins
import importlib.util
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from importlib.machinery import BuiltinImporter, ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from stillflow.environment.processes import prepare
from stillflow.runtime import accelerators

if TYPE_CHECKING:
    from stillflow.distribute.membership import Membership


Compiler = Callable[[bytes | str, str], CodeType]


def as_python(source: bytes | str, path: str) -> CodeType:
    """The code of a program, as Python compiles it."""
    try:
        return compile(source, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        if _is_python_2(source):
            error.add_note("This is Python 2, which `stillflow run --py2` translates.")
        raise


def _is_python_2(source: bytes | str) -> bool:
    from stillflow.checking import python2  # once all is lost

    text = source if isinstance(source, str) else source.decode("utf-8", "replace")
    return bool(python2.signs_of(text)[0])


def as_python_2(source: bytes | str, path: str) -> CodeType:
    """The code of a program of Python 2."""
    from stillflow.environment.python2 import compiled

    try:
        return compiled(source, path)
    except SyntaxError as error:
        raise error.with_traceback(None) from None


class Program(NamedTuple):
    """Compiled code, the first of its `sys.argv`, and names that its module starts with."""

    code: CodeType
    argv0: str
    names: dict[str, Any]


def run(
    load: Callable[[str, Compiler], Program],
    name: str,
    args: tuple[str, ...] = (),
    period: bool = True,
    place: Membership | None = None,
    python2: bool = False,
) -> None:
    """Loads the program `name` and runs it with `args`, `import tensorflow` meaning Stillflow.

    With a `place` it runs together with those of other ranks; with `python2` it is translated.
    """
    sys.excepthook = _show_from_the_program_on
    try:
        prepare(period, python2)
    except ImportError as error:
        if error.name != "fissix":
            raise
        _give_up(1, str(error))
    program = load(name, as_python_2 if python2 else as_python)
    sys.argv[:] = [program.argv0, *args]
    main = ModuleType("__main__")
    vars(main).update(__annotations__={}, __builtins__=builtins, **program.names)
    sys.modules["__main__"] = main
    with nullcontext() if place is None else _joined(place):
        exec(program.code, vars(main))


def _joined(place: Membership) -> AbstractContextManager[Any]:
    from stillflow.distribute.hub import NotAllHere
    from stillflow.distribute.ranks import join

    try:
        return join(place)
    except (NotAllHere, OSError) as error:
        _give_up(1, str(error))


def spread_over(devices: str) -> None:
    """Has compiled runs spread over so many devices, here and in spawned processes.

    Raises:
      ValueError: it is neither a number nor `all`, or the environment names one device.
    """
    os.environ["STILLFLOW_DEVICES"] = devices
    accelerators.spread()


def script(path: str, compiler: Compiler) -> Program:
    """A source file; or a folder or zip file that holds `__main__.py`."""
    full = os.path.abspath(path)
    spec = PathFinder.find_spec("__main__", [full])
    if spec is not None:
        _start_path_with(full)
        return _from_spec(_translating(spec) if compiler is as_python_2 else spec, path)
    if os.path.isdir(full):
        _give_up(1, f"can't find '__main__' module in {full!r}")
    _start_path_with(os.path.dirname(os.path.realpath(full)))
    try:
        with open(full, "rb") as file:
            source = file.read()
    except OSError as error:
        _give_up(2, f"can't open file {full!r}: [Errno {error.errno}] {error.strerror}")
    names = {"__loader__": SourceFileLoader("__main__", full), "__file__": full, "__cached__": None}
    return Program(compiler(source, full), path, names)


def module(name: str, compiler: Compiler) -> Program:
    """A module by name, or a package's `__main__`."""
    _start_path_with(os.getcwd())
    try:
        spec = importlib.util.find_spec(name)
        package = spec is not None and spec.submodule_search_locations is not None
        main = importlib.util.find_spec(f"{name}.__main__") if package else spec
    except ImportError:
        spec = main = None
    if spec is None:
        _give_up(1, f"No module named {name}")
    if main is None:
        why = f"{name!r} is a package and cannot be directly executed"
        _give_up(1, f"No module named {name}.__main__; {why}")
    return _from_spec(main, main.origin or name)


def code(text: str, compiler: Compiler) -> Program:
    """Python code itself."""
    return _from_text(text, "<string>", "-c", {}, compiler)


def standard_input(_: str, compiler: Compiler) -> Program:
    """Python code on standard input."""
    names = {"__file__": "<stdin>", "__cached__": None}
    return _from_text(sys.stdin.buffer.read(), "<stdin>", "-", names, compiler)


def _from_text(
    text: str | bytes, file: str, argv0: str, names: dict[str, Any], compiler: Compiler
) -> Program:
    _start_path_with("")
    names["__loader__"] = BuiltinImporter
    return Program(compiler(text, file), argv0, names)


def _translating(spec: ModuleSpec) -> ModuleSpec:
    from stillflow.environment.python2.importing import translating

    return translating(spec)


def _from_spec(spec: ModuleSpec, argv0: str) -> Program:
    found = spec.loader.get_code(spec.name)  # type: ignore[union-attr]
    names = {
        "__package__": spec.parent,
        "__loader__": spec.loader,
        "__spec__": spec,
        "__file__": spec.origin,
        "__cached__": spec.cached,
    }
    return Program(found, argv0, names)


def _start_path_with(folder: str) -> None:
    """Python put the folder of our own command at the start of `sys.path`, unless told not to."""
    if not sys.flags.safe_path:
        sys.path[0] = folder


def _give_up(exit_code: int, message: str) -> NoReturn:
    print(f"stillflow: {message}", file=sys.stderr)
    sys.exit(exit_code)


def _show_from_the_program_on(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """An excepthook that leaves out the frames from the command line down to this module."""
    shown, frame = trace, trace
    while frame is not None:
        if frame.tb_frame.f_code.co_filename == __file__:
            shown = frame.tb_next
        frame = frame.tb_next
    sys.__excepthook__(kind, error.with_traceback(shown), shown)
