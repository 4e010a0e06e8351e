"""Labels that the outputs of connectionist temporal classification mean: decoders."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import WIDE_FLOATS
from stillflow.graph import dtypes
from stillflow.graph.errors import FailedPreconditionError
from stillflow.graph.operation import Tensor
from stillflow.ops.ctc import beams
from stillflow.ops.sparse.sparse_tensor import SparseTensor

Decoded = tuple[list[SparseTensor], Tensor]


def _decoded_shapes(ctx: shapes.ShapeContext, paths: int) -> list[shapes.Sizes]:
    _, batch, _ = shapes.with_rank(ctx.shape(0), 3)
    batch = shapes.merge_size(batch, shapes.with_rank(ctx.shape(1), 1)[0])
    indices: list[shapes.Sizes] = [(None, 2)] * paths
    values: list[shapes.Sizes] = [(None,)] * paths
    sizes: list[shapes.Sizes] = [(2,)] * paths
    return [*indices, *values, *sizes, (batch, paths)]


_DECODER: dict[str, Any] = {
    "types": {"T": WIDE_FLOATS},
    "defaults": {"T": dtypes.float32},
    "host": True,
    "folds": True,
}


def _check(logits: np.ndarray, times: np.ndarray) -> None:
    if logits.ndim != 3:
        refuse("inputs is not a 3-Tensor")
    time, batch, _ = logits.shape
    if not time:
        refuse("max_time is 0")
    if times.ndim != 1:
        refuse("sequence_length is not a vector")
    if len(times) != batch:
        message = f"len(sequence_length):  {len(times)} batch_size: {batch}"
        raise FailedPreconditionError(None, None, f"len(sequence_length) != batch_size.  {message}")
    for row, length in enumerate(times.tolist()):
        if length > time:
            raise FailedPreconditionError(None, None, f"sequence_length({row}) <= {time}")


def _sparse(rows: list[beams.Path]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The indices, the values and the shape of a sparse i64[b, longest] of rows."""
    places = [(row, place) for row, path in enumerate(rows) for place in range(len(path))]
    values = [label for path in rows for label in path]
    sizes = (len(rows), max(map(len, rows), default=0))
    return (
        np.array(places, np.int64).reshape(len(places), 2),
        np.array(values, np.int64),
        np.array(sizes, np.int64),
    )


@op(
    "CTCGreedyDecoder",
    "inputs: T, sequence_length: int32 -> decoded_indices: int64, decoded_values: int64, "
    "decoded_shape: int64, log_probability: T",
    shape=lambda ctx: _decoded_shapes(ctx, 1),
    **_DECODER,
)
def ctc_greedy_decoder_op(xp, logits, times, *, merge_repeated: bool = False):
    """logits: f[t, b, c], times: i32[b] -> a sparse i64[b, ...]; f[b, 1], minus the sum of the
    highest logits"""
    _check(logits, times)
    best = np.argmax(logits, axis=2)
    within = np.arange(len(logits))[:, None] < times
    emits = within & (best != logits.shape[2] - 1)
    if merge_repeated:
        emits[1:] &= best[1:] != best[:-1]
    rows = [tuple(best[emits[:, row], row].tolist()) for row in range(len(times))]
    score = np.where(within, -np.max(logits, axis=2), 0).sum(axis=0, dtype=logits.dtype)
    return (*_sparse(rows), score[:, None])


ctc_greedy_decoder_op.not_differentiable()


@op(
    "CTCBeamSearchDecoder",
    "inputs: T, sequence_length: int32 -> decoded_indices: top_paths * int64, "
    "decoded_values: top_paths * int64, decoded_shape: top_paths * int64, log_probability: T",
    shape=lambda ctx: _decoded_shapes(ctx, ctx.attrs["top_paths"]),
    limits={"beam_width": 1, "top_paths": 1},
    **_DECODER,
)
def ctc_beam_search_decoder_op(
    xp, logits, times, *, beam_width: int, top_paths: int, merge_repeated: bool = True
):
    """logits: f[t, b, c], times: i32[b] -> `top_paths` sparse i64[b, ...]; f[b, top_paths]"""
    _check(logits, times)
    if top_paths > beam_width:
        refuse("requested more paths than the beam width.")
    found = [
        beams.best_paths(logits[:length, row], beam_width)[:top_paths]
        for row, length in enumerate(times.tolist())
    ]
    if any(len(paths) < top_paths for paths in found):
        refuse("Less leaves in the beam search than requested.")
    score = np.array([[p for _, p in paths] for paths in found], logits.dtype)
    decoded = [
        _sparse(
            [_merged(paths[place][0]) if merge_repeated else paths[place][0] for paths in found]
        )
        for place in range(top_paths)
    ]
    parts = [part for kind in zip(*decoded, strict=True) for part in kind]
    return (*parts, score.reshape(len(found), top_paths))


def _merged(path: beams.Path) -> beams.Path:
    return tuple(label for place, label in enumerate(path) if not place or label != path[place - 1])


ctc_beam_search_decoder_op.not_differentiable()


def ctc_greedy_decoder(inputs: Any, sequence_length: Any, merge_repeated: bool = True) -> Decoded:
    """Returns ([labels], scores): the likeliest class of each time, without blanks.

    Args:
      inputs: f[time, b, classes], before the softmax; the last class is the blank.
      sequence_length: i32[b], the times that count.
      merge_repeated: whether a class that goes on without a blank is one label.

    Returns:
      A list of one sparse i64[b, ...], and f[b, 1], minus the sum of the highest logits.
    """
    indices, values, sizes, score = ctc_greedy_decoder_op(
        inputs, sequence_length, merge_repeated=merge_repeated
    )
    return [SparseTensor(indices, values, sizes)], score


def ctc_beam_search_decoder(
    inputs: Any,
    sequence_length: Any,
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
) -> Decoded:
    """Returns (labels, scores): the `top_paths` likeliest label sequences by beam search.

    Args:
      inputs: f[time, b, classes], before the softmax; the last class is the blank.
      sequence_length: i32[b], the times that count.
      beam_width: how many sequences are kept at each time.
      top_paths: how many are returned.
      merge_repeated: whether labels that repeat within a result are left out.

    Returns:
      A list of `top_paths` sparse i64[b, ...], and their log probabilities, f[b, top_paths].

    Raises:
      InvalidArgumentError: in a run, fewer sequences were found than wanted.
    """
    indices, values, sizes, score = ctc_beam_search_decoder_op(
        inputs,
        sequence_length,
        beam_width=beam_width,
        top_paths=top_paths,
        merge_repeated=merge_repeated,
    )
    every = zip(indices, values, sizes, strict=True)
    return [SparseTensor(*parts) for parts in every], score


def ctc_beam_search_decoder_v2(
    inputs: Any, sequence_length: Any, beam_width: int = 100, top_paths: int = 1
) -> Decoded:
    """`ctc_beam_search_decoder` whose results have all their labels."""
    return ctc_beam_search_decoder(
        inputs, sequence_length, beam_width, top_paths, merge_repeated=False
    )
