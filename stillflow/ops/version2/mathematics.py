"""Arithmetic, reductions and random numbers, with version 2's parameters."""

from __future__ import annotations

from stillflow.declare.respelling import respelled
from stillflow.graph.random_seed import set_random_seed
from stillflow.ops.linalg.norms import norm
from stillflow.ops.math.arithmetic import scalar_mul
from stillflow.ops.math.confusion import confusion_matrix
from stillflow.ops.nn.norms import l2_normalize
from stillflow.ops.nn.top_k import in_top_k
from stillflow.ops.random.drawing import random_poisson
from stillflow.ops.reduce import argmax as arguments
from stillflow.ops.reduce import composed, reductions, segments

_REDUCED = "input_tensor axis keepdims name"
_SEGMENTS = "data indices segment_ids num_segments name"

argmax_v2 = respelled(arguments.argmax, "input axis output_type name")
argmin_v2 = respelled(arguments.argmin, "input axis output_type name")
confusion_matrix_v2 = respelled(
    confusion_matrix, "labels predictions num_classes weights dtype name"
)
count_nonzero_v2 = respelled(composed.count_nonzero, "input=input_tensor! axis keepdims dtype name")
in_top_k_v2 = respelled(in_top_k, "targets predictions k name")
l2_normalize_v2 = respelled(l2_normalize, "x axis epsilon name")
norm_v2 = respelled(norm, "tensor ord axis keepdims name")
random_poisson_v2 = respelled(random_poisson, "shape lam dtype seed name")
scalar_mul_v2 = respelled(scalar_mul, "scalar x name")
set_seed = respelled(set_random_seed, "seed")

reduce_all_v2 = respelled(reductions.reduce_all, _REDUCED, keepdims=False)
reduce_any_v2 = respelled(reductions.reduce_any, _REDUCED, keepdims=False)
reduce_logsumexp_v2 = respelled(composed.reduce_logsumexp, _REDUCED, keepdims=False)
reduce_max_v2 = respelled(reductions.reduce_max, _REDUCED, keepdims=False)
reduce_mean_v2 = respelled(reductions.reduce_mean, _REDUCED, keepdims=False)
reduce_min_v2 = respelled(reductions.reduce_min, _REDUCED, keepdims=False)
reduce_prod_v2 = respelled(reductions.reduce_prod, _REDUCED, keepdims=False)
reduce_sum_v2 = respelled(reductions.reduce_sum, _REDUCED, keepdims=False)
sparse_segment_mean_v2 = respelled(segments.sparse_segment_mean, _SEGMENTS)
sparse_segment_sqrt_n_v2 = respelled(segments.sparse_segment_sqrt_n, _SEGMENTS)
sparse_segment_sum_v2 = respelled(segments.sparse_segment_sum, _SEGMENTS)
