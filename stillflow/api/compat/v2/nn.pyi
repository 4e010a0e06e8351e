from stillflow.keras.layers.recurrent.cell_wrappers import (
    DeviceWrapper,
    DropoutWrapper,
    ResidualWrapper,
)
from stillflow.layers.ctc.dense import ctc_loss_v2
from stillflow.ops.ctc.decoding import ctc_beam_search_decoder_v2
from stillflow.ops.ctc.decoding import ctc_greedy_decoder as ctc_greedy_decoder
from stillflow.ops.ctc.labels import collapse_repeated as collapse_repeated
from stillflow.ops.ctc.labels import ctc_unique_labels as ctc_unique_labels
from stillflow.ops.losses.averaged import compute_average_loss as compute_average_loss
from stillflow.ops.losses.averaged import scale_regularization_loss as scale_regularization_loss
from stillflow.ops.math.elementwise import sigmoid as sigmoid
from stillflow.ops.math.trigonometric import tanh as tanh
from stillflow.ops.nn.activations import elu as elu
from stillflow.ops.nn.activations import leaky_relu as leaky_relu
from stillflow.ops.nn.activations import relu as relu
from stillflow.ops.nn.activations import relu6 as relu6
from stillflow.ops.nn.activations import selu as selu
from stillflow.ops.nn.activations import softplus as softplus
from stillflow.ops.nn.activations import softsign as softsign
from stillflow.ops.nn.activations import swish as swish
from stillflow.ops.nn.any_rank import avg_pool_v2, max_pool_v2
from stillflow.ops.nn.any_rank import conv_transpose as conv_transpose
from stillflow.ops.nn.atrous import atrous_conv2d as atrous_conv2d
from stillflow.ops.nn.atrous import atrous_conv2d_transpose as atrous_conv2d_transpose
from stillflow.ops.nn.bias import bias_add as bias_add
from stillflow.ops.nn.depthwise import (
    depthwise_conv2d_native_backprop_filter,
    depthwise_conv2d_native_backprop_input,
)
from stillflow.ops.nn.fractional import fractional_avg_pool_v2, fractional_max_pool_v2
from stillflow.ops.nn.local_response import (
    local_response_normalization as _local_response_normalization,
)
from stillflow.ops.nn.local_response import (
    local_response_normalization as local_response_normalization,
)
from stillflow.ops.nn.logistic import log_poisson_loss as log_poisson_loss
from stillflow.ops.nn.moments import normalize_moments as normalize_moments
from stillflow.ops.nn.moments import zero_fraction as zero_fraction
from stillflow.ops.nn.normalization import batch_normalization as batch_normalization
from stillflow.ops.nn.norms import l2_loss as l2_loss
from stillflow.ops.nn.one_dimensional import avg_pool1d as avg_pool1d
from stillflow.ops.nn.one_dimensional import conv1d_transpose as conv1d_transpose
from stillflow.ops.nn.one_dimensional import max_pool1d as max_pool1d
from stillflow.ops.nn.pooling import max_pool2d as max_pool2d
from stillflow.ops.nn.pooling_3d import avg_pool3d as avg_pool3d
from stillflow.ops.nn.pooling_3d import max_pool3d as max_pool3d
from stillflow.ops.nn.space_to_batch import with_space_to_batch as with_space_to_batch
from stillflow.ops.nn.top_k import top_k as top_k
from stillflow.ops.sampling.losses import compute_accidental_hits as compute_accidental_hits
from stillflow.ops.sampling.samplers import all_candidate_sampler as all_candidate_sampler
from stillflow.ops.sampling.samplers import (
    fixed_unigram_candidate_sampler as fixed_unigram_candidate_sampler,
)
from stillflow.ops.sampling.samplers import (
    learned_unigram_candidate_sampler as learned_unigram_candidate_sampler,
)
from stillflow.ops.version2.arrays import depth_to_space_v2, space_to_batch_v2, space_to_depth_v2
from stillflow.ops.version2.mathematics import in_top_k_v2, l2_normalize_v2
from stillflow.ops.version2.networks import (
    avg_pool2d_v2,
    batch_norm_with_global_normalization_v2,
    conv1d_v2,
    conv2d_transpose_v2,
    conv2d_v2,
    conv3d_transpose_v2,
    conv3d_v2,
    convolution_v2,
    crelu_v2,
    depthwise_conv2d_v2,
    dilation2d_v2,
    dropout_v2,
    embedding_lookup_sparse_v2,
    embedding_lookup_v2,
    erosion2d_v2,
    log_softmax_v2,
    max_pool_with_argmax_v2,
    moments_v2,
    nce_loss_v2,
    pool_v2,
    safe_embedding_lookup_sparse_v2,
    sampled_softmax_loss_v2,
    separable_conv2d_v2,
    sigmoid_cross_entropy_with_logits_v2,
    softmax_v2,
    sparse_softmax_cross_entropy_with_logits_v2,
    sufficient_statistics_v2,
    weighted_cross_entropy_with_logits_v2,
    weighted_moments_v2,
)
from stillflow.ops.version2.networks import (
    softmax_cross_entropy_with_logits as softmax_cross_entropy_with_logits,
)

avg_pool = avg_pool_v2
avg_pool2d = avg_pool2d_v2
batch_norm_with_global_normalization = batch_norm_with_global_normalization_v2
conv1d = conv1d_v2
conv2d = conv2d_v2
conv2d_transpose = conv2d_transpose_v2
conv3d = conv3d_v2
conv3d_transpose = conv3d_transpose_v2
convolution = convolution_v2
crelu = crelu_v2
ctc_beam_search_decoder = ctc_beam_search_decoder_v2
ctc_loss = ctc_loss_v2
depth_to_space = depth_to_space_v2
depthwise_conv2d = depthwise_conv2d_v2
depthwise_conv2d_backprop_filter = depthwise_conv2d_native_backprop_filter
depthwise_conv2d_backprop_input = depthwise_conv2d_native_backprop_input
dropout = dropout_v2
embedding_lookup = embedding_lookup_v2
embedding_lookup_sparse = embedding_lookup_sparse_v2
in_top_k = in_top_k_v2
l2_normalize = l2_normalize_v2
log_softmax = log_softmax_v2
lrn = _local_response_normalization
max_pool = max_pool_v2
moments = moments_v2
nce_loss = nce_loss_v2
pool = pool_v2
safe_embedding_lookup_sparse = safe_embedding_lookup_sparse_v2
sampled_softmax_loss = sampled_softmax_loss_v2
separable_conv2d = separable_conv2d_v2
sigmoid_cross_entropy_with_logits = sigmoid_cross_entropy_with_logits_v2
softmax = softmax_v2
space_to_batch = space_to_batch_v2
space_to_depth = space_to_depth_v2
sparse_softmax_cross_entropy_with_logits = sparse_softmax_cross_entropy_with_logits_v2
sufficient_statistics = sufficient_statistics_v2
weighted_cross_entropy_with_logits = weighted_cross_entropy_with_logits_v2
weighted_moments = weighted_moments_v2

RNNCellDeviceWrapper = DeviceWrapper
RNNCellDropoutWrapper = DropoutWrapper
RNNCellResidualWrapper = ResidualWrapper
dilation2d = dilation2d_v2
erosion2d = erosion2d_v2
fractional_avg_pool = fractional_avg_pool_v2
fractional_max_pool = fractional_max_pool_v2
max_pool_with_argmax = max_pool_with_argmax_v2
