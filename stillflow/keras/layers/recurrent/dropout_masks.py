"""Masks of dropout that are drawn once and serve at all times of a sequence."""

from __future__ import annotations

from typing import Any

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
        self._dropout_mask: Any = None
        self._recurrent_dropout_mask: Any = None
        super().__init__(*args, **kwargs)

    def reset_dropout_mask(self) -> None:
        """Forgets the mask of inputs."""
        self._dropout_mask = None

    def reset_recurrent_dropout_mask(self) -> None:
        """Forgets the mask of states."""
        self._recurrent_dropout_mask = None

    def get_dropout_mask_for_cell(self, inputs: Any, training: Any, count: int = 1) -> Any:
        """What to multiply inputs with: a mask, a list of `count` above 1, or None."""
        if self.dropout == 0:
            return None
        if self._dropout_mask is None:
            self._dropout_mask = _masks(inputs, self.dropout, training, count)
        return self._dropout_mask

    def get_recurrent_dropout_mask_for_cell(self, inputs: Any, training: Any, count: int = 1):
        """What to multiply states with: a mask, a list of `count` above 1, or None."""
        if self.recurrent_dropout == 0:
            return None
        if self._recurrent_dropout_mask is None:
            self._recurrent_dropout_mask = _masks(inputs, self.recurrent_dropout, training, count)
        return self._recurrent_dropout_mask


def _masks(like: Any, rate: float, training: Any, count: int) -> Any:
    ones = ones_like(like)
    masks = [
        in_train_phase(lambda: dropout(ones, rate), ones, training=training) for _ in range(count)
    ]
    return masks if count > 1 else masks[0]
