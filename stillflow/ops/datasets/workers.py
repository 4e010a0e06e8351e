"""Threads that call functions for several elements at a time."""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.resources import wait_for
from stillflow.ops.datasets.dataset import Pass


class Task:
    """Something that a thread does."""

    def __init__(self, do: Callable[[], Any], line: _Line):
        self.do = do
        self._line = line
        self._given: Any = None
        self.is_done = False

    def result(self) -> Any:
        """What it gave, or the error that it raised; waits for it."""
        line = self._line
        with line.changed:
            wait_for(line.changed, lambda: self.is_done or line.is_closed)
        line.pass_.check()
        return self._given

    def carry_out(self) -> None:
        try:
            given = self.do()
        except BaseException as error:  # it is raised where the result is taken
            given = error
        with self._line.changed:
            self._given, self.is_done = given, True
            self._line.changed.notify_all()


class _Line:
    """What is to be done, in order, by whichever thread is free."""

    def __init__(self, pass_: Pass):
        self.pass_ = pass_
        self.changed = threading.Condition()
        self.tasks: deque[Task] = deque()
        self.is_closed = False

    def close(self) -> None:
        with self.changed:
            self.is_closed = True
            self.changed.notify_all()


class Workers:
    """Up to `count` threads, which end when nobody holds this any more or the pass is cancelled."""

    def __init__(self, count: int, pass_: Pass):
        self._left = count
        self._line = line = _Line(pass_)
        pass_.when_cancelled(line.close)
        weakref.finalize(self, line.close).atexit = False

    def do(self, do: Callable[[], Any]) -> Task:
        """Has a thread call `do()`."""
        task = Task(do, self._line)
        with self._line.changed:
            self._line.tasks.append(task)
            self._line.changed.notify_all()
        if self._left:
            self._left -= 1
            arguments = (self._line,)
            threading.Thread(target=_work, args=arguments, daemon=True, name="tf.data").start()
        return task

    def first_done(self, tasks: Sequence[Task]) -> int:
        """Where the first of `tasks` that is done is among them; waits until one is."""
        line = self._line
        with line.changed:
            wait_for(line.changed, lambda: line.is_closed or any(task.is_done for task in tasks))
        line.pass_.check()
        return [task.is_done for task in tasks].index(True)


def _work(line: _Line) -> None:
    while True:
        with line.changed:
            line.changed.wait_for(lambda: line.tasks or line.is_closed)
            if line.is_closed:
                return
            task = line.tasks.popleft()
        task.carry_out()
        del task  # it may hold what holds the `Workers`, which would never end
