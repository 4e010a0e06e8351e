"""Protocol buffer messages of TensorFlow that are no public names, for the modules of them."""

from typing import Any


def saved_model_class() -> Any:
    """The class of SavedModel messages, of which TensorBoard has no copy."""
    from stillflow.interchange.saved_model.message import saved_model_class

    return saved_model_class()
