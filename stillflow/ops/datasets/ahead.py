"""Elements made before they are wanted, by a thread.

The thread ends when the elements do, when nobody holds the buffer any more, and when the pass is
cancelled. It makes one element at a time and at most as many as fit into the buffer; an error takes
the place of an element.
"""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any

from stillflow.declare.resources import wait_for
from stillflow.ops.datasets.dataset import Element, End, Pass


class _Buffer:
    """What the thread and the one who takes the elements share, under `changed`.

    Attributes:
      made: elements, and errors in their places.
      is_closed: nobody wants more of them.
      is_making: the thread is between taking from its input and putting it here.
      is_paused: it is not to begin another one.
    """

    def __init__(self, size: int, changed: threading.Condition):
        self.size = size
        self.changed = changed
        self.made: deque[Element | BaseException] = deque()
        self.is_closed = self.is_making = self.is_paused = self.is_over = False

    def close(self) -> None:
        with self.changed:
            self.is_closed = True
            self.changed.notify_all()


class Ahead:
    """A buffer of `size` elements that `make()`, called by a thread, gives one by one."""

    def __init__(
        self,
        make: Callable[[], Element],
        size: int,
        pass_: Pass,
        changed: threading.Condition | None = None,
    ):
        self._buffer = buffer = _Buffer(max(1, size), changed or threading.Condition())
        self._pass = pass_
        pass_.when_cancelled(buffer.close)
        weakref.finalize(self, buffer.close).atexit = False
        arguments = (buffer, make, pass_)
        threading.Thread(target=_make_all, args=arguments, daemon=True, name="tf.data").start()

    def has_any(self) -> bool:
        """Whether `next` would not wait."""
        return bool(self._buffer.made)

    def next(self) -> Element:
        """The next element, or the error in its place; waits for it."""
        buffer = self._buffer
        with buffer.changed:
            wait_for(buffer.changed, lambda: buffer.made or buffer.is_closed)
            if not buffer.made:
                self._pass.check()
                raise End
            made = buffer.made[0]
            if isinstance(made, End):
                raise End
            buffer.made.popleft()
            buffer.changed.notify_all()
        if isinstance(made, BaseException):
            raise made
        return made

    def paused(self, do: Callable[[list[Any]], Any]) -> Any:
        """What `do(the elements in the buffer)` gives while the thread rests."""
        buffer = self._buffer
        with buffer.changed:
            buffer.is_paused = True
            wait_for(buffer.changed, lambda: not buffer.is_making)
            try:
                return do(list(buffer.made))
            finally:
                buffer.is_paused = False
                buffer.changed.notify_all()


def _make_all(buffer: _Buffer, make: Callable[[], Element], pass_: Pass) -> None:
    while True:
        with buffer.changed:
            while not buffer.is_closed and (buffer.is_paused or len(buffer.made) >= buffer.size):
                buffer.changed.wait()
            if buffer.is_closed or pass_.is_cancelled:
                return
            buffer.is_making = True
        made: Element | BaseException
        try:
            made = make()
        except BaseException as error:  # it is raised where the element is taken
            made = error
        with buffer.changed:
            buffer.is_making = False
            buffer.made.append(made)
            buffer.changed.notify_all()
            if isinstance(made, End):
                return
