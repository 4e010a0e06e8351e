"""Elements that were made before they are wanted, and errors in the place of some."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from stillflow.graph.errors import OpError
from stillflow.ops.datasets.dataset import Element, ElementIterator
from stillflow.ops.datasets.state import State


class Names(NamedTuple):
    """Under which names they are saved; {0} is the number of an element, {1} of a component."""

    total: str
    size: str
    item: str
    code: str
    message: str
    is_error_sized: bool = True  # an error has a size, too


class Results:
    """What comes before what an iterator makes next: elements and errors."""

    def __init__(self) -> None:
        self._left: deque[Element | OpError] = deque()

    def __bool__(self) -> bool:
        return bool(self._left)

    def __len__(self) -> int:
        return len(self._left)

    def next(self) -> Element:
        """The first one; raises it if it is an error."""
        return given(self._left.popleft())

    def save(
        self, state: State, names: Names, further: Iterable[Element | BaseException] = ()
    ) -> None:
        """Saves them, and `further` ones behind them."""
        every = [one for one in (*self._left, *further) if isinstance(one, (tuple, OpError))]
        state[names.total] = len(every)
        for number, one in enumerate(every):
            error = one if isinstance(one, OpError) else None
            code, message = names.code.format(number), names.message.format(number)
            state.put_status(code, message, error)
            if error is None or names.is_error_sized:
                element = one if isinstance(one, tuple) else ()
                size, item = names.size.format(number), names.item.format(number, "{}")
                state.put_element(size, item, element)

    def restore(self, state: State, names: Names) -> None:
        self._left.clear()
        for number in range(state.number(names.total)):
            error = state.status(names.code.format(number), names.message.format(number))
            if error is not None:
                self._left.append(error)
                continue
            element = state.element(names.size.format(number), names.item.format(number, "{}"))
            self._left.append(element)

    def __iter__(self) -> Iterator[Element | OpError]:
        return iter(self._left)

    def drop_last(self) -> None:
        self._left.pop()

    def extend(self, more: Iterable[Element | OpError]) -> None:
        self._left.extend(more)


def given(result: Element | BaseException) -> Element:
    """The element, unless it is an error in its place: that is raised."""
    if isinstance(result, BaseException):
        raise result
    return result


class Continued(ElementIterator):
    """What was made beforehand, and then the rest."""

    def __init__(self, results: Results, rest: ElementIterator):
        self.results = results
        self.rest = rest

    def next(self) -> Element:
        return self.results.next() if self.results else self.rest.next()
