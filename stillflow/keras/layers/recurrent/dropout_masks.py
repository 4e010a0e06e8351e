"""Masks of dropout that are drawn once and serve at all times of a sequence."""

from __future__ import annotations

from typing import Any

from stillflow.graph.context import executing_eagerly
from stillflow.keras.backend.activations import dropout
from stillflow.keras.backend.choosing import in_train_phase
from stillflow.ops.array.filling import ones_like


class DropoutRNNCellMixin:
    """The part of a cell that drops inputs and states: see its `dropout`, `recurrent_dropout`.

    A mask is made at the first call that needs it. The layer around forgets it before a sequence.
    """

    dropout: float
    recurrent_dropout: float

    def __init__(self, *args: Any, **kwargs: Any):
        # Nobody resets a cell within a stack: its masks of a graph must not serve in eager mode.
        self._dropout_mask: Any = None
        self._recurrent_dropout_mask: Any = None
        self._eager_dropout_mask: Any = None
        self._eager_recurrent_dropout_mask: Any = None
        super().__init__(*args, **kwargs)

    def reset_dropout_mask(self) -> None:
        """Forgets the mask of inputs."""
        self._dropout_mask = self._eager_dropout_mask = None

    def reset_recurrent_dropout_mask(self) -> None:
        """Forgets the mask of states."""
        self._recurrent_dropout_mask = self._eager_recurrent_dropout_mask = None

    def get_dropout_mask_for_cell(self, inputs: Any, training: Any, count: int = 1) -> Any:
        """What to multiply inputs with: a mask, a list of `count` above 1, or None."""
        return self._kept("dropout_mask", inputs, self.dropout, training, count)

    def get_recurrent_dropout_mask_for_cell(
        self, inputs: Any, training: Any, count: int = 1
    ) -> Any:
        """What to multiply states with: a mask, a list of `count` above 1, or None."""
        rate = self.recurrent_dropout
        return self._kept("recurrent_dropout_mask", inputs, rate, training, count)

    def _kept(self, name: str, like: Any, rate: float, training: Any, count: int) -> Any:
        if rate == 0:
            return None
        name = f"_eager_{name}" if executing_eagerly() else f"_{name}"
        if getattr(self, name) is None:
            setattr(self, name, _masks(like, rate, training, count))
        return getattr(self, name)


def _masks(like: Any, rate: float, training: Any, count: int) -> Any:
    ones = ones_like(like)
    masks = [
        in_train_phase(lambda: dropout(ones, rate), ones, training=training) for _ in range(count)
    ]
    return masks if count > 1 else masks[0]
