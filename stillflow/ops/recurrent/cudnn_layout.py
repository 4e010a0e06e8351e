"""Where the weights of a whole network of cuDNN lie in its one vector of parameters.

First come the matrices of all parts (layer after layer, forward before backward), then their
biases. A part has the matrices of its gates on the input, f[units, width] each, those on its state,
f[units, state], and the projection f[state, units] if there is one; and as many biases as matrices
of gates. The gates are those of cuDNN: of an LSTM input, forgetting, new value, output; of a GRU
reset, update, new value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from stillflow.declare.refusing import refuse

GATES = {"rnn_relu": 1, "rnn_tanh": 1, "lstm": 4, "gru": 3}


class Part(NamedTuple):
    """One direction of one layer: of_input f[gates * units, width], or None where the input is
    taken as it is; of_state f[gates * units, state]; projection f[state, units] or None; biases
    f[2, gates * units], of the input's and of the state's product."""

    of_input: Any
    of_state: Any
    projection: Any
    biases: Any


@dataclass(frozen=True)
class Layout:
    """The sizes of a network.

    Attributes:
      directions: 2 where each layer goes both ways, else 1.
      projected: the size of a projected state, or 0.
      skips_input: the first layer's gates take the input as it is.
    """

    mode: str
    layers: int
    units: int
    input_size: int
    directions: int
    projected: int
    skips_input: bool

    @property
    def gates(self) -> int:
        return GATES[self.mode]

    @property
    def state(self) -> int:
        """The size of what a part gives."""
        return self.projected or self.units

    @property
    def parts(self) -> int:
        return self.layers * self.directions

    @property
    def size(self) -> int:
        """Of the vector of parameters."""
        matrices = sum(self._matrix_sizes(part) for part in range(self.parts))
        return matrices + self.parts * 2 * self.gates * self.units

    def width(self, part: int) -> int:
        """The size of the input of a part."""
        return self.input_size if part < self.directions else self.directions * self.state

    def takes_as_it_is(self, part: int) -> bool:
        """Whether a part has no matrices on its input."""
        return self.skips_input and part < self.directions

    def _matrix_sizes(self, part: int) -> int:
        return self._of_input(part) + self._of_state + self.projected * self.units

    def _of_input(self, part: int) -> int:
        width = 0 if self.takes_as_it_is(part) else self.width(part)
        return self.gates * self.units * width

    @property
    def _of_state(self) -> int:
        return self.gates * self.units * self.state

    def split(self, params: Any) -> list[Part]:
        """params: f[size] -> the parts"""
        self.check(params)
        rows, parts, at = self.gates * self.units, [], 0
        of_biases = self.size - self.parts * 2 * rows
        for part in range(self.parts):
            matrices: list[Any] = []
            for size, width in (
                (self._of_input(part), self.width(part)),
                (self._of_state, self.state),
                (self.projected * self.units, self.units),
            ):
                shape = (self.projected if len(matrices) == 2 else rows, width)
                matrices.append(params[at : at + size].reshape(shape) if size else None)
                at += size
            start = of_biases + part * 2 * rows
            on_input, on_state, projection = matrices
            biases = params[start : start + 2 * rows].reshape(2, rows)
            parts.append(Part(on_input, on_state, projection, biases))
        return parts

    def join(self, xp: Any, parts: Sequence[Part]) -> Any:
        """What `split` undoes."""
        matrices = [matrix for part in parts for matrix in part[:3] if matrix is not None]
        biases = [part.biases for part in parts]
        return xp.concatenate([array.reshape(-1) for array in (*matrices, *biases)], axis=0)

    def check(self, params: Any) -> None:
        """Refuses a vector of another size."""
        if params.shape != (self.size,):
            shape = ",".join(map(str, params.shape))
            refuse(
                f"Params must be a vector of the model's size: expected [{self.size}], got "
                f"[{shape}]\n  Make it of `params_size`, or of canonical weights and biases."
            )

    # Matrix by matrix ---------------------------------------------------------------------------

    def canonical(self, xp: Any, params: Any) -> tuple[list[Any], list[Any]]:
        """params: f[size] -> (the matrix of each gate, and projections; the bias of each gate)

        Where the input is taken as it is, the matrices that do the same: ones on the diagonal.
        """
        weights: list[Any] = []
        biases: list[Any] = []
        for of_input, of_state, projection, of_gates in self.split(params):
            same = xp.eye(self.units, dtype=params.dtype)
            on_input = [same] * self.gates if of_input is None else self._by_gate(of_input)
            weights += [*on_input, *self._by_gate(of_state)]
            weights += [] if projection is None else [projection]
            biases += [*self._by_gate(of_gates[0]), *self._by_gate(of_gates[1])]
        return weights, biases

    def _by_gate(self, array: Any) -> list[Any]:
        return [array[i * self.units : (i + 1) * self.units] for i in range(self.gates)]

    def from_canonical(self, xp: Any, weights: Sequence[Any], biases: Sequence[Any]) -> Any:
        """What `canonical` undoes; the shapes of the matrices do not matter, their sizes do."""
        gates, parts = self.gates, []
        per_part = 2 * gates + bool(self.projected)
        self._check_counts(weights, biases, per_part)
        for part in range(self.parts):
            own = list(weights[part * per_part : (part + 1) * per_part])
            own_biases = biases[part * 2 * gates : (part + 1) * 2 * gates]
            self._check_sizes(part, own, own_biases)
            on_input = None if self.takes_as_it_is(part) else _in_one(xp, own[:gates])
            projection = own[-1] if self.projected else None
            on_state = _in_one(xp, own[gates : 2 * gates])
            parts.append(Part(on_input, on_state, projection, _in_one(xp, own_biases)))
        return self.join(xp, parts)

    def _check_counts(self, weights: Sequence, biases: Sequence, per_part: int) -> None:
        for name, found, wanted in (
            ("weights", len(weights), self.parts * per_part),
            ("biases", len(biases), self.parts * 2 * self.gates),
        ):
            if found != wanted:
                refuse(f"Number of params mismatch. Expected {wanted} {name}, got {found}")

    def _check_sizes(self, part: int, weights: Sequence, biases: Sequence) -> None:
        on_input, on_state = self.units * self.width(part), self.units * self.state
        wanted = [on_input] * self.gates + [on_state] * self.gates
        wanted += [on_state] if self.projected else []
        wanted += [self.units] * len(biases)
        for array, size in zip([*weights, *biases], wanted, strict=True):
            found = array.reshape(-1).shape[0]
            if found != size:
                refuse(f"Params size mismatch. Expected {size}, got {found}")


def _in_one(xp: Any, arrays: Sequence[Any]) -> Any:
    return xp.concatenate([array.reshape(-1) for array in arrays], axis=0)


def skips_input(input_mode: str, input_size: int, units: int) -> bool:
    """Whether the first layer takes its input as it is. Refused where the sizes differ."""
    if input_mode == "skip_input" and input_size != units:
        refuse(
            f"input_size must equal num_units for skip_input: {input_size} vs. {units}\n"
            "  linear_input takes inputs of any size."
        )
    return input_mode != "linear_input" and input_size == units
