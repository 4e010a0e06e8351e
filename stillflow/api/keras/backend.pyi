from stillflow.graph.scopes import name_scope as name_scope
from stillflow.keras.backend.activations import dropout as dropout
from stillflow.keras.backend.activations import elu as elu
from stillflow.keras.backend.activations import hard_sigmoid as hard_sigmoid
from stillflow.keras.backend.activations import in_top_k as in_top_k
from stillflow.keras.backend.activations import l2_normalize as l2_normalize
from stillflow.keras.backend.activations import relu as relu
from stillflow.keras.backend.activations import sigmoid as sigmoid
from stillflow.keras.backend.activations import softmax as softmax
from stillflow.keras.backend.activations import softplus as softplus
from stillflow.keras.backend.activations import softsign as softsign
from stillflow.keras.backend.activations import tanh as tanh
from stillflow.keras.backend.arranging import arange as arange
from stillflow.keras.backend.arranging import batch_flatten as batch_flatten
from stillflow.keras.backend.arranging import concatenate as concatenate
from stillflow.keras.backend.arranging import expand_dims as expand_dims
from stillflow.keras.backend.arranging import flatten as flatten
from stillflow.keras.backend.arranging import gather as gather
from stillflow.keras.backend.arranging import one_hot as one_hot
from stillflow.keras.backend.arranging import permute_dimensions as permute_dimensions
from stillflow.keras.backend.arranging import repeat as repeat
from stillflow.keras.backend.arranging import repeat_elements as repeat_elements
from stillflow.keras.backend.arranging import reshape as reshape
from stillflow.keras.backend.arranging import reverse as reverse
from stillflow.keras.backend.arranging import squeeze as squeeze
from stillflow.keras.backend.arranging import stack as stack
from stillflow.keras.backend.arranging import tile as tile
from stillflow.keras.backend.arranging import transpose as transpose
from stillflow.keras.backend.bias import bias_add as bias_add
from stillflow.keras.backend.choosing import in_test_phase as in_test_phase
from stillflow.keras.backend.choosing import in_train_phase as in_train_phase
from stillflow.keras.backend.choosing import switch as switch
from stillflow.keras.backend.convolution import conv1d as conv1d
from stillflow.keras.backend.convolution import conv2d as conv2d
from stillflow.keras.backend.convolution import conv3d as conv3d
from stillflow.keras.backend.convolution import separable_conv2d as separable_conv2d
from stillflow.keras.backend.cross_entropy import binary_crossentropy as binary_crossentropy
from stillflow.keras.backend.cross_entropy import (
    categorical_crossentropy as categorical_crossentropy,
)
from stillflow.keras.backend.cross_entropy import (
    sparse_categorical_crossentropy as sparse_categorical_crossentropy,
)
from stillflow.keras.backend.ctc import ctc_batch_cost as ctc_batch_cost
from stillflow.keras.backend.ctc import ctc_decode as ctc_decode
from stillflow.keras.backend.ctc import ctc_label_dense_to_sparse as ctc_label_dense_to_sparse
from stillflow.keras.backend.elementwise import abs_, pow_, round_
from stillflow.keras.backend.elementwise import clip as clip
from stillflow.keras.backend.elementwise import cos as cos
from stillflow.keras.backend.elementwise import equal as equal
from stillflow.keras.backend.elementwise import exp as exp
from stillflow.keras.backend.elementwise import greater as greater
from stillflow.keras.backend.elementwise import greater_equal as greater_equal
from stillflow.keras.backend.elementwise import less as less
from stillflow.keras.backend.elementwise import less_equal as less_equal
from stillflow.keras.backend.elementwise import log as log
from stillflow.keras.backend.elementwise import maximum as maximum
from stillflow.keras.backend.elementwise import minimum as minimum
from stillflow.keras.backend.elementwise import not_equal as not_equal
from stillflow.keras.backend.elementwise import sign as sign
from stillflow.keras.backend.elementwise import sin as sin
from stillflow.keras.backend.elementwise import sqrt as sqrt
from stillflow.keras.backend.elementwise import square as square
from stillflow.keras.backend.function import function as function
from stillflow.keras.backend.function import gradients as gradients
from stillflow.keras.backend.function import stop_gradient as stop_gradient
from stillflow.keras.backend.local_convolution import local_conv1d as local_conv1d
from stillflow.keras.backend.local_convolution import local_conv2d as local_conv2d
from stillflow.keras.backend.mapping import foldl as foldl
from stillflow.keras.backend.mapping import foldr as foldr
from stillflow.keras.backend.mapping import map_fn as map_fn
from stillflow.keras.backend.mapping import print_tensor as print_tensor
from stillflow.keras.backend.normalization import batch_normalization as batch_normalization
from stillflow.keras.backend.normalization import (
    normalize_batch_in_training as normalize_batch_in_training,
)
from stillflow.keras.backend.padding import spatial_2d_padding as spatial_2d_padding
from stillflow.keras.backend.padding import spatial_3d_padding as spatial_3d_padding
from stillflow.keras.backend.padding import temporal_padding as temporal_padding
from stillflow.keras.backend.pooling import pool2d as pool2d
from stillflow.keras.backend.pooling import pool3d as pool3d
from stillflow.keras.backend.products import batch_dot as batch_dot
from stillflow.keras.backend.products import dot as dot
from stillflow.keras.backend.random import random_binomial as random_binomial
from stillflow.keras.backend.random import random_normal as random_normal
from stillflow.keras.backend.random import random_uniform as random_uniform
from stillflow.keras.backend.random import truncated_normal as truncated_normal
from stillflow.keras.backend.reducing import all_, any_, max_, min_, sum_
from stillflow.keras.backend.reducing import argmax as argmax
from stillflow.keras.backend.reducing import argmin as argmin
from stillflow.keras.backend.reducing import cumprod as cumprod
from stillflow.keras.backend.reducing import cumsum as cumsum
from stillflow.keras.backend.reducing import mean as mean
from stillflow.keras.backend.reducing import prod as prod
from stillflow.keras.backend.reducing import std as std
from stillflow.keras.backend.reducing import var as var
from stillflow.keras.backend.resizing import resize_images as resize_images
from stillflow.keras.backend.resizing import resize_volumes as resize_volumes
from stillflow.keras.backend.rnn import rnn as rnn
from stillflow.keras.backend.tensors import backend as backend
from stillflow.keras.backend.tensors import cast as cast
from stillflow.keras.backend.tensors import cast_to_floatx as cast_to_floatx
from stillflow.keras.backend.tensors import constant as constant
from stillflow.keras.backend.tensors import count_params as count_params
from stillflow.keras.backend.tensors import dtype as dtype
from stillflow.keras.backend.tensors import eval_
from stillflow.keras.backend.tensors import int_shape as int_shape
from stillflow.keras.backend.tensors import ndim as ndim
from stillflow.keras.backend.tensors import placeholder as placeholder
from stillflow.keras.backend.tensors import shape as shape
from stillflow.keras.backend.tensors import to_dense as to_dense
from stillflow.keras.backend.transposed import conv2d_transpose as conv2d_transpose
from stillflow.keras.backend.variables import eye as eye
from stillflow.keras.backend.variables import moving_average_update as moving_average_update
from stillflow.keras.backend.variables import ones as ones
from stillflow.keras.backend.variables import ones_like as ones_like
from stillflow.keras.backend.variables import random_normal_variable as random_normal_variable
from stillflow.keras.backend.variables import random_uniform_variable as random_uniform_variable
from stillflow.keras.backend.variables import update as update
from stillflow.keras.backend.variables import update_add as update_add
from stillflow.keras.backend.variables import update_sub as update_sub
from stillflow.keras.backend.variables import variable as variable
from stillflow.keras.backend.variables import zeros as zeros
from stillflow.keras.backend.variables import zeros_like as zeros_like
from stillflow.layers.custom_objects import is_sparse as is_sparse
from stillflow.layers.default_session import clear_session as clear_session
from stillflow.layers.default_session import get_session as get_session
from stillflow.layers.default_session import (
    manual_variable_initialization as manual_variable_initialization,
)
from stillflow.layers.default_session import set_session as set_session
from stillflow.layers.learning_phase import learning_phase as learning_phase
from stillflow.layers.learning_phase import learning_phase_scope as learning_phase_scope
from stillflow.layers.learning_phase import set_learning_phase as set_learning_phase
from stillflow.layers.names import get_uid as get_uid
from stillflow.layers.names import reset_uids as reset_uids
from stillflow.layers.settings import epsilon as epsilon
from stillflow.layers.settings import floatx as floatx
from stillflow.layers.settings import image_data_format as image_data_format
from stillflow.layers.settings import set_epsilon as set_epsilon
from stillflow.layers.settings import set_floatx as set_floatx
from stillflow.layers.settings import set_image_data_format as set_image_data_format
from stillflow.layers.values import batch_get_value as batch_get_value
from stillflow.layers.values import batch_set_value as batch_set_value
from stillflow.layers.values import get_value as get_value
from stillflow.layers.values import set_value as set_value

abs = abs_
all = all_
any = any_
eval = eval_
max = max_
min = min_
pow = pow_
round = round_
sum = sum_
