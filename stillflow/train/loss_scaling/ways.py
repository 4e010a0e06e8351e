"""Which of the two ways to mixed precision a program has taken: it may take one of them.

graphs_are_rewritten: `enable_mixed_precision_graph_rewrite` was called.
layers_have_policy: `tf.keras.mixed_precision.experimental.set_policy` was.
"""

from __future__ import annotations

_REWRITE = "tf.train.experimental.enable_mixed_precision_graph_rewrite()"
_POLICY = "tf.keras.mixed_precision.experimental.set_policy()"

graphs_are_rewritten = False
layers_have_policy = False


def check_no_rewrite() -> None:
    """ValueError where graphs are rewritten, so that layers may have no policy."""
    if graphs_are_rewritten:
        raise ValueError(
            "The mixed precision policy cannot be set, because the mixed precision graph rewrite "
            f"has already been enabled.\n  {_one_of(_REWRITE, _POLICY)}"
        )


def check_no_policy() -> None:
    """ValueError where layers have a policy, so that graphs may not be rewritten."""
    if layers_have_policy:
        raise ValueError(
            "The mixed precision graph rewrite cannot be enabled, because a keras mixed precision "
            f"Policy has been set.\n  {_one_of(_POLICY, _REWRITE)}"
        )


def _one_of(called: str, refused: str) -> str:
    return f"{called} was called before: leave out that call, or {refused}."
