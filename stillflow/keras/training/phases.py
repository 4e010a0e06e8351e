"""Who says whether a model trains: its functions by themselves, or what they are fed."""

from __future__ import annotations

from typing import Any

from stillflow.graph.context import executing_eagerly_outside_functions
from stillflow.graph.operation import Tensor
from stillflow.keras.utils.mode_keys import ModeKeys
from stillflow.layers.learning_phase import phases_to_feed, symbolic_learning_phase


def fixed_phases(model: Any, mode: str) -> dict[Tensor, bool]:
    """What a function of a model in eager mode feeds itself: it trains, or not, whatever is set."""
    return phases_to_feed(mode == ModeKeys.TRAIN) if goes_by_itself(model) else {}


def is_phase_fed(model: Any) -> bool:
    """Whether a True is fed last where a model is trained: nothing else says so."""
    return not goes_by_itself(model) and not isinstance(symbolic_learning_phase(), int)


def goes_by_itself(model: Any) -> bool:
    """Whether it was compiled in eager mode for TensorFlow 1.15's newer loops."""
    return model._experimental_run_tf_function and executing_eagerly_outside_functions()
