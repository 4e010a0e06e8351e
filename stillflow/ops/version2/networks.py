"""What networks are made of, with version 2's parameters."""

from __future__ import annotations

from typing import Any

from stillflow.declare.respelling import respelled
from stillflow.graph.operation import Tensor
from stillflow.ops.nn import (
    activations,
    any_rank,
    convolution,
    convolution_3d,
    cross_entropy,
    embedding,
    logistic,
    moments,
    morphology,
    sparse_embedding,
)
from stillflow.ops.nn.depthwise import depthwise_conv2d, separable_conv2d
from stillflow.ops.nn.dropout import dropout
from stillflow.ops.nn.normalization import batch_norm_with_global_normalization
from stillflow.ops.nn.one_dimensional import conv1d
from stillflow.ops.nn.pooling import avg_pool2d
from stillflow.ops.nn.pooling_argmax import max_pool_with_argmax
from stillflow.ops.nn.softmax import log_softmax, softmax
from stillflow.ops.sampling import losses

_STRIDED = "strides! padding! data_format dilations name"
_TRANSPOSED = "input! filters=filter! output_shape! strides! padding data_format dilations name"
_CONSECUTIVE = {"partition_strategy": "div"}
_SAMPLED = "weights biases labels inputs num_sampled num_classes num_true sampled_values"

batch_norm_with_global_normalization_v2 = respelled(
    batch_norm_with_global_normalization,
    "input=t mean=m variance=v beta gamma variance_epsilon scale_after_normalization name",
)
conv1d_v2 = respelled(
    conv1d, "input! filters! stride! padding! data_format dilations name", data_format="NWC"
)
conv2d_v2 = respelled(convolution.conv2d, f"input filters=filter! {_STRIDED}", dilations=None)
conv2d_transpose_v2 = respelled(convolution.conv2d_transpose, _TRANSPOSED, dilations=None)
conv3d_v2 = respelled(convolution_3d.conv3d, f"input filters=filter! {_STRIDED}", dilations=None)
conv3d_transpose_v2 = respelled(
    convolution_3d.conv3d_transpose,
    _TRANSPOSED.replace("input!", "input=value!"),
    dilations=None,
)
convolution_v2 = respelled(
    any_rank.convolution,
    "input filters=filter strides padding data_format dilations=dilation_rate name",
    padding="VALID",
)
crelu_v2 = respelled(activations.crelu, "features axis name")
depthwise_conv2d_v2 = respelled(
    depthwise_conv2d, "input filter strides padding data_format dilations=rate name"
)
dropout_v2 = respelled(dropout, "x rate! noise_shape seed name")
embedding_lookup_v2 = respelled(
    embedding.embedding_lookup, "params ids max_norm name", fixed=_CONSECUTIVE
)
embedding_lookup_sparse_v2 = respelled(
    sparse_embedding.embedding_lookup_sparse,
    "params sp_ids sp_weights combiner max_norm name",
    fixed=_CONSECUTIVE,
)
safe_embedding_lookup_sparse_v2 = respelled(
    sparse_embedding.safe_embedding_lookup_sparse,
    "embedding_weights sparse_ids sparse_weights combiner default_id max_norm name",
    fixed=_CONSECUTIVE,
)
log_softmax_v2 = respelled(log_softmax, "logits axis name")
nce_loss_v2 = respelled(
    losses.nce_loss, f"{_SAMPLED} remove_accidental_hits name", fixed=_CONSECUTIVE
)
sampled_softmax_loss_v2 = respelled(
    losses.sampled_softmax_loss, f"{_SAMPLED} remove_accidental_hits seed name", fixed=_CONSECUTIVE
)
moments_v2 = respelled(moments.moments, "x axes shift keepdims name", keepdims=False)
pool_v2 = respelled(
    any_rank.pool,
    "input window_shape pooling_type strides padding data_format dilations=dilation_rate name",
    padding="VALID",
)
separable_conv2d_v2 = respelled(
    separable_conv2d,
    "input depthwise_filter pointwise_filter strides padding data_format dilations=rate name",
)
sigmoid_cross_entropy_with_logits_v2 = respelled(
    logistic.sigmoid_cross_entropy_with_logits, "labels logits name"
)
softmax_v2 = respelled(softmax, "logits axis name")
softmax_cross_entropy_with_logits = respelled(
    cross_entropy.softmax_cross_entropy_with_logits_v2, "labels! logits! axis name", axis=-1
)
sparse_softmax_cross_entropy_with_logits_v2 = respelled(
    cross_entropy.sparse_softmax_cross_entropy_with_logits, "labels! logits! name"
)
sufficient_statistics_v2 = respelled(
    moments.sufficient_statistics, "x axes shift keepdims name", keepdims=False
)
weighted_cross_entropy_with_logits_v2 = respelled(
    logistic.weighted_cross_entropy_with_logits, "labels! logits! pos_weight! name"
)
weighted_moments_v2 = respelled(
    moments.weighted_moments, "x axes frequency_weights keepdims name", keepdims=False
)


def avg_pool2d_v2(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    name: str | None = None,
) -> Tensor:
    """`avg_pool2d` under a default name of its own."""
    return avg_pool2d(input, ksize, strides, padding, data_format, name or "AvgPool2D")


max_pool_with_argmax_v2 = respelled(
    max_pool_with_argmax,
    "input ksize strides padding data_format output_dtype include_batch_in_index name",
)


def dilation2d_v2(
    input: Any,
    filters: Any,
    strides: Any,
    padding: str,
    data_format: str,
    dilations: Any,
    name: str | None = None,
) -> Tensor:
    """`tf.nn.dilation2d`, whose `data_format` must be "NHWC"; ValueError for another."""
    _check_channels_last(data_format)
    return morphology.dilation2d(input, filters, strides, dilations, padding, name)


def erosion2d_v2(
    value: Any,
    filters: Any,
    strides: Any,
    padding: str,
    data_format: str,
    dilations: Any,
    name: str | None = None,
) -> Tensor:
    """`tf.nn.erosion2d`, whose `data_format` must be "NHWC"; ValueError for another."""
    _check_channels_last(data_format)
    return morphology.erosion2d(value, filters, strides, dilations, padding, name)


def _check_channels_last(data_format: str) -> None:
    if data_format != "NHWC":
        raise ValueError("Data formats other than NHWC are not yet supported")
