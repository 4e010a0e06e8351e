"""The two seeds of a random op, from the graph's seed and the op's, by TensorFlow's rule."""

from __future__ import annotations

from stillflow.graph.context import get_default_graph

DEFAULT_GRAPH_SEED = 87654321
_MAX_INT32 = 2**31 - 1


def get_seed(op_seed: int | None) -> tuple[int | None, int | None]:
    """Returns (seed, seed2) of a random op built now; (None, None) when neither seed is set.

    With a graph seed alone, seed2 is the number of nodes built so far, so that equal programs get
    equal numbers. Source: the behaviour of TF 1.15's `tf.get_seed`.
    """
    graph = get_default_graph()
    if op_seed is None:
        graph._seed_used = True
    if graph.seed is not None:
        seeds = graph.seed, graph._next_op_seed() if op_seed is None else op_seed
    elif op_seed is not None:
        seeds = DEFAULT_GRAPH_SEED, op_seed
    else:
        return None, None
    truncated = seeds[0] % _MAX_INT32, seeds[1] % _MAX_INT32
    # (0, 0) asks the runtime for a random seed, which is not what a seeded program wants.
    return (0, _MAX_INT32) if truncated == (0, 0) else truncated


def set_random_seed(seed: int) -> None:
    """Sets the seed of the default graph; operations built later use it.

    In eager mode random streams begin anew.
    """
    get_default_graph().seed = seed
