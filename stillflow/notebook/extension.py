"""What `%load_ext stillflow` does in an IPython that is running."""

from __future__ import annotations

import os
import weakref
from types import TracebackType
from typing import Any

import stillflow
from stillflow.environment.processes import prepare
from stillflow.graph import source
from stillflow.graph.errors import OpError
from stillflow.notebook import display

# What building a graph raises, and what a run does.
_KINDS = (OpError, TypeError, ValueError, LookupError, NotImplementedError)
_FOLDER = os.path.dirname(stillflow.__file__) + os.sep

_equipped: weakref.WeakSet[Any] = weakref.WeakSet()


def load(shell: Any) -> None:
    """Makes `import tensorflow` mean Stillflow; lines of cells and objects are shown as such.

    Raises:
      IPython.core.error.UsageError: another TensorFlow is imported already.
    """
    from IPython.core.error import UsageError

    if shell in _equipped:  # Stillflow's own kernel is from the start
        return
    try:
        prepare(period=True)
    except ImportError as error:
        reason = str(error).splitlines()[0]
        raise UsageError(
            f"{reason}\n  Restart the kernel and load Stillflow before the first `import "
            "tensorflow`, or choose the kernel that `stillflow kernel install` installs."
        ) from None
    equip(shell)


def equip(shell: Any) -> None:
    """Has errors and objects shown as such, in a shell that has the name `tensorflow` already."""
    _equipped.add(shell)
    source.titles.append(lambda file: _cell(shell, file))
    display.install(shell.display_formatter)
    shell.set_custom_exc(_KINDS, _show)


def _cell(shell: Any, file: str) -> str | None:
    """What the cell is called that IPython has compiled as this file."""
    found = shell.compile.format_code_name(file)
    return f"{found[0].lower()} {found[1]}" if found else None


def _show(shell: Any, kind: Any, error: Any, trace: Any, tb_offset: Any = None) -> None:
    """The traceback of what Stillflow raised, without its lines, unless %xmode asks for all."""
    is_ours = isinstance(error, OpError) or _is_raised_here(trace)
    if is_ours and shell.InteractiveTB.mode != "Verbose":
        trace = _of_the_user(trace)
        if error.__cause__ is not None:
            error.__cause__.__traceback__ = _of_the_user(error.__cause__.__traceback__)
    shell.showtraceback((kind, error.with_traceback(trace), trace), tb_offset=tb_offset)


def _is_raised_here(trace: TracebackType) -> bool:
    while trace.tb_next is not None:
        trace = trace.tb_next
    return _is_ours(trace)


def _is_ours(trace: TracebackType) -> bool:
    return trace.tb_frame.f_code.co_filename.startswith(_FOLDER)


def _of_the_user(trace: TracebackType | None) -> TracebackType | None:
    if trace is None:
        return None
    later = _of_the_user(trace.tb_next)
    if _is_ours(trace):
        return later
    return TracebackType(later, trace.tb_frame, trace.tb_lasti, trace.tb_lineno)
