from stillflow.layers.contrib.norms import group_norm as group_norm
from stillflow.layers.contrib.norms import instance_norm as instance_norm
from stillflow.layers.contrib.norms import layer_norm as layer_norm
from stillflow.layers.contrib.norms import unit_norm as unit_norm
from stillflow.layers.contrib.optimizing import OPTIMIZER_CLS_NAMES as OPTIMIZER_CLS_NAMES
from stillflow.layers.contrib.optimizing import OPTIMIZER_SUMMARIES as OPTIMIZER_SUMMARIES
from stillflow.layers.contrib.optimizing import optimize_loss as optimize_loss
from stillflow.layers.contrib.summarizing import summarize_activation as summarize_activation
from stillflow.layers.contrib.summarizing import summarize_activations as summarize_activations
from stillflow.layers.contrib.summarizing import summarize_collection as summarize_collection
from stillflow.layers.contrib.summarizing import summarize_tensor as summarize_tensor
from stillflow.layers.contrib.summarizing import summarize_tensors as summarize_tensors
from stillflow.ops.variables.contrib_initializers import (
    variance_scaling_initializer as variance_scaling_initializer,
)
from stillflow.ops.variables.contrib_initializers import xavier_initializer as xavier_initializer
from stillflow.ops.variables.contrib_initializers import (
    xavier_initializer_conv2d as xavier_initializer_conv2d,
)
from stillflow.ops.variables.regularizers import apply_regularization as apply_regularization
from stillflow.ops.variables.regularizers import l1_l2_regularizer as l1_l2_regularizer
from stillflow.ops.variables.regularizers import l1_regularizer as l1_regularizer
from stillflow.ops.variables.regularizers import l2_regularizer as l2_regularizer
from stillflow.ops.variables.regularizers import sum_regularizer as sum_regularizer
