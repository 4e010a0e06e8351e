"""What the outputs of a compiled model have, and are fed, as lists."""

from __future__ import annotations

from typing import Any

from stillflow.keras.training.endpoints import TrainingEndpoint
from stillflow.keras.training.parts import ModelParts
from stillflow.platform import logging


class OutputLists(ModelParts):
    """The part of a model that lists targets, weights and losses of its outputs."""

    def _feedable(self) -> list[TrainingEndpoint]:
        return [e for e in self._training_endpoints if e.has_feedable_training_target()]

    @property
    def _targets(self) -> list[Any]:
        return [e.target for e in self._training_endpoints]

    @property
    def _feed_targets(self) -> list[Any]:
        return [e.target for e in self._feedable()]

    def _warn_of_no_targets(self, targets: Any) -> None:
        """Tells where outputs that have a loss are given no targets.

        As in TensorFlow, a training then feeds the learning phase in their place.
        """
        if self._feed_output_names and not targets:
            logging.warning(
                f"There are no targets for the outputs {self._feed_output_names}, which have "
                "losses: in training, 1 is the target of the first, and any other is an error. "
                "Pass them as `y`, or as the second part of each batch."
            )

    @property
    def _feed_output_names(self) -> list[str]:
        return [endpoint.output_name for endpoint in self._feedable()]

    @property
    def _feed_output_shapes(self) -> list[Any]:
        return [endpoint.feed_output_shape for endpoint in self._feedable()]

    @property
    def _feed_loss_fns(self) -> list[Any]:
        return [endpoint.loss_fn for endpoint in self._feedable()]

    @property
    def sample_weights(self) -> list[Any]:
        """The tensors of the outputs' samples' weights; None where they have none."""
        return [endpoint.sample_weight for endpoint in self._training_endpoints]

    @property
    def _sample_weight_modes(self) -> list[str | None]:
        return [endpoint.sample_weight_mode for endpoint in self._training_endpoints]

    @property
    def _loss_weights_list(self) -> list[Any]:
        return [endpoint.loss_weight for endpoint in self._training_endpoints]

    @property
    def _feed_sample_weights(self) -> list[Any]:
        return [weight for weight in self.sample_weights if weight is not None]
