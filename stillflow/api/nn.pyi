from typing import Any

from stillflow.ops.array.blocks import depth_to_space as depth_to_space
from stillflow.ops.array.blocks import space_to_batch as space_to_batch
from stillflow.ops.array.blocks import space_to_depth as space_to_depth
from stillflow.ops.embedding import embedding_lookup as embedding_lookup
from stillflow.ops.math import sigmoid as sigmoid
from stillflow.ops.math import tanh as tanh
from stillflow.ops.nn import atrous_conv2d as atrous_conv2d
from stillflow.ops.nn import avg_pool as avg_pool
from stillflow.ops.nn import avg_pool1d as avg_pool1d
from stillflow.ops.nn import avg_pool2d as avg_pool2d
from stillflow.ops.nn import avg_pool_v2 as avg_pool_v2
from stillflow.ops.nn import (
    batch_norm_with_global_normalization as batch_norm_with_global_normalization,
)
from stillflow.ops.nn import batch_normalization as batch_normalization
from stillflow.ops.nn import bias_add as bias_add
from stillflow.ops.nn import conv1d as conv1d
from stillflow.ops.nn import conv2d as conv2d
from stillflow.ops.nn import conv2d_backprop_filter as conv2d_backprop_filter
from stillflow.ops.nn import conv2d_backprop_input as conv2d_backprop_input
from stillflow.ops.nn import conv2d_transpose as conv2d_transpose
from stillflow.ops.nn import convolution as convolution
from stillflow.ops.nn import crelu as crelu
from stillflow.ops.nn import depthwise_conv2d as depthwise_conv2d
from stillflow.ops.nn import depthwise_conv2d_native as depthwise_conv2d_native
from stillflow.ops.nn import (
    depthwise_conv2d_native_backprop_filter as depthwise_conv2d_backprop_filter,
)
from stillflow.ops.nn import (
    depthwise_conv2d_native_backprop_filter as depthwise_conv2d_native_backprop_filter,
)
from stillflow.ops.nn import (
    depthwise_conv2d_native_backprop_input as depthwise_conv2d_backprop_input,
)
from stillflow.ops.nn import (
    depthwise_conv2d_native_backprop_input as depthwise_conv2d_native_backprop_input,
)
from stillflow.ops.nn import dropout as dropout
from stillflow.ops.nn import elu as elu
from stillflow.ops.nn import fused_batch_norm as fused_batch_norm
from stillflow.ops.nn import in_top_k as in_top_k
from stillflow.ops.nn import l2_loss as l2_loss
from stillflow.ops.nn import l2_normalize as l2_normalize
from stillflow.ops.nn import leaky_relu as leaky_relu
from stillflow.ops.nn import local_response_normalization as local_response_normalization
from stillflow.ops.nn import local_response_normalization as lrn
from stillflow.ops.nn import log_poisson_loss as log_poisson_loss
from stillflow.ops.nn import log_softmax as log_softmax
from stillflow.ops.nn import max_pool as max_pool
from stillflow.ops.nn import max_pool1d as max_pool1d
from stillflow.ops.nn import max_pool2d as max_pool2d
from stillflow.ops.nn import max_pool_v2 as max_pool_v2
from stillflow.ops.nn import moments as moments
from stillflow.ops.nn import normalize_moments as normalize_moments
from stillflow.ops.nn import relu as relu
from stillflow.ops.nn import relu6 as relu6
from stillflow.ops.nn import relu_layer as relu_layer
from stillflow.ops.nn import selu as selu
from stillflow.ops.nn import separable_conv2d as separable_conv2d
from stillflow.ops.nn import (
    sigmoid_cross_entropy_with_logits as sigmoid_cross_entropy_with_logits,
)
from stillflow.ops.nn import softmax as softmax
from stillflow.ops.nn import (
    softmax_cross_entropy_with_logits as softmax_cross_entropy_with_logits,
)
from stillflow.ops.nn import (
    softmax_cross_entropy_with_logits_v2 as softmax_cross_entropy_with_logits_v2,
)
from stillflow.ops.nn import softplus as softplus
from stillflow.ops.nn import softsign as softsign
from stillflow.ops.nn import (
    sparse_softmax_cross_entropy_with_logits as sparse_softmax_cross_entropy_with_logits,
)
from stillflow.ops.nn import sufficient_statistics as sufficient_statistics
from stillflow.ops.nn import swish as swish
from stillflow.ops.nn import top_k as top_k
from stillflow.ops.nn import (
    weighted_cross_entropy_with_logits as weighted_cross_entropy_with_logits,
)
from stillflow.ops.nn import weighted_moments as weighted_moments
from stillflow.ops.nn import xw_plus_b as xw_plus_b
from stillflow.ops.nn import zero_fraction as zero_fraction

def __getattr__(name: str) -> Any: ...
