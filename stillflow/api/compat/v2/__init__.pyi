from stillflow.api import audio as audio
from stillflow.api import autograph as autograph
from stillflow.api import bitwise as bitwise
from stillflow.api import compat as compat
from stillflow.api import config as config
from stillflow.api import distribute as distribute
from stillflow.api import nest as nest
from stillflow.api import quantization as quantization
from stillflow.api import queue as queue
from stillflow.api import raw_ops as raw_ops
from stillflow.api import signal as signal
from stillflow.api import version as version
from stillflow.api import xla as xla
from stillflow.api.compat.v2 import data as data
from stillflow.api.compat.v2 import debugging as debugging
from stillflow.api.compat.v2 import dtypes as dtypes
from stillflow.api.compat.v2 import errors as errors
from stillflow.api.compat.v2 import estimator as estimator
from stillflow.api.compat.v2 import feature_column as feature_column
from stillflow.api.compat.v2 import graph_util as graph_util
from stillflow.api.compat.v2 import image as image
from stillflow.api.compat.v2 import initializers as initializers
from stillflow.api.compat.v2 import io as io
from stillflow.api.compat.v2 import keras as keras
from stillflow.api.compat.v2 import linalg as linalg
from stillflow.api.compat.v2 import lookup as lookup
from stillflow.api.compat.v2 import losses as losses
from stillflow.api.compat.v2 import math as math
from stillflow.api.compat.v2 import nn as nn
from stillflow.api.compat.v2 import ragged as ragged
from stillflow.api.compat.v2 import random as random
from stillflow.api.compat.v2 import saved_model as saved_model
from stillflow.api.compat.v2 import sets as sets
from stillflow.api.compat.v2 import sparse as sparse
from stillflow.api.compat.v2 import strings as strings
from stillflow.api.compat.v2 import summary as summary
from stillflow.api.compat.v2 import test as test
from stillflow.api.compat.v2 import train as train
from stillflow.api.keras import metrics as metrics
from stillflow.api.keras import optimizers as optimizers
from stillflow.declare.constants import constant_v2
from stillflow.declare.convert import is_no_ragged_tensor
from stillflow.declare.convert import (
    register_tensor_conversion_function as register_tensor_conversion_function,
)
from stillflow.declare.rules import RegisterGradient as RegisterGradient
from stillflow.declare.rules import no_gradient as no_gradient
from stillflow.declare.tensor_proto import make_tensor_proto as make_tensor_proto
from stillflow.eager.behavior import enable_v2_behavior as enable_v2_behavior
from stillflow.functions.decorated import function as function
from stillflow.functions.vectorizing import vectorized_map as vectorized_map
from stillflow.gradients.aggregating import AggregationMethod as AggregationMethod
from stillflow.gradients.custom import custom_gradient as custom_gradient
from stillflow.gradients.custom import grad_pass_through as grad_pass_through
from stillflow.gradients.gradient_tape import GradientTape as GradientTape
from stillflow.gradients.py_function import py_function as py_function
from stillflow.gradients.recomputing import recompute_grad as recompute_grad
from stillflow.gradients.version2 import gradients_v2, hessians_v2
from stillflow.gradients.walk import UnconnectedGradients as UnconnectedGradients
from stillflow.graph.context import executing_eagerly as executing_eagerly
from stillflow.graph.device import DeviceSpec as DeviceSpec
from stillflow.graph.dtypes import DType as DType
from stillflow.graph.dtypes import as_dtype as as_dtype
from stillflow.graph.dtypes import bfloat16 as bfloat16
from stillflow.graph.dtypes import bool as bool
from stillflow.graph.dtypes import complex64 as complex64
from stillflow.graph.dtypes import complex128 as complex128
from stillflow.graph.dtypes import double as double
from stillflow.graph.dtypes import float16 as float16
from stillflow.graph.dtypes import float32 as float32
from stillflow.graph.dtypes import float64 as float64
from stillflow.graph.dtypes import half as half
from stillflow.graph.dtypes import int8 as int8
from stillflow.graph.dtypes import int16 as int16
from stillflow.graph.dtypes import int32 as int32
from stillflow.graph.dtypes import int64 as int64
from stillflow.graph.dtypes import qint8 as qint8
from stillflow.graph.dtypes import qint16 as qint16
from stillflow.graph.dtypes import qint32 as qint32
from stillflow.graph.dtypes import quint8 as quint8
from stillflow.graph.dtypes import quint16 as quint16
from stillflow.graph.dtypes import resource as resource
from stillflow.graph.dtypes import string as string
from stillflow.graph.dtypes import uint8 as uint8
from stillflow.graph.dtypes import uint16 as uint16
from stillflow.graph.dtypes import uint32 as uint32
from stillflow.graph.dtypes import uint64 as uint64
from stillflow.graph.dtypes import variant as variant
from stillflow.graph.graph import Graph as Graph
from stillflow.graph.indexed_slices import IndexedSlices as IndexedSlices
from stillflow.graph.indexed_slices import IndexedSlicesSpec as IndexedSlicesSpec
from stillflow.graph.operation import Operation as Operation
from stillflow.graph.operation import Tensor as Tensor
from stillflow.graph.protos.tensor_proto import make_ndarray as make_ndarray
from stillflow.graph.scopes import control_dependencies as control_dependencies
from stillflow.graph.scopes import init_scope as init_scope
from stillflow.graph.tensor_shape import TensorShape as TensorShape
from stillflow.graph.tensor_spec import TensorSpec as TensorSpec
from stillflow.graph.type_spec import TypeSpec as TypeSpec
from stillflow.input.datasets.experimental.optionals import OptionalSpec as OptionalSpec
from stillflow.interchange.importer import import_graph_def as import_graph_def
from stillflow.ops.array.blocks import (
    required_space_to_batch_paddings as required_space_to_batch_paddings,
)
from stillflow.ops.array.blocks import space_to_batch_nd as space_to_batch_nd
from stillflow.ops.array.diagonals import eye as eye
from stillflow.ops.array.filling import broadcast_dynamic_shape as broadcast_dynamic_shape
from stillflow.ops.array.filling import broadcast_static_shape as broadcast_static_shape
from stillflow.ops.array.filling import broadcast_to as broadcast_to
from stillflow.ops.array.filling import fill as fill
from stillflow.ops.array.filling import ones as ones
from stillflow.ops.array.filling import zeros as zeros
from stillflow.ops.array.joining import concat as concat
from stillflow.ops.array.joining import split as split
from stillflow.ops.array.masking import sequence_mask as sequence_mask
from stillflow.ops.array.one_hot import one_hot as one_hot
from stillflow.ops.array.partition import dynamic_partition as dynamic_partition
from stillflow.ops.array.partition import dynamic_stitch as dynamic_stitch
from stillflow.ops.array.passing import bitcast as bitcast
from stillflow.ops.array.passing import ensure_shape as ensure_shape
from stillflow.ops.array.passing import guarantee_const as guarantee_const
from stillflow.ops.array.passing import identity_n as identity_n
from stillflow.ops.array.ranging import lin_space, range_
from stillflow.ops.array.reshaping import reshape as reshape
from stillflow.ops.array.reversing import reverse as reverse
from stillflow.ops.array.reversing import roll as roll
from stillflow.ops.array.scattering import scatter_nd as scatter_nd
from stillflow.ops.array.scattering import (
    tensor_scatter_add,
    tensor_scatter_sub,
    tensor_scatter_update,
)
from stillflow.ops.array.searching import searchsorted as searchsorted
from stillflow.ops.array.selecting import where_v2
from stillflow.ops.array.shape_of import rank as rank
from stillflow.ops.array.shape_of import shape_n as shape_n
from stillflow.ops.array.slicing import newaxis as newaxis
from stillflow.ops.array.slicing import slice_
from stillflow.ops.array.slicing import strided_slice as strided_slice
from stillflow.ops.array.sorting import argsort as argsort
from stillflow.ops.array.sorting import sort as sort
from stillflow.ops.array.stacking import parallel_stack as parallel_stack
from stillflow.ops.array.stacking import stack as stack
from stillflow.ops.array.stacking import unstack as unstack
from stillflow.ops.array.tiling import meshgrid as meshgrid
from stillflow.ops.array.tiling import repeat as repeat
from stillflow.ops.array.tiling import tile as tile
from stillflow.ops.array.unique import unique as unique
from stillflow.ops.array.unique import unique_with_counts as unique_with_counts
from stillflow.ops.array.unravelling import unravel_index as unravel_index
from stillflow.ops.control.critical_section import CriticalSection as CriticalSection
from stillflow.ops.control.ordering import group as group
from stillflow.ops.control.ordering import identity as identity
from stillflow.ops.control.ordering import no_op as no_op
from stillflow.ops.control.ordering import stop_gradient as stop_gradient
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.debug.printing import print_
from stillflow.ops.debug.py_func import numpy_function as numpy_function
from stillflow.ops.functions.switch_case import switch_case as switch_case
from stillflow.ops.image.volume_patches import extract_volume_patches as extract_volume_patches
from stillflow.ops.known_values import constant_value
from stillflow.ops.linalg.einsum import einsum as einsum
from stillflow.ops.linalg.functions import sqrtm
from stillflow.ops.linalg.products import matmul as matmul
from stillflow.ops.linalg.tensordot import tensordot as tensordot
from stillflow.ops.math.arithmetic import add as add
from stillflow.ops.math.arithmetic import add_n as add_n
from stillflow.ops.math.arithmetic import atan2 as atan2
from stillflow.ops.math.arithmetic import maximum as maximum
from stillflow.ops.math.arithmetic import minimum as minimum
from stillflow.ops.math.arithmetic import multiply as multiply
from stillflow.ops.math.arithmetic import pow_
from stillflow.ops.math.arithmetic import subtract as subtract
from stillflow.ops.math.casts import cast as cast
from stillflow.ops.math.clip import clip_by_global_norm as clip_by_global_norm
from stillflow.ops.math.clip import clip_by_norm as clip_by_norm
from stillflow.ops.math.clip import clip_by_value as clip_by_value
from stillflow.ops.math.clip import saturate_cast as saturate_cast
from stillflow.ops.math.comparison import equal as equal
from stillflow.ops.math.comparison import greater as greater
from stillflow.ops.math.comparison import greater_equal as greater_equal
from stillflow.ops.math.comparison import less as less
from stillflow.ops.math.comparison import less_equal as less_equal
from stillflow.ops.math.comparison import logical_and as logical_and
from stillflow.ops.math.comparison import logical_not as logical_not
from stillflow.ops.math.comparison import logical_or as logical_or
from stillflow.ops.math.comparison import not_equal as not_equal
from stillflow.ops.math.complex_numbers import complex_
from stillflow.ops.math.division import divide as divide
from stillflow.ops.math.division import real_divide
from stillflow.ops.math.division import truediv as truediv
from stillflow.ops.math.division import truncatediv as truncatediv
from stillflow.ops.math.division import truncatemod as truncatemod
from stillflow.ops.math.elementwise import abs_, round_
from stillflow.ops.math.elementwise import exp as exp
from stillflow.ops.math.elementwise import floor as floor
from stillflow.ops.math.elementwise import negative as negative
from stillflow.ops.math.elementwise import sigmoid as sigmoid
from stillflow.ops.math.elementwise import sign as sign
from stillflow.ops.math.elementwise import sqrt as sqrt
from stillflow.ops.math.elementwise import square as square
from stillflow.ops.math.scan import cumsum as cumsum
from stillflow.ops.math.trigonometric import acos as acos
from stillflow.ops.math.trigonometric import acosh as acosh
from stillflow.ops.math.trigonometric import asin as asin
from stillflow.ops.math.trigonometric import asinh as asinh
from stillflow.ops.math.trigonometric import atan as atan
from stillflow.ops.math.trigonometric import atanh as atanh
from stillflow.ops.math.trigonometric import cos as cos
from stillflow.ops.math.trigonometric import cosh as cosh
from stillflow.ops.math.trigonometric import sin as sin
from stillflow.ops.math.trigonometric import sinh as sinh
from stillflow.ops.math.trigonometric import tan as tan
from stillflow.ops.math.trigonometric import tanh as tanh
from stillflow.ops.own import load_library as load_library
from stillflow.ops.own import load_op_library as load_op_library
from stillflow.ops.ragged.ragged_tensor import RaggedTensor as RaggedTensor
from stillflow.ops.ragged.ragged_tensor import RaggedTensorSpec as RaggedTensorSpec
from stillflow.ops.reduce.histogram import histogram_fixed_width as histogram_fixed_width
from stillflow.ops.reduce.histogram import histogram_fixed_width_bins as histogram_fixed_width_bins
from stillflow.ops.sparse.edit_distance import edit_distance as edit_distance
from stillflow.ops.sparse.sparse_tensor import SparseTensor as SparseTensor
from stillflow.ops.sparse.sparse_tensor import SparseTensorSpec as SparseTensorSpec
from stillflow.ops.strings.hashing import fingerprint as fingerprint
from stillflow.ops.strings.numbers import as_string as as_string
from stillflow.ops.tensor_array.folding import foldl as foldl
from stillflow.ops.tensor_array.folding import foldr as foldr
from stillflow.ops.tensor_array.mapping import map_fn as map_fn
from stillflow.ops.tensor_array.scanning import scan as scan
from stillflow.ops.tensor_array.tensor_array import TensorArray as TensorArray
from stillflow.ops.variables.creators import variable_creator_scope as variable_creator_scope
from stillflow.ops.variables.module import Module as Module
from stillflow.ops.variables.variable import VariableAggregation as VariableAggregation
from stillflow.ops.variables.variable import VariableSynchronization as VariableSynchronization
from stillflow.ops.variables.variable_v2 import VariableV2
from stillflow.ops.version2.arrays import (
    batch_to_space_v2,
    boolean_mask_v2,
    convert_to_tensor_v2,
    device_v2,
    expand_dims_v2,
    gather_nd_v2,
    gather_v2,
    name_scope_v2,
    ones_like_v2,
    pad_v2,
    reverse_sequence_v2,
    shape_v2,
    size_v2,
    space_to_batch_v2,
    squeeze_v2,
    transpose_v2,
    zeros_like_v2,
)
from stillflow.ops.version2.checks import (
    assert_equal_v2,
    assert_greater_v2,
    assert_less_v2,
    assert_rank_v2,
)
from stillflow.ops.version2.control import case_v2, cond_v2, tuple_v2, while_loop_v2
from stillflow.ops.version2.initializers import Constant, Ones, RandomNormal, RandomUniform, Zeros
from stillflow.ops.version2.mathematics import (
    argmax_v2,
    argmin_v2,
    norm_v2,
    reduce_all_v2,
    reduce_any_v2,
    reduce_logsumexp_v2,
    reduce_max_v2,
    reduce_mean_v2,
    reduce_min_v2,
    reduce_prod_v2,
    reduce_sum_v2,
    scalar_mul_v2,
)
from stillflow.platform.logging import get_logger as get_logger

Assert = assert_that
is_tensor = is_no_ragged_tensor
Variable = VariableV2
abs = abs_
argmax = argmax_v2
argmin = argmin_v2
assert_equal = assert_equal_v2
assert_greater = assert_greater_v2
assert_less = assert_less_v2
assert_rank = assert_rank_v2
batch_to_space = batch_to_space_v2
boolean_mask = boolean_mask_v2
case = case_v2
complex = complex_
cond = cond_v2
constant = constant_v2
convert_to_tensor = convert_to_tensor_v2
device = device_v2

expand_dims = expand_dims_v2
gather = gather_v2
gather_nd = gather_nd_v2
get_static_value = constant_value
gradients = gradients_v2
hessians = hessians_v2
linspace = lin_space
matrix_square_root = sqrtm
name_scope = name_scope_v2
norm = norm_v2
ones_like = ones_like_v2
pad = pad_v2
pow = pow_
print = print_
range = range_
realdiv = real_divide
reduce_all = reduce_all_v2
reduce_any = reduce_any_v2
reduce_logsumexp = reduce_logsumexp_v2
reduce_max = reduce_max_v2
reduce_mean = reduce_mean_v2
reduce_min = reduce_min_v2
reduce_prod = reduce_prod_v2
reduce_sum = reduce_sum_v2
reverse_sequence = reverse_sequence_v2
round = round_
scalar_mul = scalar_mul_v2
shape = shape_v2
size = size_v2
slice = slice_
space_to_batch = space_to_batch_v2
squeeze = squeeze_v2
tensor_scatter_nd_add = tensor_scatter_add
tensor_scatter_nd_sub = tensor_scatter_sub
tensor_scatter_nd_update = tensor_scatter_update
transpose = transpose_v2
tuple = tuple_v2
where = where_v2
while_loop = while_loop_v2
zeros_like = zeros_like_v2
constant_initializer = Constant
ones_initializer = Ones
random_normal_initializer = RandomNormal
random_uniform_initializer = RandomUniform
zeros_initializer = Zeros
