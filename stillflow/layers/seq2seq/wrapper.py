"""`AttentionWrapper`: a cell whose inputs have what attention found in a memory beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from stillflow.graph import dtypes, nest
from stillflow.graph.context import executing_eagerly
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import TensorShape, dimension_value
from stillflow.layers.recurrent.cell import RNNCell
from stillflow.layers.recurrent.likeness import assert_like_rnncell
from stillflow.layers.recurrent.sizes import zero_state_tensors
from stillflow.layers.scoped import core
from stillflow.layers.seq2seq.mechanisms import AttentionMechanism, size_of
from stillflow.ops.array import filling, joining, reshaping
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.checks import assert_equal
from stillflow.ops.debug.shape_checks import with_same_shape
from stillflow.ops.linalg.products import matmul
from stillflow.ops.tensor_array.tensor_array import TensorArray

# Parts of what runs say where batches differ in size.
_USING_BEAMS = "(encoder output) and {}.  Are you using the BeamSearchDecoder?  "
_DIFFERENT = "Non-matching batch sizes between the memory " + _USING_BEAMS


class AttentionWrapperState(NamedTuple):
    """The state of an AttentionWrapper.

    cell_state: that of the cell; attention: f[batch, size], what was found in the step before;
    time: i32[]; alignments: f[batch, memory time], of each mechanism if there are several;
    alignment_history: a TensorArray of them, or (); attention_state: that of the mechanisms.
    """

    cell_state: Any
    attention: Any
    time: Any
    alignments: Any
    alignment_history: Any
    attention_state: Any

    def clone(self, **kwargs: Any) -> AttentionWrapperState:
        """This state with some parts replaced by others of the same shapes.

        Raises:
          ValueError: another shape.
        """
        return nest.map_structure(_with_same_shape, self, self._replace(**kwargs))


def _with_same_shape(old: Any, new: Any) -> Any:
    if not isinstance(old, Tensor) or not isinstance(new, Tensor):
        return new
    if not executing_eagerly():
        return with_same_shape(old, new)
    if old.shape.as_list() != new.shape.as_list():
        raise ValueError(
            "The shape of the AttentionWrapperState is expected to be same as the one to clone. "
            f"self.shape: {old.shape}, input.shape: {new.shape}"
        )
    return new


class AttentionWrapper(RNNCell):
    """A cell that looks at a memory after each step, and sees in the next what it found.

    Args:
      cell: the cell.
      attention_mechanism: a mechanism, or several.
      attention_layer_size: the size of a layer over the cell's output and what was found, for each
        mechanism; without it the attention is what was found.
      alignment_history: whether the state has the alignments of all steps.
      cell_input_fn: (inputs, attention) -> the cell's inputs; by default both side by side.
      output_attention: whether the output is the attention rather than the cell's.
      initial_cell_state: the cell's state in `zero_state`, in place of zeros.
      attention_layer: the layer itself, or the layers.
      attention_fn: (mechanism, cell_output, attention_state, attention_layer) -> (attention,
        alignments, next state).

    Raises:
      TypeError: an argument is no cell, no mechanism, or cannot be called.
      ValueError: not one layer, or size, for each mechanism; or both are given.
    """

    def __init__(
        self,
        cell: Any,
        attention_mechanism: Any,
        attention_layer_size: Any = None,
        alignment_history: bool = False,
        cell_input_fn: Callable[..., Any] | None = None,
        output_attention: bool = True,
        initial_cell_state: Any = None,
        name: str | None = None,
        attention_layer: Any = None,
        attention_fn: Callable[..., Any] | None = None,
        dtype: Any = None,
    ):
        super().__init__(name=name, dtype=dtype)
        assert_like_rnncell("cell", cell)
        self._is_multi = isinstance(attention_mechanism, (list, tuple))
        mechanisms = _checked_mechanisms(attention_mechanism)
        if cell_input_fn is None:
            cell_input_fn = lambda inputs, attention: joining.concat([inputs, attention], -1)
        elif not callable(cell_input_fn):
            raise TypeError(
                f"cell_input_fn must be callable, saw type: {type(cell_input_fn).__name__}"
            )
        if attention_layer_size is not None and attention_layer is not None:
            raise ValueError("Only one of attention_layer_size and attention_layer should be set")
        self._attention_layers: Any = None
        if attention_layer_size is not None:
            sizes = _one_each(attention_layer_size, mechanisms, "attention_layer_size", "integer")
            self._attention_layers = tuple(
                core.Dense(size, name="attention_layer", use_bias=False, dtype=mechanism.dtype)
                for size, mechanism in zip(sizes, mechanisms, strict=True)
            )
            self._attention_layer_size: Any = sum(sizes)
        elif attention_layer is not None:
            layers = _one_each(attention_layer, mechanisms, "attention_layer", "layer")
            self._attention_layers = layers
            self._attention_layer_size = sum(
                dimension_value(layer.compute_output_shape([None, cell.output_size + found])[-1])
                for layer, found in zip(layers, map(_memory_size, mechanisms), strict=True)
            )
        else:
            self._attention_layer_size = sum(map(_memory_size, mechanisms))
        self._attention_fn = attention_fn or attended
        self._cell = cell
        self._attention_mechanisms = mechanisms
        self._cell_input_fn = cell_input_fn
        self._output_attention = output_attention
        self._alignment_history = alignment_history
        with name_scope(name, "AttentionWrapperInit"):
            self._initial_cell_state = self._checked_initial(initial_cell_state)

    def _checked_initial(self, state: Any) -> Any:
        if state is None:
            return None
        batch_size = size_of(nest.flatten(state)[-1], 0)
        message = (
            f"When constructing AttentionWrapper {self._base_name}: "
            + _DIFFERENT.format("initial_cell_state")
            + "You may need to tile your initial state via the tf.contrib.seq2seq.tile_batch "
            "function with argument multiple=beam_width."
        )
        with control_dependencies(self._batch_size_checks(batch_size, message)):
            return nest.map_structure(
                lambda each: identity(each, name="check_initial_cell_state"), state
            )

    def _batch_size_checks(self, batch_size: Any, message: str) -> list[Operation]:
        return [
            assert_equal(batch_size, mechanism.batch_size, message=message)
            for mechanism in self._attention_mechanisms
        ]

    def _item_or_tuple(self, items: Iterable[Any]) -> Any:
        """All items of several mechanisms; the item of one."""
        every = tuple(items)
        return every if self._is_multi else every[0]

    @property
    def output_size(self) -> Any:
        return self._attention_layer_size if self._output_attention else self._cell.output_size

    @property
    def state_size(self) -> AttentionWrapperState:
        mechanisms = self._attention_mechanisms
        return AttentionWrapperState(
            cell_state=self._cell.state_size,
            time=TensorShape([]),
            attention=self._attention_layer_size,
            alignments=self._item_or_tuple(each.alignments_size for each in mechanisms),
            attention_state=self._item_or_tuple(each.state_size for each in mechanisms),
            alignment_history=self._item_or_tuple(
                each.alignments_size if self._alignment_history else () for each in mechanisms
            ),
        )

    def zero_state(self, batch_size: Any, dtype: Any) -> AttentionWrapperState:
        """The state before the first step; the cell's is `initial_cell_state` if that was given.

        Raises:
          InvalidArgumentError: in a run, the memory has another batch size.
        """
        with name_scope(f"{type(self).__name__}ZeroState", values=[batch_size]):
            cell_state = self._initial_cell_state
            if cell_state is None:
                cell_state = self._cell.get_initial_state(batch_size=batch_size, dtype=dtype)
            message = (
                f"When calling zero_state of AttentionWrapper {self._base_name}: "
                + _DIFFERENT.format("the requested batch size")
                + "If so, make sure your encoder output has been tiled to beam_width via "
                "tf.contrib.seq2seq.tile_batch, and the batch_size= argument passed to zero_state "
                "is batch_size * beam_width."
            )
            with control_dependencies(self._batch_size_checks(batch_size, message)):
                cell_state = nest.map_structure(
                    lambda each: identity(each, name="checked_cell_state"), cell_state
                )
            mechanisms = self._attention_mechanisms
            alignments = [each.initial_alignments(batch_size, dtype) for each in mechanisms]
            return AttentionWrapperState(
                cell_state=cell_state,
                time=filling.zeros([], dtype=dtypes.int32),
                attention=zero_state_tensors(self._attention_layer_size, batch_size, dtype),
                alignments=self._item_or_tuple(alignments),
                attention_state=self._item_or_tuple(
                    each.initial_state(batch_size, dtype) for each in mechanisms
                ),
                alignment_history=self._item_or_tuple(
                    self._history(dtype, each) for each in alignments
                ),
            )

    def _history(self, dtype: Any, alignments: Tensor) -> Any:
        if not self._alignment_history:
            return ()
        return TensorArray(dtype, size=0, dynamic_size=True, element_shape=alignments.shape)

    def call(self, inputs: Any, state: Any) -> tuple[Any, AttentionWrapperState]:
        """One step.

        Raises:
          TypeError: `state` is no AttentionWrapperState.
        """
        if not isinstance(state, AttentionWrapperState):
            raise TypeError(
                "Expected state to be instance of AttentionWrapperState. Received type "
                f"{type(state)} instead."
            )
        cell_inputs = self._cell_input_fn(inputs, state.attention)
        output, cell_state = self._cell(cell_inputs, state.cell_state)
        message = (
            f"When applying AttentionWrapper {self.name}: "
            + _DIFFERENT.format("the query (decoder output)")
            + "You may need to tile your memory input via the tf.contrib.seq2seq.tile_batch "
            "function with argument multiple=beam_width."
        )
        with control_dependencies(self._batch_size_checks(size_of(output, 0), message)):
            output = identity(output, name="checked_cell_output")
        places = range(len(self._attention_mechanisms))
        every = [self._attend(place, output, state) for place in places]
        attentions, alignments, states, histories = zip(*every, strict=True)
        attention = joining.concat(list(attentions), 1)
        next_state = AttentionWrapperState(
            time=state.time + 1,
            cell_state=cell_state,
            attention=attention,
            attention_state=self._item_or_tuple(states),
            alignments=self._item_or_tuple(alignments),
            alignment_history=self._item_or_tuple(histories),
        )
        return (attention if self._output_attention else output), next_state

    def _attend(self, place: int, output: Tensor, state: AttentionWrapperState) -> tuple[Any, ...]:
        """What a mechanism gives: (attention, alignments, its next state, history)."""
        of_one = lambda part: part[place] if self._is_multi else part
        attention, alignments, next_state = self._attention_fn(
            self._attention_mechanisms[place],
            output,
            of_one(state.attention_state),
            self._attention_layers[place] if self._attention_layers else None,
        )
        history: Any = ()
        if self._alignment_history:
            history = of_one(state.alignment_history).write(state.time, alignments)
        return attention, alignments, next_state, history


def _checked_mechanisms(given: Any) -> tuple[Any, ...]:
    if not isinstance(given, (list, tuple)):
        if not isinstance(given, AttentionMechanism):
            raise TypeError(
                "attention_mechanism must be an AttentionMechanism or list of multiple "
                f"AttentionMechanism instances, saw type: {type(given).__name__}"
            )
        return (given,)
    for each in given:
        if not isinstance(each, AttentionMechanism):
            raise TypeError(
                "attention_mechanism must contain only instances of AttentionMechanism, saw type: "
                f"{type(each).__name__}"
            )
    return tuple(given)


def _one_each(given: Any, mechanisms: tuple, argument: str, what: str) -> tuple[Any, ...]:
    every = tuple(given) if isinstance(given, (list, tuple)) else (given,)
    if len(every) != len(mechanisms):
        raise ValueError(
            f"If provided, {argument} must contain exactly one {what} per attention_mechanism, "
            f"saw: {len(every)} vs {len(mechanisms)}"
        )
    return every


def _memory_size(mechanism: Any) -> Any:
    return dimension_value(mechanism.values.shape[-1])


def attended(mechanism: Any, output: Tensor, state: Any, layer: Any) -> tuple[Tensor, Tensor, Any]:
    """(attention, f[batch, size]; alignments, f[batch, memory time]; next state)"""
    alignments, next_state = mechanism._attend(output, state)
    found = matmul(reshaping.expand_dims(alignments, 1), mechanism.values)
    found = reshaping.squeeze(found, [1])
    if layer is not None:
        found = layer(joining.concat([output, found], 1))
    return found, alignments, next_state
