from stillflow.ops.losses.flipped import flipped_sigmoid, flipped_softmax, flipped_sparse_softmax
from stillflow.ops.nn.alpha_dropout import alpha_dropout as alpha_dropout
from stillflow.ops.nn.one_dimensional import conv1d_transpose as conv1d_transpose
from stillflow.ops.nn.scaled_softplus import scaled_softplus as scaled_softplus
from stillflow.ops.nn.top_k import nth_element as nth_element
from stillflow.ops.sampling.sparse_labels import (
    sampled_sparse_softmax_loss as sampled_sparse_softmax_loss,
)

deprecated_flipped_sigmoid_cross_entropy_with_logits = flipped_sigmoid
deprecated_flipped_softmax_cross_entropy_with_logits = flipped_softmax
deprecated_flipped_sparse_softmax_cross_entropy_with_logits = flipped_sparse_softmax
