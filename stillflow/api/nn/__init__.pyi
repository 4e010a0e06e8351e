from stillflow.api.nn import rnn_cell as rnn_cell
from stillflow.layers.ctc.dense import ctc_loss_v2 as ctc_loss_v2
from stillflow.layers.recurrent.bidirectional import (
    bidirectional_dynamic_rnn as bidirectional_dynamic_rnn,
)
from stillflow.layers.recurrent.bidirectional import (
    static_bidirectional_rnn as static_bidirectional_rnn,
)
from stillflow.layers.recurrent.dynamic import dynamic_rnn as dynamic_rnn
from stillflow.layers.recurrent.raw import raw_rnn as raw_rnn
from stillflow.layers.recurrent.static import static_rnn as static_rnn
from stillflow.layers.recurrent.static import static_state_saving_rnn as static_state_saving_rnn
from stillflow.ops.array.blocks import depth_to_space as depth_to_space
from stillflow.ops.array.blocks import space_to_batch as space_to_batch
from stillflow.ops.array.blocks import space_to_depth as space_to_depth
from stillflow.ops.ctc.decoding import ctc_beam_search_decoder as ctc_beam_search_decoder
from stillflow.ops.ctc.decoding import ctc_beam_search_decoder_v2 as ctc_beam_search_decoder_v2
from stillflow.ops.ctc.decoding import ctc_greedy_decoder as ctc_greedy_decoder
from stillflow.ops.ctc.labels import collapse_repeated as collapse_repeated
from stillflow.ops.ctc.labels import ctc_unique_labels as ctc_unique_labels
from stillflow.ops.ctc.loss import ctc_loss as ctc_loss
from stillflow.ops.losses.averaged import compute_average_loss as compute_average_loss
from stillflow.ops.losses.averaged import scale_regularization_loss as scale_regularization_loss
from stillflow.ops.math.elementwise import sigmoid as sigmoid
from stillflow.ops.math.trigonometric import tanh as tanh
from stillflow.ops.nn.activations import crelu as crelu
from stillflow.ops.nn.activations import elu as elu
from stillflow.ops.nn.activations import leaky_relu as leaky_relu
from stillflow.ops.nn.activations import relu as relu
from stillflow.ops.nn.activations import relu6 as relu6
from stillflow.ops.nn.activations import selu as selu
from stillflow.ops.nn.activations import softplus as softplus
from stillflow.ops.nn.activations import softsign as softsign
from stillflow.ops.nn.activations import swish as swish
from stillflow.ops.nn.any_rank import avg_pool_v2 as avg_pool_v2
from stillflow.ops.nn.any_rank import conv_transpose as conv_transpose
from stillflow.ops.nn.any_rank import convolution as convolution
from stillflow.ops.nn.any_rank import max_pool_v2 as max_pool_v2
from stillflow.ops.nn.any_rank import pool as pool
from stillflow.ops.nn.atrous import atrous_conv2d as atrous_conv2d
from stillflow.ops.nn.atrous import atrous_conv2d_transpose as atrous_conv2d_transpose
from stillflow.ops.nn.bias import bias_add as bias_add
from stillflow.ops.nn.bias import relu_layer as relu_layer
from stillflow.ops.nn.bias import xw_plus_b as xw_plus_b
from stillflow.ops.nn.convolution import conv2d as conv2d
from stillflow.ops.nn.convolution import conv2d_backprop_filter as conv2d_backprop_filter
from stillflow.ops.nn.convolution import conv2d_backprop_input as conv2d_backprop_input
from stillflow.ops.nn.convolution import conv2d_transpose as conv2d_transpose
from stillflow.ops.nn.convolution_3d import conv3d as conv3d
from stillflow.ops.nn.convolution_3d import conv3d_backprop_filter as conv3d_backprop_filter
from stillflow.ops.nn.convolution_3d import conv3d_transpose as conv3d_transpose
from stillflow.ops.nn.cross_entropy import (
    softmax_cross_entropy_with_logits as softmax_cross_entropy_with_logits,
)
from stillflow.ops.nn.cross_entropy import (
    softmax_cross_entropy_with_logits_v2 as softmax_cross_entropy_with_logits_v2,
)
from stillflow.ops.nn.cross_entropy import (
    sparse_softmax_cross_entropy_with_logits as sparse_softmax_cross_entropy_with_logits,
)
from stillflow.ops.nn.depthwise import depthwise_conv2d as depthwise_conv2d
from stillflow.ops.nn.depthwise import depthwise_conv2d_native as depthwise_conv2d_native
from stillflow.ops.nn.depthwise import (
    depthwise_conv2d_native_backprop_filter as depthwise_conv2d_native_backprop_filter,
)
from stillflow.ops.nn.depthwise import (
    depthwise_conv2d_native_backprop_input as depthwise_conv2d_native_backprop_input,
)
from stillflow.ops.nn.depthwise import separable_conv2d as separable_conv2d
from stillflow.ops.nn.dropout import dropout as dropout
from stillflow.ops.nn.embedding import embedding_lookup as embedding_lookup
from stillflow.ops.nn.fractional import fractional_avg_pool as fractional_avg_pool
from stillflow.ops.nn.fractional import fractional_max_pool as fractional_max_pool
from stillflow.ops.nn.fused_batch_norm import fused_batch_norm as fused_batch_norm
from stillflow.ops.nn.local_response import (
    local_response_normalization as local_response_normalization,
)
from stillflow.ops.nn.logistic import log_poisson_loss as log_poisson_loss
from stillflow.ops.nn.logistic import (
    sigmoid_cross_entropy_with_logits as sigmoid_cross_entropy_with_logits,
)
from stillflow.ops.nn.logistic import (
    weighted_cross_entropy_with_logits as weighted_cross_entropy_with_logits,
)
from stillflow.ops.nn.moments import moments as moments
from stillflow.ops.nn.moments import normalize_moments as normalize_moments
from stillflow.ops.nn.moments import sufficient_statistics as sufficient_statistics
from stillflow.ops.nn.moments import weighted_moments as weighted_moments
from stillflow.ops.nn.moments import zero_fraction as zero_fraction
from stillflow.ops.nn.morphology import dilation2d as dilation2d
from stillflow.ops.nn.morphology import erosion2d as erosion2d
from stillflow.ops.nn.normalization import (
    batch_norm_with_global_normalization as batch_norm_with_global_normalization,
)
from stillflow.ops.nn.normalization import batch_normalization as batch_normalization
from stillflow.ops.nn.norms import l2_loss as l2_loss
from stillflow.ops.nn.norms import l2_normalize as l2_normalize
from stillflow.ops.nn.one_dimensional import avg_pool1d as avg_pool1d
from stillflow.ops.nn.one_dimensional import conv1d as conv1d
from stillflow.ops.nn.one_dimensional import conv1d_transpose as conv1d_transpose
from stillflow.ops.nn.one_dimensional import max_pool1d as max_pool1d
from stillflow.ops.nn.pooling import avg_pool as avg_pool
from stillflow.ops.nn.pooling import avg_pool2d as avg_pool2d
from stillflow.ops.nn.pooling import max_pool as max_pool
from stillflow.ops.nn.pooling import max_pool2d as max_pool2d
from stillflow.ops.nn.pooling_3d import avg_pool3d as avg_pool3d
from stillflow.ops.nn.pooling_3d import max_pool3d as max_pool3d
from stillflow.ops.nn.pooling_argmax import max_pool_with_argmax as max_pool_with_argmax
from stillflow.ops.nn.softmax import log_softmax as log_softmax
from stillflow.ops.nn.softmax import softmax as softmax
from stillflow.ops.nn.space_to_batch import with_space_to_batch as with_space_to_batch
from stillflow.ops.nn.sparse_embedding import embedding_lookup_sparse as embedding_lookup_sparse
from stillflow.ops.nn.sparse_embedding import (
    safe_embedding_lookup_sparse as safe_embedding_lookup_sparse,
)
from stillflow.ops.nn.top_k import in_top_k as in_top_k
from stillflow.ops.nn.top_k import top_k as top_k
from stillflow.ops.sampling.losses import compute_accidental_hits as compute_accidental_hits
from stillflow.ops.sampling.losses import nce_loss as nce_loss
from stillflow.ops.sampling.losses import sampled_softmax_loss as sampled_softmax_loss
from stillflow.ops.sampling.samplers import all_candidate_sampler as all_candidate_sampler
from stillflow.ops.sampling.samplers import (
    fixed_unigram_candidate_sampler as fixed_unigram_candidate_sampler,
)
from stillflow.ops.sampling.samplers import (
    learned_unigram_candidate_sampler as learned_unigram_candidate_sampler,
)
from stillflow.ops.sampling.samplers import (
    log_uniform_candidate_sampler as log_uniform_candidate_sampler,
)
from stillflow.ops.sampling.samplers import uniform_candidate_sampler as uniform_candidate_sampler

conv3d_backprop_filter_v2 = conv3d_backprop_filter
depthwise_conv2d_backprop_filter = depthwise_conv2d_native_backprop_filter
depthwise_conv2d_backprop_input = depthwise_conv2d_native_backprop_input
lrn = local_response_normalization
