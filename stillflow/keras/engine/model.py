"""`tf.keras.Model`: a network that is trained."""

from __future__ import annotations

from stillflow.keras.engine.network import Network
from stillflow.keras.training.model import TrainingModel


class Model(TrainingModel, Network):
    """A network with training, evaluation and prediction.

    Args are those of `Network`.
    """
