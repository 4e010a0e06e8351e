"""What the public tree does not show and TensorFlow's own modules hold, for `environment`."""

from collections.abc import Callable
from typing import Any


def saved_model_class() -> Any:
    """The class of SavedModel messages, of which TensorBoard has no copy."""
    from stillflow.interchange.saved_model.message import saved_model_class

    return saved_model_class()


def generated_function(op_type: str) -> Callable[..., Any] | None:
    """What builds one node of that type, of arguments in order or by name; None if nothing does."""
    from stillflow.ops import raw

    try:
        return raw.generated(op_type)
    except KeyError:
        return None
