"""Where the iterators of a pipeline are: tensors under the keys that TensorFlow's own have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.graph.errors import NotFoundError, OpError, exception_type_from_error_code

_OK, _HALF, _WHOLE = 0, 1 << 63, 1 << 64


class State:
    """What one iterator of a pipeline saves, by names of its own; a key is `PREFIX:NAME`.

    Attributes:
      entries: what all iterators save, by their keys, in order.
      prefix: the way to the iterator.
    """

    def __init__(self, entries: dict[str, Any], prefix: str = "Iterator"):
        self.entries = entries
        self.prefix = prefix

    def below(self, step: str, kinds: Sequence[str]) -> State:
        """What the iterator of the last of `kinds` saves, where the others lie round it."""
        return State(self.entries, "::".join((self.prefix + step, *kinds)))

    def beside(self, ending: str) -> State:
        """What an iterator saves whose way has an ending more."""
        return State(self.entries, self.prefix + ending)

    @property
    def unnamed(self) -> State:
        """The keys that do not say whose they are."""
        return _Unnamed(self.entries, self.prefix)

    def key(self, name: str) -> str:
        return f"{self.prefix}:{name}"

    def __contains__(self, name: str) -> bool:
        return self.key(name) in self.entries

    def __setitem__(self, name: str, value: Any) -> None:
        if isinstance(value, int):
            value = np.int64((value + _HALF) % _WHOLE - _HALF)
        elif isinstance(value, bytes):
            value = np.array(value, object)
        self.entries[self.key(name)] = value

    def __getitem__(self, name: str) -> Any:
        try:
            return self.entries[self.key(name)]
        except KeyError:
            raise NotFoundError(
                None,
                None,
                f"{self.key(name)}\n  The state was saved of another pipeline: the iterator is "
                "restored into one that is built as the one that was saved.",
            ) from None

    def number(self, name: str) -> int:
        return int(self[name])

    def mark(self, name: str, holds: object = True) -> None:
        """Has the name be there if something holds."""
        if holds:
            self[name] = b""

    def put_element(self, size: str, item: str, element: Sequence[Any]) -> None:
        """Puts the components as `item` with their numbers, and how many there are as `size`."""
        self[size] = len(element)
        for number, value in enumerate(element):
            self[item.format(number)] = value

    def element(self, size: str, item: str) -> tuple[Any, ...]:
        return tuple([self[item.format(n)] for n in range(self.number(size))])

    def put_status(self, code: str, message: str, error: OpError | None) -> None:
        self[code] = _OK if error is None else error.error_code
        if error is not None:
            self[message] = error.message.encode()

    def status(self, code: str, message: str) -> OpError | None:
        number = self.number(code)
        if number == _OK:
            return None
        text = self[message].item().decode("utf-8", "replace")
        return exception_type_from_error_code(number)(None, None, text)


class _Unnamed(State):
    def key(self, name: str) -> str:
        return name
