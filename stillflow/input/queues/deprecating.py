"""What TensorFlow says of pipelines of queues: they work, and `tf.data` has taken their place."""

from __future__ import annotations

from collections.abc import Callable

from stillflow.platform.deprecation import deprecated

_SHUFFLED = ".shuffle(tf.shape(input_tensor, out_type=tf.int64)[0]).repeat(num_epochs)"
_UNSHUFFLED = " If `shuffle=False`, omit the `.shuffle(...)`."


def replaced_by(call: str, rest: str = "") -> Callable:
    """Decorator of a function in the place of which there is `tf.data.Dataset.<call>`."""
    return deprecated(
        None,
        "Queue-based input pipelines have been replaced by `tf.data`. Use "
        f"`tf.data.Dataset.{call}`{rest}.",
    )


def replaced_by_slices(what: str) -> Callable:
    return deprecated(
        None,
        "Queue-based input pipelines have been replaced by `tf.data`. Use "
        f"`tf.data.Dataset.from_tensor_slices({what}){_SHUFFLED}`.{_UNSHUFFLED}",
    )


def replaced_by_range() -> Callable:
    return deprecated(
        None,
        "Queue-based input pipelines have been replaced by `tf.data`. Use "
        "`tf.data.Dataset.range(limit).shuffle(limit).repeat(num_epochs)`." + _UNSHUFFLED,
    )
