"""Datasets that give their input's elements in a random order.

A buffer is filled with the elements that come next; one of them is drawn, and the next one takes
its place. The order for given seeds is TensorFlow's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Handle
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.arguments import of_scalars
from stillflow.ops.datasets.dataset import (
    INFINITE,
    Dataset,
    ElementIterator,
    Exhausted,
    Place,
    dataset_of,
    write_input,
)
from stillflow.ops.datasets.state import State
from stillflow.ops.datasets.tables import Moving, MovingIterator
from stillflow.ops.datasets.words import Words, given_seeds

_MAX_EPOCHS_IN_BUFFER = 3


class SeedGenerator(Handle):
    """The seeds that the iterators of a dataset take, one after another."""

    def __init__(self, seeds: tuple[int, int]):
        self.words = Words(*seeds)


class ShuffleDataset(Moving):
    """Its input's elements in the order that two seeds give, `count` times over.

    One that `reshuffles` has another order each time that it is iterated; with a `generator`, also
    by another iterator of the whole pipeline.
    """

    generator: SeedGenerator | None = None

    def __init__(
        self,
        source: Dataset,
        buffer_size: int,
        seeds: tuple[int, int],
        reshuffles: bool,
        count: int,
        *structure: Any,
    ):
        super().__init__(source, *structure)
        self.buffer_size = buffer_size
        self.seeds = seeds
        self.reshuffles = reshuffles
        self.count = count

    def iterator(self, place: Place) -> ElementIterator:
        seeds = None
        if self.generator is not None:
            seeds = self.generator.words
        elif self.reshuffles:
            seeds = place.pass_.shared((place.way, "seeds"), lambda: Words(*self.seeds))
        return _Shuffled(self, place, seeds)

    def cardinality(self) -> int:
        count = self.inputs[0].cardinality()
        if self.count == -1 or count == INFINITE:
            return INFINITE
        return count if count < 0 else count * self.count


class _Shuffled(MovingIterator):
    """Elements of several epochs may be in the buffer: all of one come before those of the next.

    The buffer is a ring; `_epochs` are the [start, stop) of each epoch's elements in it, of places
    that are counted on and on.
    """

    def __init__(self, dataset: ShuffleDataset, place: Place, seeds: Words | None):
        super().__init__(dataset.columns)
        self._dataset = dataset
        self._place = place
        self._seeds = seeds
        own = dataset.seeds if seeds is None else (seeds.next(), seeds.next())
        self._own_seeds = own
        self._words = Words(*own)
        self.kind = "Shuffle" if dataset.count == 1 else "ShuffleAndRepeat"
        self._buffer: list[Any] = []
        self._epochs: deque[list[int]] = deque([[0, 0]])
        self._held = 0
        self._epoch = 0
        self._input: ElementIterator | None = None
        # Units of the input that are not in the buffer yet: none between calls of `units`.
        self._ahead: deque[Any] = deque()

    def units(self, count: int) -> Sequence[Any]:
        if self._input is None and self._epoch == 0:
            self._input = self._new()
        size, buffer, epochs, word = (
            self._dataset.buffer_size,
            self._buffer,
            self._epochs,
            self._words.next,
        )
        found: list[Any] = []
        while len(found) < count:
            if self._input is not None and self._held < size:
                self._fill(1 if self._columns is None else count - len(found))
            if not self._held:
                break
            while epochs[0][0] == epochs[0][1]:
                epochs.popleft()
            front = epochs[0]
            start, stop = front
            first, drawn = start % size, (start + word() % (stop - start)) % size
            found.append(buffer[drawn])
            buffer[drawn] = buffer[first]
            buffer[first] = None
            front[0] = start + 1
            self._held -= 1
        return found

    def _new(self) -> ElementIterator:
        return self._dataset.inputs[0].iterator(self._place.below("Shuffle"))

    def _fill(self, at_once: int) -> None:
        """Fills the buffer as far as the input and the number of epochs allow."""
        size, buffer, ahead = self._dataset.buffer_size, self._buffer, self._ahead
        if len(self._epochs) > _MAX_EPOCHS_IN_BUFFER:
            at_once = 1
        while self._input is not None and self._held < size:
            if not ahead:
                wanted = at_once if at_once == 1 else max(at_once, size - self._held)
                ahead.extend(self._input.units(wanted))
            if not ahead:
                self._end_of_epoch()
            else:
                last = self._epochs[-1]
                place = last[1] % size
                if place == len(buffer):
                    buffer.append(ahead.popleft())
                else:
                    buffer[place] = ahead.popleft()
                last[1] += 1
                self._held += 1
            if len(self._epochs) > _MAX_EPOCHS_IN_BUFFER:
                break

    def _end_of_epoch(self) -> None:
        self._place.pass_.check()
        count, last = self._dataset.count, self._epochs[-1][1]
        is_empty = self._epoch == 0 and last == 0
        self._epoch += 1
        if count < 0 and is_empty:
            self._input = None
            return
        self._epochs.append([last, last])
        self._input = self._new()  # at the end, too, as in TensorFlow: what shuffles notes that
        if self._epoch == count:
            self._input = None

    def save(self, state: State) -> None:
        if self._seeds is not None:
            state["ds_num_random_samples"] = self._seeds.taken
        state["num_random_samples"] = self._words.taken
        state["seed"], state["seed2"] = self._own_seeds
        write_input(self._input or Exhausted(), state, "end_of_input_sequence")
        state["epoch"] = self._epoch
        state["num_elements"] = self._held
        state["slices_size"] = len(self._epochs)
        for number, (start, stop) in enumerate(self._epochs):
            state[f"slices_start_{number}"] = start
            state[f"slices_end_{number}"] = stop
        for place in self._places():
            names = f"buffer_{place}_size", f"buffer_{place}_{{}}"
            state.put_element(*names, self.element(self._buffer[place]))

    def restore(self, state: State) -> None:
        if self._seeds is not None:
            self._seeds.taken = state.number("ds_num_random_samples")
        self._own_seeds = state.number("seed"), state.number("seed2")
        self._words = Words(*self._own_seeds, state.number("num_random_samples"))
        self._input = None
        if "end_of_input_sequence" not in state:
            self._input = self._new()
            self._input.read(state)
        self._epoch = state.number("epoch")
        self._epochs = deque(
            [state.number(f"slices_start_{n}"), state.number(f"slices_end_{n}")]
            for n in range(state.number("slices_size"))
        )
        places = self._places()
        elements = [state.element(f"buffer_{n}_size", f"buffer_{n}_{{}}") for n in places]
        stop = self._epochs[-1][1] if self._epochs else 0
        self._buffer = [None] * min(self._dataset.buffer_size, stop)
        for place, unit in zip(places, self.units_of(elements), strict=True):
            self._buffer[place] = unit
        self._held = len(places)

    def _places(self) -> list[int]:
        """Where the elements in the buffer are."""
        size = self._dataset.buffer_size
        return [n % size for start, stop in self._epochs for n in range(start, stop)]


_OPTIONS: dict[str, Any] = {
    "shape": of_scalars,
    "limits": {"output_types": 1, "output_shapes": 1},
    "host": True,
}


def _checked_size(buffer_size: Any) -> int:
    if int(buffer_size) <= 0:
        refuse("buffer_size must be greater than zero.")
    return int(buffer_size)


@op(
    "ShuffleDataset",
    "input_dataset: variant, buffer_size: int64, seed: int64, seed2: int64 -> handle: variant",
    **_OPTIONS,
)
def shuffle_dataset_op(
    xp,
    input_dataset,
    buffer_size,
    seed,
    seed2,
    *,
    output_types: list[DType],
    output_shapes: list[TensorShape],
    reshuffle_each_iteration: bool = True,
):
    """buffer_size, seed, seed2: i64[] -> variant[]"""
    return ShuffleDataset(
        dataset_of(input_dataset),
        _checked_size(buffer_size),
        given_seeds(int(seed), int(seed2)),
        reshuffle_each_iteration,
        1,
        output_types,
        output_shapes,
    )


@op(
    "AnonymousRandomSeedGenerator",
    "seed: int64, seed2: int64 -> handle: resource, deleter: variant",
    shape=lambda ctx: [(), ()],
    host=True,
    stateful=True,
)
def anonymous_random_seed_generator(xp, seed, seed2):
    """seed, seed2: i64[] -> resource[], variant[]"""
    generator = SeedGenerator(given_seeds(int(seed), int(seed2)))
    return generator, generator


@op(
    "ShuffleDatasetV2",
    "input_dataset: variant, buffer_size: int64, seed_generator: resource -> handle: variant",
    stateful=True,
    **_OPTIONS,
)
def shuffle_dataset_v2_op(
    xp,
    input_dataset,
    buffer_size,
    seed_generator,
    *,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """buffer_size: i64[] -> variant[]"""
    made = ShuffleDataset(
        dataset_of(input_dataset),
        _checked_size(buffer_size),
        (0, 0),
        True,
        1,
        output_types,
        output_shapes,
    )
    made.generator = seed_generator
    return made


@op(
    "ShuffleAndRepeatDataset",
    "input_dataset: variant, buffer_size: int64, seed: int64, seed2: int64, count: int64 "
    "-> handle: variant",
    **_OPTIONS,
)
def shuffle_and_repeat_dataset_op(
    xp,
    input_dataset,
    buffer_size,
    seed,
    seed2,
    count,
    *,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """buffer_size, seed, seed2, count: i64[] -> variant[]"""
    if int(count) <= 0 and int(count) != -1:
        refuse("count must be greater than zero or equal to -1.")
    return ShuffleDataset(
        dataset_of(input_dataset),
        _checked_size(buffer_size),
        given_seeds(int(seed), int(seed2)),
        False,
        int(count),
        output_types,
        output_shapes,
    )


for _declared in (shuffle_dataset_op, shuffle_and_repeat_dataset_op):
    _declared.not_differentiable()
