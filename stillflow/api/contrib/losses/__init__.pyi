from stillflow.api.contrib.losses import metric_learning as metric_learning
from stillflow.ops.losses.contrib_losses import absolute_difference as absolute_difference
from stillflow.ops.losses.contrib_losses import cosine_distance as cosine_distance
from stillflow.ops.losses.contrib_losses import get_losses as get_losses
from stillflow.ops.losses.contrib_losses import (
    get_regularization_losses as get_regularization_losses,
)
from stillflow.ops.losses.contrib_losses import get_total_loss as get_total_loss
from stillflow.ops.losses.contrib_losses import hinge_loss as hinge_loss
from stillflow.ops.losses.contrib_losses import log_loss as log_loss
from stillflow.ops.losses.contrib_losses import (
    mean_pairwise_squared_error as mean_pairwise_squared_error,
)
from stillflow.ops.losses.contrib_losses import mean_squared_error as mean_squared_error
from stillflow.ops.losses.contrib_losses import sigmoid_cross_entropy as sigmoid_cross_entropy
from stillflow.ops.losses.contrib_losses import softmax_cross_entropy as softmax_cross_entropy
from stillflow.ops.losses.contrib_losses import (
    sparse_softmax_cross_entropy as sparse_softmax_cross_entropy,
)
from stillflow.ops.losses.contrib_weighting import add_loss as add_loss
from stillflow.ops.losses.contrib_weighting import compute_weighted_loss as compute_weighted_loss
