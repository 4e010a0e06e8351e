"""Whether summaries are recorded, to which writer and of which step: what is open in a thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from stillflow.graph.context import executing_eagerly
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import device
from stillflow.graph.summary_state import open_now
from stillflow.ops.math.comparison import equal, logical_and
from stillflow.train.training_util import get_or_create_global_step


@contextmanager
def record_if(condition: Any) -> Iterator[None]:
    """A block whose summaries are recorded when `condition` holds: bool[], or a function of it."""
    before, open_now.recording = open_now.recording, condition
    try:
        yield
    finally:
        open_now.recording = before


def always_record_summaries() -> AbstractContextManager[None]:
    """A block whose summaries are recorded by every run."""
    return record_if(True)


def never_record_summaries() -> AbstractContextManager[None]:
    """A block whose summaries are not recorded."""
    return record_if(False)


def record_summaries_every_n_global_steps(
    n: Any, global_step: Any = None
) -> AbstractContextManager[None]:
    """A block whose summaries are recorded when the global step is a multiple of `n`."""
    step = get_or_create_global_step() if global_step is None else global_step
    if executing_eagerly():
        return record_if(lambda: equal(step % n, 0))
    with device("cpu:0"):
        return record_if(equal(step % n, 0))


def should_record(by_default: bool) -> tuple[Tensor, Any]:
    """(bool[], what it is where that is known now)"""
    condition = open_now.recording() if callable(open_now.recording) else open_now.recording
    if condition is None:
        condition = by_default
    known = condition if isinstance(condition, bool) else None
    return logical_and(True, condition), known


def should_record_summaries() -> Tensor:
    """Returns whether summaries are recorded here, bool[]."""
    return should_record(by_default=False)[0]


def get_step() -> Any:
    """The step of summaries that are given none, in this thread; None where none was set."""
    return open_now.step


def set_step(step: Any) -> None:
    """Sets the step, i64[], of summaries that are given none, in this thread."""
    open_now.step = step
