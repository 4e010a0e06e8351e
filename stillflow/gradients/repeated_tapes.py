"""Gradients of tapes that repeat each other, as the steps of a training loop do.

Of a form (`gradients.tape_form`) that was seen some times, what the walk over the tape computes is
made a program (`functions.tape_programs`), which takes the values of tensors and gives those of
gradients: the same operations in the same order, without a tensor and a look-up for each.
"""

from __future__ import annotations

import functools
import importlib
import threading
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.gradients.tape import Tape
from stillflow.gradients.tape_form import form_of
from stillflow.graph.context import executing_eagerly, graphs

#: `program(tensors, weights)` gives the gradients; None where it could not.
Program = Callable[[Sequence[Any], Sequence[Any]], "list[Any] | None"]

_MAKES_PROGRAMS = "stillflow.functions.tape_programs"
# A program takes as long to make as some ten walks. Once there are so many, only what is frequent
# gets one, in place of the oldest.
_TIMES_WALKED, _TIMES_WALKED_OF_MANY = 3, 50
_MOST_PROGRAMS = 32
_MOST_WALKED = 1000

_learning = threading.Lock()
# How often tapes of a form were walked over that has no program yet, by the hash of its key: a
# collision does no more than to make a program early.
_walked: dict[int, int] = {}
# Of those that cannot have one: None. What the ids in their keys are of, they keep.
_programs: dict[tuple, tuple[Program | None, list[dict[str, Any]]]] = {}


def repeated_gradients(
    tape: Tape, targets: Sequence[Any], sources: Sequence[Any], weights: Sequence[Any]
) -> list[Any] | None:
    """The gradients of `targets`, weighted by `weights`, for `sources`, by a program.

    None where there is none: what is asked is new, or a tape is to record how it is computed.
    """
    if graphs.tapes or not executing_eagerly():
        return None
    form = form_of(tape, targets, sources, weights)
    if form is None:
        return None
    known = _programs.get(form.key)
    if known is not None:
        program = known[0]
        return None if program is None else program(form.tensors, weights)
    with _learning:
        if _is_frequent(form.key):
            made = _maker()(tape, form, targets, sources, weights)
            if len(_programs) >= _MOST_PROGRAMS:
                _programs.pop(next(iter(_programs)))
            _programs[form.key] = made, form.attrs
            _walked.pop(hash(form.key))
    return None


def _is_frequent(key: tuple) -> bool:
    """Counts a walk, and says whether a program is worth making."""
    if len(_walked) >= _MOST_WALKED:
        _walked.clear()
    form = hash(key)
    _walked[form] = times = _walked.get(form, 0) + 1
    has_room = len(_programs) < _MOST_PROGRAMS
    return times >= (_TIMES_WALKED if has_room else _TIMES_WALKED_OF_MANY)


@functools.cache
def _maker() -> Any:
    return importlib.import_module(_MAKES_PROGRAMS).program_of
