from stillflow.api.contrib import layers as layers
from stillflow.api.contrib import losses as losses
from stillflow.api.contrib.slim import learning as learning
from stillflow.api.contrib.slim import model_analyzer as model_analyzer
from stillflow.api.contrib.slim import summaries as summaries
from stillflow.api.contrib.slim import utils as utils
from stillflow.layers.contrib.arranging import images_to_sequence as images_to_sequence
from stillflow.layers.contrib.arranging import maxout as maxout
from stillflow.layers.contrib.arranging import one_hot_encoding as one_hot_encoding
from stillflow.layers.contrib.arranging import sequence_to_images as sequence_to_images
from stillflow.layers.contrib.arranging import softmax as softmax
from stillflow.layers.contrib.biased import bias_add as bias_add
from stillflow.layers.contrib.biased import conv2d_in_plane as conv2d_in_plane
from stillflow.layers.contrib.biased import convolution2d_in_plane as convolution2d_in_plane
from stillflow.layers.contrib.biased import legacy_fully_connected as legacy_fully_connected
from stillflow.layers.contrib.biased import legacy_linear as legacy_linear
from stillflow.layers.contrib.biased import legacy_relu as legacy_relu
from stillflow.layers.contrib.clipping import adaptive_clipping_fn as adaptive_clipping_fn
from stillflow.layers.contrib.composing import repeat as repeat
from stillflow.layers.contrib.composing import stack as stack
from stillflow.layers.contrib.dense import dropout as dropout
from stillflow.layers.contrib.dense import elu as elu
from stillflow.layers.contrib.dense import flatten as flatten
from stillflow.layers.contrib.dense import fully_connected as fully_connected
from stillflow.layers.contrib.dense import linear as linear
from stillflow.layers.contrib.dense import relu as relu
from stillflow.layers.contrib.dense import relu6 as relu6
from stillflow.layers.contrib.embedding import embed_sequence as embed_sequence
from stillflow.layers.contrib.embedding import embedding_lookup_unique as embedding_lookup_unique
from stillflow.layers.contrib.norms import group_norm as group_norm
from stillflow.layers.contrib.norms import instance_norm as instance_norm
from stillflow.layers.contrib.norms import layer_norm as layer_norm
from stillflow.layers.contrib.norms import unit_norm as unit_norm
from stillflow.layers.contrib.optimizing import OPTIMIZER_CLS_NAMES as OPTIMIZER_CLS_NAMES
from stillflow.layers.contrib.optimizing import OPTIMIZER_SUMMARIES as OPTIMIZER_SUMMARIES
from stillflow.layers.contrib.optimizing import optimize_loss as optimize_loss
from stillflow.layers.contrib.spatial import spatial_softmax as spatial_softmax
from stillflow.layers.contrib.summarizing import summarize_activation as summarize_activation
from stillflow.layers.contrib.summarizing import summarize_activations as summarize_activations
from stillflow.layers.contrib.summarizing import summarize_biases as summarize_biases
from stillflow.layers.contrib.summarizing import summarize_collection as summarize_collection
from stillflow.layers.contrib.summarizing import summarize_tensor as summarize_tensor
from stillflow.layers.contrib.summarizing import summarize_tensors as summarize_tensors
from stillflow.layers.contrib.summarizing import summarize_variables as summarize_variables
from stillflow.layers.contrib.summarizing import summarize_weights as summarize_weights
from stillflow.ops.variables import contrib_initializers
from stillflow.ops.variables import regularizers as regularizers
from stillflow.ops.variables.contrib_initializers import (
    variance_scaling_initializer as variance_scaling_initializer,
)
from stillflow.ops.variables.contrib_initializers import xavier_initializer as xavier_initializer
from stillflow.ops.variables.contrib_initializers import (
    xavier_initializer_conv2d as xavier_initializer_conv2d,
)
from stillflow.ops.variables.device_chooser import VariableDeviceChooser as VariableDeviceChooser
from stillflow.ops.variables.model_variables import add_model_variable as add_model_variable
from stillflow.ops.variables.model_variables import global_variable as global_variable
from stillflow.ops.variables.model_variables import local_variable as local_variable
from stillflow.ops.variables.model_variables import model_variable as model_variable
from stillflow.ops.variables.model_variables import variable as variable
from stillflow.ops.variables.regularizers import apply_regularization as apply_regularization
from stillflow.ops.variables.regularizers import l1_l2_regularizer as l1_l2_regularizer
from stillflow.ops.variables.regularizers import l1_regularizer as l1_regularizer
from stillflow.ops.variables.regularizers import l2_regularizer as l2_regularizer
from stillflow.ops.variables.regularizers import sum_regularizer as sum_regularizer
from stillflow.platform.arg_scope import add_arg_scope as add_arg_scope
from stillflow.platform.arg_scope import arg_scope as arg_scope
from stillflow.platform.arg_scope import arg_scoped_arguments as arg_scoped_arguments
from stillflow.platform.arg_scope import current_arg_scope as current_arg_scope
from stillflow.platform.arg_scope import has_arg_scope as has_arg_scope
from stillflow.platform.deprecation import deprecated as deprecated
from stillflow.platform.deprecation import deprecated_arg_values as deprecated_arg_values
from stillflow.train.contrib_variables import assert_or_get_global_step as assert_or_get_global_step
from stillflow.train.contrib_variables import assign_from_checkpoint as assign_from_checkpoint
from stillflow.train.contrib_variables import assign_from_checkpoint_fn as assign_from_checkpoint_fn
from stillflow.train.contrib_variables import assign_from_values as assign_from_values
from stillflow.train.contrib_variables import assign_from_values_fn as assign_from_values_fn
from stillflow.train.contrib_variables import filter_variables as filter_variables
from stillflow.train.contrib_variables import get_local_variables as get_local_variables
from stillflow.train.contrib_variables import get_model_variables as get_model_variables
from stillflow.train.contrib_variables import get_trainable_variables as get_trainable_variables
from stillflow.train.contrib_variables import get_unique_variable as get_unique_variable
from stillflow.train.contrib_variables import get_variable_full_name as get_variable_full_name
from stillflow.train.contrib_variables import get_variables as get_variables
from stillflow.train.contrib_variables import get_variables_by_name as get_variables_by_name
from stillflow.train.contrib_variables import get_variables_by_suffix as get_variables_by_suffix
from stillflow.train.contrib_variables import get_variables_to_restore as get_variables_to_restore
from stillflow.train.training_util import assert_global_step as assert_global_step
from stillflow.train.training_util import create_global_step as create_global_step
from stillflow.train.training_util import get_global_step as get_global_step
from stillflow.train.training_util import get_or_create_global_step as get_or_create_global_step

initializers = contrib_initializers
