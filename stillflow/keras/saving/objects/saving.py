"""`model.save(folder, save_format="tf")`."""

from __future__ import annotations

import os
from typing import Any

from stillflow.interchange.saved_model.objects.saving import save
from stillflow.keras.saving.objects.signatures import model_input_signature, raise_model_input_error
from stillflow.keras.saving.overwriting import ask_to_proceed_with_overwrite
from stillflow.layers.learning_phase import learning_phase_scope


def save_model_to_saved_model(
    model: Any, filepath: Any, overwrite: bool, include_optimizer: bool, signatures: Any = None
) -> None:
    """Writes a model with its functions, weights and optimizer to a folder.

    Args:
      overwrite: whether a folder that is there is written anew without asking.
      include_optimizer: whether the optimizer's state is kept.
      signatures: see `tf.saved_model.save`; by default the model's call.

    Raises:
      ValueError: the model's inputs are not known.
    """
    folder = os.fspath(filepath)
    if not overwrite and os.path.exists(folder) and not ask_to_proceed_with_overwrite(folder):
        return
    if model_input_signature(model) is None:
        raise_model_input_error(model)
    optimizer = model.optimizer
    if not include_optimizer:
        model.optimizer = None
    try:
        with learning_phase_scope(0):
            save(model, folder, signatures)
    finally:
        if not include_optimizer:
            model.optimizer = optimizer
