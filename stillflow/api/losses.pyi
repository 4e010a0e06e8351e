from typing import Any

from stillflow.ops.losses import Reduction as Reduction
from stillflow.ops.losses import absolute_difference as absolute_difference
from stillflow.ops.losses import add_loss as add_loss
from stillflow.ops.losses import compute_weighted_loss as compute_weighted_loss
from stillflow.ops.losses import cosine_distance as cosine_distance
from stillflow.ops.losses import get_losses as get_losses
from stillflow.ops.losses import get_regularization_loss as get_regularization_loss
from stillflow.ops.losses import get_regularization_losses as get_regularization_losses
from stillflow.ops.losses import get_total_loss as get_total_loss
from stillflow.ops.losses import hinge_loss as hinge_loss
from stillflow.ops.losses import huber_loss as huber_loss
from stillflow.ops.losses import log_loss as log_loss
from stillflow.ops.losses import (
    mean_pairwise_squared_error as mean_pairwise_squared_error,
)
from stillflow.ops.losses import mean_squared_error as mean_squared_error
from stillflow.ops.losses import sigmoid_cross_entropy as sigmoid_cross_entropy
from stillflow.ops.losses import softmax_cross_entropy as softmax_cross_entropy
from stillflow.ops.losses import (
    sparse_softmax_cross_entropy as sparse_softmax_cross_entropy,
)

def __getattr__(name: str) -> Any: ...
