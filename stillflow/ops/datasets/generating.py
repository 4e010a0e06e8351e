"""Datasets of what functions with a state of their own give."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.calling import Function
from stillflow.declare.opdef import op
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import OutOfRangeError
from stillflow.graph.function_library import FunctionName
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.arguments import of_scalars
from stillflow.ops.datasets.dataset import INFINITE, Dataset, Element, ElementIterator, End, Place
from stillflow.ops.datasets.state import State
from stillflow.ops.datasets.words import Words, given_seeds

_OPTIONS: dict[str, Any] = {
    "shape": shapes.scalar,
    "limits": {"output_types": 1, "output_shapes": 1},
    "host": True,
    "stateful": True,
}


class GeneratorDataset(Dataset):
    """What one function gives, again and again, for a state that another one makes.

    The end is where it raises OutOfRangeError; then a third one is given the state.
    """

    def __init__(self, make: Function, give: Function, finish: Function, *structure: Any):
        super().__init__((), *structure)
        self.functions = make, give, finish

    def iterator(self, place: Place) -> ElementIterator:
        return _Generated(self, place)


class _Generated(ElementIterator):
    kind = "Generator"

    def __init__(self, dataset: GeneratorDataset, place: Place):
        self._make, self._give, self._finish = map(place.instance, dataset.functions)
        self._state: list[Any] | None = None
        self._is_over = False
        self._finished: Callable[[], Any] | None = None

    def next(self) -> Element:
        if self._is_over:
            raise End
        if self._state is None:
            self._state = self._make()
            # An iterator that is given up before the end leaves nothing behind.
            finalizer = weakref.finalize(self, _quietly, self._finish, self._state)
            finalizer.atexit = False
            self._finished = finalizer
        try:
            return tuple(self._give(*self._state))
        except OutOfRangeError as error:
            self._is_over = True
            if self._finished is not None:
                self._finished()
            raise End from error


def _quietly(finish: Callable[..., Any], state: Sequence[Any]) -> None:
    finish(*state)


@op(
    "GeneratorDataset",
    "init_func_other_args: [Tinit_func_args], next_func_other_args: [Tnext_func_args], "
    "finalize_func_other_args: [Tfinalize_func_args] -> handle: variant",
    calls=True,
    **_OPTIONS,
)
def generator_dataset_op(
    xp,
    caller,
    *others,
    init_func: FunctionName,
    next_func: FunctionName,
    finalize_func: FunctionName,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """-> variant[]"""
    make, give = (caller.function(name).body for name in (init_func, next_func))
    first = len(make.inputs)
    second = first + len(give.inputs) - len(make.outputs)
    return GeneratorDataset(
        caller.function(init_func, others[:first]),
        caller.function(next_func, others[first:second]),
        caller.function(finalize_func, others[second:]),
        output_types,
        output_shapes,
    )


class RandomDataset(Dataset):
    """Random numbers: i64[], of 32 bits."""

    def __init__(self, seeds: tuple[int, int], *structure: Any):
        super().__init__((), *structure)
        self.seeds = seeds

    def iterator(self, place: Place) -> ElementIterator:
        return _Random(Words(*self.seeds))

    def cardinality(self) -> int:
        return INFINITE


class _Random(ElementIterator):
    kind = "Random"

    def __init__(self, words: Words):
        self._words = words

    def next(self) -> Element:
        return (np.asarray(self._words.next(), np.int64),)

    def save(self, state: State) -> None:
        state["num_random_samples"] = self._words.taken

    def restore(self, state: State) -> None:
        self._words.taken = state.number("num_random_samples")


@op(
    "RandomDataset",
    "seed: int64, seed2: int64 -> handle: variant",
    **(_OPTIONS | {"shape": of_scalars}),
)
def random_dataset_op(
    xp, seed, seed2, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """seed, seed2: i64[] -> variant[]"""
    return RandomDataset(given_seeds(int(seed), int(seed2)), output_types, output_shapes)


for _declared in (generator_dataset_op, random_dataset_op):
    _declared.not_differentiable()
