"""What `for element in iterator` asks of an iterator of eager programs and traced functions."""

from __future__ import annotations

from typing import Any

from stillflow.graph.errors import OutOfRangeError


class ForPython:
    """The part of an iterator with `get_next` that Python's own loops call."""

    def get_next(self, name: str | None = None) -> Any:
        """The next element; tf.errors.OutOfRangeError behind the last one."""
        raise NotImplementedError

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        try:
            return self.get_next()
        except OutOfRangeError:
            raise StopIteration from None

    def next(self) -> Any:
        """The next element; StopIteration behind the last one."""
        return self.__next__()
