"""An example of sequences cut in segments, each with all that goes with it into the barrier."""

from __future__ import annotations

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.input.queues.sequence_checks import dimensions_checked
from stillflow.input.queues.sequence_inputs import PreparedInputs
from stillflow.ops.array.filling import ones
from stillflow.ops.array.joining import concat
from stillflow.ops.array.ranging import range_
from stillflow.ops.array.reshaping import expand_dims, reshape
from stillflow.ops.array.slicing import slice_
from stillflow.ops.array.tiling import tile
from stillflow.ops.math.arithmetic import maximum, minimum
from stillflow.ops.math.division import div
from stillflow.ops.strings.joining import string_join
from stillflow.ops.strings.numbers import as_string


class Segments:
    """The tensors of n segments of one example, [n, ...] each."""

    def __init__(self, inputs: PreparedInputs, padded_length: Tensor, num_unroll: int):
        self._num_unroll = num_unroll
        self._count = div(padded_length, num_unroll)
        row = ones(expand_dims(self._count, 0), dtype=dtypes.int32)
        self.sequence = range_(self._count)
        lengths = maximum(0, inputs.length - num_unroll * self.sequence)
        self.lengths = minimum(num_unroll, lengths)
        self.total_lengths = inputs.length * row
        self.sequence_counts = self._count * row
        self.keys = self._keys(inputs.key)
        self.next_keys = self._next_keys(inputs.key)
        self.sequences = {name: self._cut(name, value) for name, value in inputs.sequences.items()}
        self.context = {name: self._copied(name, value) for name, value in inputs.context.items()}

    def _keys(self, key: Tensor) -> Tensor:
        numbers = as_string(self.sequence, width=5, fill="0")
        counts = as_string(self._count, width=5, fill="0")
        return string_join([numbers, "_of_", counts, ":", key], name="StringJoinCurrentKeys")

    def _next_keys(self, key: Tensor) -> Tensor:
        rest = slice_(self.keys, [1], [-1])
        end = expand_dims(string_join(["STOP:", key], name="StringJoinStop"), 0)
        return concat([rest, end], 0, name="concat_next_keys")

    def _cut(self, name: str, value: Tensor) -> Tensor:
        """[n * num_unroll, ...] -> [n, num_unroll, ...]"""
        inner = value.shape.as_list()[1:]
        leading = [expand_dims(self._count, 0), expand_dims(self._num_unroll, 0)]
        sizes = concat([*leading, inner], 0, name=f"concat_sequences_{name}")
        cut = reshape(value, sizes, name=f"reshape_sequences_{name}")
        axes = list(range(2 + len(inner)))
        lengths = [self._count, self._num_unroll, *inner]
        return dimensions_checked(cut, axes, lengths, f"reshaped_sequences_{name}")

    def _copied(self, name: str, value: Tensor) -> Tensor:
        """[...] -> [n, ...]"""
        sizes = value.shape.as_list()
        row = expand_dims(value, 0)
        times = concat(
            [expand_dims(self._count, 0), [1] * len(sizes)], 0, name=f"concat_context_{name}"
        )
        copied = tile(row, times, name=f"tile_context_{name}")
        axes = list(range(1 + len(sizes)))
        return dimensions_checked(copied, axes, [self._count, *sizes], f"expanded_context_{name}")
