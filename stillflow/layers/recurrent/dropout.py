"""`DropoutWrapper`: dropout of what goes into a cell, of what comes out, and of its state."""

from __future__ import annotations

import hashlib
import numbers
from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import nest_above
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.layers import configs
from stillflow.layers.recurrent.lstm import LSTMStateTuple
from stillflow.layers.recurrent.wrapping import CellWrapper, Wrapping
from stillflow.ops.array import joining
from stillflow.ops.known_values import constant_value
from stillflow.ops.math.division import div
from stillflow.ops.math.elementwise import floor
from stillflow.ops.nn.dropout import dropout
from stillflow.ops.random.drawing import random_uniform
from stillflow.ops.tensor_array.tensor_array import TensorArray


class Dropped(Wrapping):
    """Dropout around a cell: Zaremba et al., 2014 (arXiv:1409.2329).

    Args:
      cell: the cell.
      input_keep_prob, output_keep_prob, state_keep_prob: the part that is kept, a float or n[];
        nothing is dropped where it is 1. The state is what one step leaves to the next.
      variational_recurrent: what is dropped is the same in all steps of a run: Gal and Ghahramani,
        2015 (arXiv:1512.05287).
      input_size: of the inputs, without the batch; needed if variational ones are dropped.
      dtype: of all of them; needed if `variational_recurrent`.
      seed: from which each tensor's own seed is made.
      dropout_state_filter_visitor: `visitor(state)` says what of a state may be dropped, as a bool
        or a structure of them. By default all but the `c` of LSTMs and TensorArrays.

    Raises:
      TypeError: `cell` is not like a cell, or the visitor cannot be called.
      ValueError: a part is not within 0 and 1; type or size is missing.
    """

    _described: tuple[str, ...] = (
        "input_keep_prob",
        "output_keep_prob",
        "state_keep_prob",
        "variational_recurrent",
        "input_size",
        "seed",
    )

    def __init__(
        self,
        cell: Any,
        input_keep_prob: Any = 1.0,
        output_keep_prob: Any = 1.0,
        state_keep_prob: Any = 1.0,
        variational_recurrent: bool = False,
        input_size: Any = None,
        dtype: Any = None,
        seed: Any = None,
        dropout_state_filter_visitor: Callable[[Any], Any] | None = None,
        **kwargs: Any,
    ):
        super().__init__(cell, dtype=dtype, **kwargs)
        if dropout_state_filter_visitor is not None and not callable(dropout_state_filter_visitor):
            raise TypeError("dropout_state_filter_visitor must be callable")
        self._dropout_state_filter = dropout_state_filter_visitor or _all_but_held
        with name_scope("DropoutWrapperInit"):
            self._input_keep_prob = _kept("input_keep_prob", input_keep_prob)
            self._state_keep_prob = _kept("state_keep_prob", state_keep_prob)
            self._output_keep_prob = _kept("output_keep_prob", output_keep_prob)
        self._variational_recurrent = variational_recurrent
        self._input_size = input_size
        self._seed = seed
        self._noise: dict[str, Any] = {}
        if variational_recurrent:
            self._draw_noise(input_size, dtype)

    def _draw_noise(self, input_size: Any, dtype: Any) -> None:
        """Noise that all steps of a run share."""
        if dtype is None:
            raise ValueError("When variational_recurrent=True, dtype must be provided")

        def noise_of(salt: str, sizes: Any) -> Any:
            def draw(i: int, size: Any) -> Any:
                seed = self._gen_seed(salt, i)
                shape = joining.concat(([1], TensorShape(size).as_list()), 0)
                return random_uniform(shape, seed=seed, dtype=dtype)

            return _enumerated(sizes, draw, sizes)

        if not isinstance(self._input_keep_prob, numbers.Real) or self._input_keep_prob < 1:
            if input_size is None:
                raise ValueError(
                    "When variational_recurrent=True and input_keep_prob < 1.0 or is unknown, "
                    "input_size must be provided"
                )
            self._noise["input"] = noise_of("input", input_size)
        self._noise["state"] = noise_of("state", self.cell.state_size)
        self._noise["output"] = noise_of("output", self.cell.output_size)

    def _gen_seed(self, salt_prefix: str, index: int) -> int | None:
        """The seed of one tensor, which differs from those of others."""
        if self._seed is None:
            return None
        text = f"{self._seed}{salt_prefix}_{index}".encode()
        return int(hashlib.md5(text).hexdigest()[:8], 16) & 0x7FFFFFFF

    def get_config(self) -> dict[str, Any]:
        told = {}
        if self._dropout_state_filter is not _all_but_held:
            told = configs.of_function(
                "dropout_fn", self._dropout_state_filter, "dropout_fn_module"
            )
        return {**super().get_config(), **told}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        arguments = dict(config)
        if "dropout_fn" in arguments:
            arguments["dropout_state_filter_visitor"] = configs.take_function(
                arguments, "dropout_fn", "dropout_fn_module", custom_objects
            )
        return super().from_config(arguments, custom_objects)

    @property
    def wrapped_cell(self) -> Any:
        return self.cell

    def _call_wrapped_cell(
        self, inputs: Any, state: Any, cell_call_fn: Callable, **kwargs: Any
    ) -> tuple[Any, Any]:
        if _drops(self._input_keep_prob):
            inputs = self._dropped(inputs, "input", self._input_keep_prob)
        output, new_state = cell_call_fn(inputs, state, **kwargs)
        if _drops(self._state_keep_prob):
            droppable = nest_above.get_traverse_shallow_structure(
                self._dropout_state_filter, new_state
            )
            new_state = self._dropped(new_state, "state", self._state_keep_prob, droppable)
        if _drops(self._output_keep_prob):
            output = self._dropped(output, "output", self._output_keep_prob)
        return output, new_state

    def _dropped(self, values: Any, salt: str, keep_prob: Any, droppable: Any = None) -> Any:
        """`values` with dropout, but those of which `droppable` is False."""
        droppable = values if droppable is None else droppable
        if not self._variational_recurrent:

            def drop(i: int, wanted: Any, value: Any) -> Any:
                if wanted is False:
                    return value
                return dropout(value, rate=1.0 - keep_prob, seed=self._gen_seed(salt, i))

            return _enumerated(droppable, drop, droppable, values)

        def mask(_: int, wanted: Any, value: Any, noise: Any) -> Any:
            if wanted is False:
                return value
            kept = floor(keep_prob + noise)
            dropped = div(value, keep_prob) * kept
            dropped.set_shape(value.shape)
            return dropped

        return _enumerated(droppable, mask, droppable, values, self._noise[salt])


class DropoutWrapper(Dropped, CellWrapper):
    """`Dropped`, around a cell of `tf.nn.rnn_cell`."""


def _kept(name: str, given: Any) -> Any:
    """A part to be kept as a float, or as a tensor if it is not known."""
    tensor = convert_to_tensor(given)
    known = constant_value(tensor)
    if known is None:
        return tensor
    if known < 0 or known > 1:
        raise ValueError(f"Parameter {name} must be between 0 and 1: {int(known)}")
    return float(known)


def _drops(keep_prob: Any) -> bool:
    return not isinstance(keep_prob, float) or keep_prob < 1


def _all_but_held(state: Any) -> Any:
    if isinstance(state, LSTMStateTuple):
        return LSTMStateTuple(c=False, h=True)
    return not isinstance(state, TensorArray)


def _enumerated(shallow: Any, fn: Callable, *structures: Any) -> Any:
    """`map_structure_up_to`, whose function takes the number of the leaf as well."""
    numbers_of_leaves = iter(range(len(nest_above.flatten_up_to(shallow, structures[0]))))
    return nest_above.map_structure_up_to(
        shallow, lambda *leaves: fn(next(numbers_of_leaves), *leaves), *structures
    )
