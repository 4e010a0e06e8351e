from stillflow.ops.losses.collected import add_loss as add_loss
from stillflow.ops.losses.collected import get_losses as get_losses
from stillflow.ops.losses.collected import get_regularization_loss as get_regularization_loss
from stillflow.ops.losses.collected import get_regularization_losses as get_regularization_losses
from stillflow.ops.losses.collected import get_total_loss as get_total_loss
from stillflow.ops.losses.functions import absolute_difference as absolute_difference
from stillflow.ops.losses.functions import cosine_distance as cosine_distance
from stillflow.ops.losses.functions import hinge_loss as hinge_loss
from stillflow.ops.losses.functions import huber_loss as huber_loss
from stillflow.ops.losses.functions import log_loss as log_loss
from stillflow.ops.losses.functions import (
    mean_pairwise_squared_error as mean_pairwise_squared_error,
)
from stillflow.ops.losses.functions import mean_squared_error as mean_squared_error
from stillflow.ops.losses.functions import sigmoid_cross_entropy as sigmoid_cross_entropy
from stillflow.ops.losses.functions import softmax_cross_entropy as softmax_cross_entropy
from stillflow.ops.losses.functions import (
    sparse_softmax_cross_entropy as sparse_softmax_cross_entropy,
)
from stillflow.ops.losses.weighting import Reduction as Reduction
from stillflow.ops.losses.weighting import compute_weighted_loss as compute_weighted_loss
