"""`tf.keras.Model`: a network that is trained."""

from __future__ import annotations

from stillflow.keras.engine.network import Network


class Model(Network):
    """A network with training, evaluation and prediction.

    Args are those of `Network`.
    """

    def _check_trainable_weights_consistency(self) -> None:
        """Warns where `trainable` was changed after `compile`."""
