"""Where one of the datasets is that `parallel_interleave` takes turns with, as TensorFlow has it.

There each is a thread's: what the main thread knows of it, and what the thread itself knows.
"""

from __future__ import annotations

from stillflow.graph.errors import OpError
from stillflow.ops.datasets.dataset import Element, ElementIterator
from stillflow.ops.datasets.results import Results
from stillflow.ops.datasets.state import State


class WorkerState:
    """What the iterator over several datasets saves of the one that has this number."""

    def __init__(self, state: State, number: int):
        self._state = state
        self._step = f"[{number}]"
        self._worker = f"worker_{number}"
        self._thread = f"worker_thread_{number}"

    def save(
        self, element: Element | None, left: Results, iterator: ElementIterator | None
    ) -> None:
        """The element whose dataset it is, what was made of that, and what makes the rest."""
        state = self._state
        begun = element if iterator is not None and element is not None else ()
        waiting = element if iterator is None and element is not None else ()
        state.put_element(f"{self._worker}_input_size", f"{self._worker}_input_{{}}", waiting)
        state[f"{self._worker}_outputs_size"] = len(left)
        for number, result in enumerate(left):
            self._put_output(f"{self._worker}_outputs_{number}", result)
        state.mark(f"{self._worker}_is_producing", element is not None)
        if iterator is not None and element is not None:
            iterator.write(state, self._step)
        else:
            state.mark(f"{self._thread}_iterator_exhausted")
        state.put_element(f"{self._thread}_input_size", f"{self._thread}_input_{{}}", begun)
        state[f"{self._thread}_iterator_creation_status_code"] = 0
        self._put_output(f"{self._thread}_output", ())

    def _put_output(self, name: str, result: Element | OpError) -> None:
        error = result if isinstance(result, OpError) else None
        self._state.put_status(*self._status_of(name), error)
        element = result if isinstance(result, tuple) else ()
        self._state.put_element(f"{name}_output_size", f"{name}_output_{{}}", element)

    def _status_of(self, name: str) -> tuple[str, str]:
        twice = self._state.key(name)  # TensorFlow says the prefix once more
        return f"{twice}_status_code", f"{twice}_status_msg"

    def _output(self, name: str) -> Element | OpError:
        element = self._state.element(f"{name}_output_size", f"{name}_output_{{}}")
        return self._state.status(*self._status_of(name)) or element

    def element(self, left: Results) -> Element | None:
        """The element whose dataset it is, None behind its end; what was made goes to `left`."""
        state = self._state
        count = state.number(f"{self._worker}_outputs_size")
        left.extend(self._output(f"{self._worker}_outputs_{number}") for number in range(count))
        left.extend([one for one in [self._output(f"{self._thread}_output")] if one])
        created = f"{self._thread}_iterator_creation_status"
        refused = state.status(f"{created}_code", f"{created}_msg")
        if refused is not None:
            left.extend([refused])
            return None
        waiting = state.element(f"{self._worker}_input_size", f"{self._worker}_input_{{}}")
        begun = state.element(f"{self._thread}_input_size", f"{self._thread}_input_{{}}")
        return waiting or begun or None

    @property
    def has_iterator(self) -> bool:
        return f"{self._thread}_iterator_exhausted" not in self._state

    def restore(self, iterator: ElementIterator) -> None:
        iterator.read(self._state, self._step)
