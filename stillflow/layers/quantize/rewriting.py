"""`tf.contrib.quantize`'s functions."""

from __future__ import annotations

from typing import Any

from stillflow.graph.graph import get_default_graph
from stillflow.layers.quantize.folding import fold_fused
from stillflow.layers.quantize.inserting import Wanted, quantize
from stillflow.layers.quantize.unfused import fold_unfused

_UPDATES = ("Apply", "ResourceApply", "SparseApply", "ResourceSparseApply")


def create_training_graph(input_graph: Any = None, quant_delay: int = 0) -> None:
    """Changes a graph, by default the default one, so that it trains weights for 8 bits.

    To be called before gradients are built. Ranges are variables, which training moves.

    Args:
      quant_delay: how many steps are taken before anything is rounded.

    Raises:
      ValueError: the graph has an optimizer's updates.
    """
    _rewrite(input_graph, True, quant_delay)


def create_eval_graph(input_graph: Any = None) -> None:
    """Changes a graph so that it rounds as a trained one does, by ranges out of its checkpoint."""
    _rewrite(input_graph, False, None)


def experimental_create_training_graph(
    input_graph: Any = None,
    weight_bits: int = 8,
    activation_bits: int = 8,
    symmetric: bool = False,
    quant_delay: int = 0,
    freeze_bn_delay: int | None = None,
    scope: str | None = None,
) -> None:
    """`create_training_graph` with choices.

    Args:
      weight_bits, activation_bits: of the integers.
      symmetric: whether ranges lie evenly around zero.
      quant_delay: how many steps are taken before anything is rounded.
      freeze_bn_delay: after how many steps batch norms use their moving averages.
      scope: of what is changed; everything by default.
    """
    _rewrite(
        *(input_graph, True, quant_delay, weight_bits, activation_bits, symmetric),
        freeze_bn_delay=freeze_bn_delay,
        scope=scope,
    )


def experimental_create_eval_graph(
    input_graph: Any = None,
    weight_bits: int = 8,
    activation_bits: int = 8,
    symmetric: bool = False,
    quant_delay: int | None = None,
    scope: str | None = None,
) -> None:
    """`create_eval_graph` with the choices of `experimental_create_training_graph`."""
    _rewrite(
        *(input_graph, False, quant_delay, weight_bits, activation_bits, symmetric), scope=scope
    )


def _rewrite(
    graph: Any,
    is_training: bool,
    delay: int | None,
    weight_bits: int = 8,
    activation_bits: int = 8,
    symmetric: bool = False,
    freeze_bn_delay: int | None = None,
    scope: str | None = None,
) -> None:
    graph = get_default_graph() if graph is None else graph
    updates = {op.type for op in graph.get_operations() if op.type.startswith(_UPDATES)}
    if updates:
        raise ValueError(
            f"Training op found in graph, exiting {updates}\n"
            "  Rewrite the graph before minimize() is called."
        )
    inside = "" if not scope else scope if scope.endswith("/") else f"{scope}/"
    wanted = Wanted(is_training, weight_bits, activation_bits, symmetric, delay, inside)
    with graph.as_default():
        fold_batch_norms(graph, is_training, freeze_bn_delay)
        quantize(graph, wanted)


def fold_batch_norms(
    graph: Any, is_training: bool, freeze_batch_norm_delay: int | None = None
) -> None:
    """Multiplies batch normalisations, fused ones or not, into the weights of layers before them.

    Args:
      is_training: whether unfused ones normalise by the batch.
      freeze_batch_norm_delay: after how many steps moving averages stay as they are.
    """
    fold_fused(graph, freeze_batch_norm_delay)
    fold_unfused(graph, is_training, freeze_batch_norm_delay)
