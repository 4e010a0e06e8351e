from tensorboard.compat.proto.attr_value_pb2 import AttrValue as AttrValue
from tensorboard.compat.proto.attr_value_pb2 import NameAttrList as NameAttrList
from tensorboard.compat.proto.config_pb2 import ConfigProto as ConfigProto
from tensorboard.compat.proto.config_pb2 import GPUOptions as GPUOptions
from tensorboard.compat.proto.config_pb2 import GraphOptions as GraphOptions
from tensorboard.compat.proto.config_pb2 import OptimizerOptions as OptimizerOptions
from tensorboard.compat.proto.config_pb2 import RunMetadata as RunMetadata
from tensorboard.compat.proto.config_pb2 import RunOptions as RunOptions
from tensorboard.compat.proto.event_pb2 import Event as Event
from tensorboard.compat.proto.event_pb2 import LogMessage as LogMessage
from tensorboard.compat.proto.event_pb2 import SessionLog as SessionLog
from tensorboard.compat.proto.graph_pb2 import GraphDef as GraphDef
from tensorboard.compat.proto.histogram_pb2 import HistogramProto as HistogramProto
from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef as MetaGraphDef
from tensorboard.compat.proto.meta_graph_pb2 import TensorInfo as TensorInfo
from tensorboard.compat.proto.node_def_pb2 import NodeDef as NodeDef
from tensorboard.compat.proto.summary_pb2 import Summary as Summary
from tensorboard.compat.proto.summary_pb2 import SummaryMetadata as SummaryMetadata

from stillflow.api import app as app
from stillflow.api import audio as audio
from stillflow.api import autograph as autograph
from stillflow.api import bitwise as bitwise
from stillflow.api import compat as compat
from stillflow.api import config as config
from stillflow.api import contrib as contrib
from stillflow.api import data as data
from stillflow.api import debugging as debugging
from stillflow.api import distribute as distribute
from stillflow.api import distributions as distributions
from stillflow.api import dtypes as dtypes
from stillflow.api import errors as errors
from stillflow.api import estimator as estimator
from stillflow.api import feature_column as feature_column
from stillflow.api import flags as flags
from stillflow.api import gfile as gfile
from stillflow.api import graph_util as graph_util
from stillflow.api import image as image
from stillflow.api import initializers as initializers
from stillflow.api import io as io
from stillflow.api import keras as keras
from stillflow.api import layers as layers
from stillflow.api import linalg as linalg
from stillflow.api import logging as logging
from stillflow.api import lookup as lookup
from stillflow.api import losses as losses
from stillflow.api import manip as manip
from stillflow.api import math as math
from stillflow.api import metrics as metrics
from stillflow.api import nest as nest
from stillflow.api import nn as nn
from stillflow.api import profiler as profiler
from stillflow.api import python_io as python_io
from stillflow.api import quantization as quantization
from stillflow.api import queue as queue
from stillflow.api import ragged as ragged
from stillflow.api import random as random
from stillflow.api import raw_ops as raw_ops
from stillflow.api import saved_model as saved_model
from stillflow.api import sets as sets
from stillflow.api import signal as signal
from stillflow.api import sparse as sparse
from stillflow.api import spectral as spectral
from stillflow.api import strings as strings
from stillflow.api import summary as summary
from stillflow.api import test as test
from stillflow.api import tpu as tpu
from stillflow.api import train as train
from stillflow.api import version as version
from stillflow.api import xla as xla
from stillflow.declare.convert import convert_to_tensor as convert_to_tensor
from stillflow.declare.convert import is_no_ragged_tensor
from stillflow.declare.convert import (
    register_tensor_conversion_function as register_tensor_conversion_function,
)
from stillflow.declare.rules import RegisterGradient as RegisterGradient
from stillflow.declare.rules import no_gradient as no_gradient
from stillflow.declare.tensor_proto import make_tensor_proto as make_tensor_proto
from stillflow.eager.behavior import control_flow_v2_enabled as control_flow_v2_enabled
from stillflow.eager.behavior import disable_control_flow_v2 as disable_control_flow_v2
from stillflow.eager.behavior import disable_v2_behavior as disable_v2_behavior
from stillflow.eager.behavior import enable_control_flow_v2 as enable_control_flow_v2
from stillflow.eager.behavior import enable_v2_behavior as enable_v2_behavior
from stillflow.functions.decorated import function as function
from stillflow.functions.vectorizing import vectorized_map as vectorized_map
from stillflow.functions.wrapped import wrap_function as wrap_function
from stillflow.gradients.aggregating import AggregationMethod as AggregationMethod
from stillflow.gradients.custom import custom_gradient as custom_gradient
from stillflow.gradients.custom import grad_pass_through as grad_pass_through
from stillflow.gradients.gradient_tape import GradientTape as GradientTape
from stillflow.gradients.hessians import hessians as hessians
from stillflow.gradients.py_function import py_function as py_function
from stillflow.gradients.recomputing import recompute_grad as recompute_grad
from stillflow.gradients.walk import UnconnectedGradients as UnconnectedGradients
from stillflow.gradients.walk import gradients as gradients
from stillflow.graph.context import executing_eagerly as executing_eagerly
from stillflow.graph.context import get_default_graph as get_default_graph
from stillflow.graph.context import get_default_session as get_default_session
from stillflow.graph.context import reset_default_graph as reset_default_graph
from stillflow.graph.device import DeviceSpec as DeviceSpec
from stillflow.graph.dtypes import QUANTIZED_DTYPES as QUANTIZED_DTYPES
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
from stillflow.graph.errors import OpError as OpError
from stillflow.graph.graph import Graph as Graph
from stillflow.graph.indexed_slices import IndexedSlices as IndexedSlices
from stillflow.graph.indexed_slices import IndexedSlicesSpec as IndexedSlicesSpec
from stillflow.graph.keys import GraphKeys as GraphKeys
from stillflow.graph.operation import Operation as Operation
from stillflow.graph.operation import Tensor as Tensor
from stillflow.graph.protos.tensor_proto import make_ndarray as make_ndarray
from stillflow.graph.random_seed import get_seed as get_seed
from stillflow.graph.random_seed import set_random_seed as set_random_seed
from stillflow.graph.scopes import add_to_collection as add_to_collection
from stillflow.graph.scopes import add_to_collections as add_to_collections
from stillflow.graph.scopes import colocate_with as colocate_with
from stillflow.graph.scopes import container as container
from stillflow.graph.scopes import control_dependencies as control_dependencies
from stillflow.graph.scopes import device as device
from stillflow.graph.scopes import get_collection as get_collection
from stillflow.graph.scopes import get_collection_ref as get_collection_ref
from stillflow.graph.scopes import init_scope as init_scope
from stillflow.graph.scopes import name_scope as name_scope
from stillflow.graph.scopes import op_scope as op_scope
from stillflow.graph.shape_behavior import disable_v2_tensorshape as disable_v2_tensorshape
from stillflow.graph.shape_behavior import enable_v2_tensorshape as enable_v2_tensorshape
from stillflow.graph.tensor_shape import Dimension as Dimension
from stillflow.graph.tensor_shape import TensorShape as TensorShape
from stillflow.graph.tensor_shape import dimension_at_index as dimension_at_index
from stillflow.graph.tensor_shape import dimension_value as dimension_value
from stillflow.graph.tensor_spec import TensorSpec as TensorSpec
from stillflow.graph.type_spec import TypeSpec as TypeSpec
from stillflow.input.datasets.experimental.optionals import OptionalSpec as OptionalSpec
from stillflow.interchange.importer import import_graph_def as import_graph_def
from stillflow.ops.array.batch_gather import batch_gather as batch_gather
from stillflow.ops.array.batch_gather import gather_nd as gather_nd
from stillflow.ops.array.blocks import batch_to_space as batch_to_space
from stillflow.ops.array.blocks import batch_to_space_nd as batch_to_space_nd
from stillflow.ops.array.blocks import depth_to_space as depth_to_space
from stillflow.ops.array.blocks import (
    required_space_to_batch_paddings as required_space_to_batch_paddings,
)
from stillflow.ops.array.blocks import space_to_batch as space_to_batch
from stillflow.ops.array.blocks import space_to_batch_nd as space_to_batch_nd
from stillflow.ops.array.blocks import space_to_depth as space_to_depth
from stillflow.ops.array.constants import constant as constant
from stillflow.ops.array.diagonals import diag as diag
from stillflow.ops.array.diagonals import diag_part as diag_part
from stillflow.ops.array.diagonals import eye as eye
from stillflow.ops.array.diagonals import matrix_band_part as matrix_band_part
from stillflow.ops.array.diagonals import matrix_diag as matrix_diag
from stillflow.ops.array.diagonals import matrix_diag_part as matrix_diag_part
from stillflow.ops.array.diagonals import matrix_set_diag as matrix_set_diag
from stillflow.ops.array.filling import broadcast_dynamic_shape as broadcast_dynamic_shape
from stillflow.ops.array.filling import broadcast_static_shape as broadcast_static_shape
from stillflow.ops.array.filling import broadcast_to as broadcast_to
from stillflow.ops.array.filling import fill as fill
from stillflow.ops.array.filling import ones as ones
from stillflow.ops.array.filling import ones_like as ones_like
from stillflow.ops.array.filling import zeros as zeros
from stillflow.ops.array.filling import zeros_like as zeros_like
from stillflow.ops.array.gathering import gather as gather
from stillflow.ops.array.gathering import unsorted_segment_sum as unsorted_segment_sum
from stillflow.ops.array.indexed_slices import (
    convert_to_tensor_or_indexed_slices as convert_to_tensor_or_indexed_slices,
)
from stillflow.ops.array.joining import concat as concat
from stillflow.ops.array.joining import split as split
from stillflow.ops.array.masking import boolean_mask as boolean_mask
from stillflow.ops.array.masking import sequence_mask as sequence_mask
from stillflow.ops.array.one_hot import one_hot as one_hot
from stillflow.ops.array.padding import pad as pad
from stillflow.ops.array.partition import dynamic_partition as dynamic_partition
from stillflow.ops.array.partition import dynamic_stitch as dynamic_stitch
from stillflow.ops.array.passing import bitcast as bitcast
from stillflow.ops.array.passing import ensure_shape as ensure_shape
from stillflow.ops.array.passing import guarantee_const as guarantee_const
from stillflow.ops.array.passing import identity_n as identity_n
from stillflow.ops.array.ranging import lin_space as lin_space
from stillflow.ops.array.ranging import range_
from stillflow.ops.array.reshaping import expand_dims as expand_dims
from stillflow.ops.array.reshaping import reshape as reshape
from stillflow.ops.array.reshaping import squeeze as squeeze
from stillflow.ops.array.reversing import reverse as reverse
from stillflow.ops.array.reversing import reverse_sequence as reverse_sequence
from stillflow.ops.array.reversing import roll as roll
from stillflow.ops.array.scattering import scatter_nd as scatter_nd
from stillflow.ops.array.scattering import tensor_scatter_add as tensor_scatter_add
from stillflow.ops.array.scattering import tensor_scatter_sub as tensor_scatter_sub
from stillflow.ops.array.scattering import tensor_scatter_update as tensor_scatter_update
from stillflow.ops.array.searching import searchsorted as searchsorted
from stillflow.ops.array.searching import setdiff1d as setdiff1d
from stillflow.ops.array.selecting import where as where
from stillflow.ops.array.selecting import where_v2 as where_v2
from stillflow.ops.array.shape_of import rank as rank
from stillflow.ops.array.shape_of import shape as shape
from stillflow.ops.array.shape_of import shape_n as shape_n
from stillflow.ops.array.shape_of import size as size
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
from stillflow.ops.array.transposing import invert_permutation as invert_permutation
from stillflow.ops.array.transposing import matrix_transpose as matrix_transpose
from stillflow.ops.array.transposing import transpose as transpose
from stillflow.ops.array.unique import unique as unique
from stillflow.ops.array.unique import unique_with_counts as unique_with_counts
from stillflow.ops.array.unravelling import unravel_index as unravel_index
from stillflow.ops.control.case import case as case
from stillflow.ops.control.cond import cond as cond
from stillflow.ops.control.critical_section import CriticalSection as CriticalSection
from stillflow.ops.control.ordering import group as group
from stillflow.ops.control.ordering import identity as identity
from stillflow.ops.control.ordering import no_op as no_op
from stillflow.ops.control.ordering import placeholder as placeholder
from stillflow.ops.control.ordering import placeholder_with_default as placeholder_with_default
from stillflow.ops.control.ordering import stop_gradient as stop_gradient
from stillflow.ops.control.ordering import tuple_
from stillflow.ops.control.while_loop import while_loop as while_loop
from stillflow.ops.debug.asserting import add_check_numerics_ops as add_check_numerics_ops
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.debug.asserting import check_numerics as check_numerics
from stillflow.ops.debug.asserting import verify_tensor_all_finite as verify_tensor_all_finite
from stillflow.ops.debug.checks import assert_equal as assert_equal
from stillflow.ops.debug.checks import assert_greater as assert_greater
from stillflow.ops.debug.checks import assert_greater_equal as assert_greater_equal
from stillflow.ops.debug.checks import assert_integer as assert_integer
from stillflow.ops.debug.checks import assert_less as assert_less
from stillflow.ops.debug.checks import assert_less_equal as assert_less_equal
from stillflow.ops.debug.checks import assert_near as assert_near
from stillflow.ops.debug.checks import assert_negative as assert_negative
from stillflow.ops.debug.checks import assert_non_negative as assert_non_negative
from stillflow.ops.debug.checks import assert_non_positive as assert_non_positive
from stillflow.ops.debug.checks import assert_none_equal as assert_none_equal
from stillflow.ops.debug.checks import assert_positive as assert_positive
from stillflow.ops.debug.checks import assert_proper_iterable as assert_proper_iterable
from stillflow.ops.debug.checks import assert_rank as assert_rank
from stillflow.ops.debug.checks import assert_rank_at_least as assert_rank_at_least
from stillflow.ops.debug.checks import assert_rank_in as assert_rank_in
from stillflow.ops.debug.checks import assert_same_float_dtype as assert_same_float_dtype
from stillflow.ops.debug.checks import assert_scalar as assert_scalar
from stillflow.ops.debug.checks import assert_type as assert_type
from stillflow.ops.debug.checks import is_non_decreasing as is_non_decreasing
from stillflow.ops.debug.checks import is_numeric_tensor as is_numeric_tensor
from stillflow.ops.debug.checks import is_strictly_increasing as is_strictly_increasing
from stillflow.ops.debug.printing import Print as Print
from stillflow.ops.debug.printing import print_
from stillflow.ops.debug.py_func import numpy_function as numpy_function
from stillflow.ops.debug.py_func import py_func as py_func
from stillflow.ops.equality import disable_tensor_equality as disable_tensor_equality
from stillflow.ops.equality import enable_tensor_equality as enable_tensor_equality
from stillflow.ops.functions.switch_case import switch_case as switch_case
from stillflow.ops.image.patches import extract_image_patches as extract_image_patches
from stillflow.ops.image.volume_patches import extract_volume_patches as extract_volume_patches
from stillflow.ops.io.files import matching_files as matching_files
from stillflow.ops.io.files import read_file as read_file
from stillflow.ops.io.files import write_file as write_file
from stillflow.ops.io.readers import FixedLengthRecordReader as FixedLengthRecordReader
from stillflow.ops.io.readers import IdentityReader as IdentityReader
from stillflow.ops.io.readers import ReaderBase as ReaderBase
from stillflow.ops.io.readers import TextLineReader as TextLineReader
from stillflow.ops.io.readers import TFRecordReader as TFRecordReader
from stillflow.ops.io.readers import WholeFileReader as WholeFileReader
from stillflow.ops.known_values import constant_value
from stillflow.ops.linalg.decompositions import qr_of
from stillflow.ops.linalg.decompositions import self_adjoint_eig as self_adjoint_eig
from stillflow.ops.linalg.decompositions import self_adjoint_eigvals as self_adjoint_eigvals
from stillflow.ops.linalg.decompositions import svd as svd
from stillflow.ops.linalg.einsum import einsum as einsum
from stillflow.ops.linalg.functions import sqrtm as _sqrtm
from stillflow.ops.linalg.least_squares import matrix_solve_ls as matrix_solve_ls
from stillflow.ops.linalg.norms import cross as cross
from stillflow.ops.linalg.norms import norm as norm
from stillflow.ops.linalg.norms import trace as trace
from stillflow.ops.linalg.products import matmul as matmul
from stillflow.ops.linalg.products import sparse_matmul as sparse_matmul
from stillflow.ops.linalg.solving import cholesky as cholesky
from stillflow.ops.linalg.solving import cholesky_solve as cholesky_solve
from stillflow.ops.linalg.solving import matrix_determinant as matrix_determinant
from stillflow.ops.linalg.solving import matrix_inverse as matrix_inverse
from stillflow.ops.linalg.solving import matrix_solve as matrix_solve
from stillflow.ops.linalg.solving import matrix_triangular_solve as matrix_triangular_solve
from stillflow.ops.linalg.tensordot import tensordot as tensordot
from stillflow.ops.math.arithmetic import accumulate_n as accumulate_n
from stillflow.ops.math.arithmetic import add as add
from stillflow.ops.math.arithmetic import add_n as add_n
from stillflow.ops.math.arithmetic import atan2 as atan2
from stillflow.ops.math.arithmetic import maximum as maximum
from stillflow.ops.math.arithmetic import minimum as minimum
from stillflow.ops.math.arithmetic import multiply as multiply
from stillflow.ops.math.arithmetic import pow_
from stillflow.ops.math.arithmetic import scalar_mul as scalar_mul
from stillflow.ops.math.arithmetic import squared_difference as squared_difference
from stillflow.ops.math.arithmetic import subtract as subtract
from stillflow.ops.math.casts import cast as cast
from stillflow.ops.math.casts import to_bfloat16 as to_bfloat16
from stillflow.ops.math.casts import to_complex64 as to_complex64
from stillflow.ops.math.casts import to_complex128 as to_complex128
from stillflow.ops.math.casts import to_double as to_double
from stillflow.ops.math.casts import to_float as to_float
from stillflow.ops.math.casts import to_int32 as to_int32
from stillflow.ops.math.casts import to_int64 as to_int64
from stillflow.ops.math.clip import clip_by_average_norm as clip_by_average_norm
from stillflow.ops.math.clip import clip_by_global_norm as clip_by_global_norm
from stillflow.ops.math.clip import clip_by_norm as clip_by_norm
from stillflow.ops.math.clip import clip_by_value as clip_by_value
from stillflow.ops.math.clip import global_norm as global_norm
from stillflow.ops.math.clip import saturate_cast as saturate_cast
from stillflow.ops.math.comparison import equal as equal
from stillflow.ops.math.comparison import greater as greater
from stillflow.ops.math.comparison import greater_equal as greater_equal
from stillflow.ops.math.comparison import less as less
from stillflow.ops.math.comparison import less_equal as less_equal
from stillflow.ops.math.comparison import logical_and as logical_and
from stillflow.ops.math.comparison import logical_not as logical_not
from stillflow.ops.math.comparison import logical_or as logical_or
from stillflow.ops.math.comparison import logical_xor as logical_xor
from stillflow.ops.math.comparison import not_equal as not_equal
from stillflow.ops.math.complex_numbers import angle as angle
from stillflow.ops.math.complex_numbers import complex_
from stillflow.ops.math.complex_numbers import imag as imag
from stillflow.ops.math.complex_numbers import real as real
from stillflow.ops.math.confusion import confusion_matrix as confusion_matrix
from stillflow.ops.math.conjugate import conj as conj
from stillflow.ops.math.counting import bincount as bincount
from stillflow.ops.math.division import div as div
from stillflow.ops.math.division import div_no_nan as div_no_nan
from stillflow.ops.math.division import divide as divide
from stillflow.ops.math.division import floor_div as floor_div
from stillflow.ops.math.division import floordiv as floordiv
from stillflow.ops.math.division import floormod as floormod
from stillflow.ops.math.division import real_divide
from stillflow.ops.math.division import truediv as truediv
from stillflow.ops.math.division import truncatediv as truncatediv
from stillflow.ops.math.division import truncatemod as truncatemod
from stillflow.ops.math.elementwise import abs_, round_
from stillflow.ops.math.elementwise import ceil as ceil
from stillflow.ops.math.elementwise import exp as exp
from stillflow.ops.math.elementwise import expm1 as expm1
from stillflow.ops.math.elementwise import floor as floor
from stillflow.ops.math.elementwise import is_finite as is_finite
from stillflow.ops.math.elementwise import is_inf as is_inf
from stillflow.ops.math.elementwise import is_nan as is_nan
from stillflow.ops.math.elementwise import log as log
from stillflow.ops.math.elementwise import log1p as log1p
from stillflow.ops.math.elementwise import log_sigmoid as log_sigmoid
from stillflow.ops.math.elementwise import negative as negative
from stillflow.ops.math.elementwise import reciprocal as reciprocal
from stillflow.ops.math.elementwise import rint as rint
from stillflow.ops.math.elementwise import rsqrt as rsqrt
from stillflow.ops.math.elementwise import sigmoid as sigmoid
from stillflow.ops.math.elementwise import sign as sign
from stillflow.ops.math.elementwise import sqrt as sqrt
from stillflow.ops.math.elementwise import square as square
from stillflow.ops.math.scan import cumprod as cumprod
from stillflow.ops.math.scan import cumsum as cumsum
from stillflow.ops.math.special import betainc as betainc
from stillflow.ops.math.special import digamma as digamma
from stillflow.ops.math.special import erf as erf
from stillflow.ops.math.special import erfc as erfc
from stillflow.ops.math.special import igamma as igamma
from stillflow.ops.math.special import igammac as igammac
from stillflow.ops.math.special import lbeta as lbeta
from stillflow.ops.math.special import lgamma as lgamma
from stillflow.ops.math.special import polygamma as polygamma
from stillflow.ops.math.special import zeta as zeta
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
from stillflow.ops.parsing.csv import decode_csv as decode_csv
from stillflow.ops.parsing.features import FixedLenFeature as FixedLenFeature
from stillflow.ops.parsing.features import FixedLenSequenceFeature as FixedLenSequenceFeature
from stillflow.ops.parsing.features import SparseFeature as SparseFeature
from stillflow.ops.parsing.features import VarLenFeature as VarLenFeature
from stillflow.ops.parsing.parse_example import parse_example as parse_example
from stillflow.ops.parsing.parse_example import parse_single_example as parse_single_example
from stillflow.ops.parsing.parse_sequence_example import (
    parse_single_sequence_example as parse_single_sequence_example,
)
from stillflow.ops.parsing.raw import decode_raw as decode_raw
from stillflow.ops.parsing.serialized import decode_compressed as decode_compressed
from stillflow.ops.parsing.serialized import decode_json_example as decode_json_example
from stillflow.ops.parsing.serialized import parse_tensor as parse_tensor
from stillflow.ops.parsing.serialized import serialize_tensor as serialize_tensor
from stillflow.ops.quantized.faking import (
    fake_quant_with_min_max_args as fake_quant_with_min_max_args,
)
from stillflow.ops.quantized.faking import (
    fake_quant_with_min_max_args_gradient as fake_quant_with_min_max_args_gradient,
)
from stillflow.ops.quantized.faking import (
    fake_quant_with_min_max_vars as fake_quant_with_min_max_vars,
)
from stillflow.ops.quantized.faking import (
    fake_quant_with_min_max_vars_gradient as fake_quant_with_min_max_vars_gradient,
)
from stillflow.ops.quantized.faking import (
    fake_quant_with_min_max_vars_per_channel as fake_quant_with_min_max_vars_per_channel,
)
from stillflow.ops.quantized.faking import (
    fake_quant_with_min_max_vars_per_channel_gradient as _per_channel_gradient,
)
from stillflow.ops.quantized.joining import quantized_concat as quantized_concat
from stillflow.ops.quantized.quantizing import dequantize as dequantize
from stillflow.ops.quantized.quantizing import quantize as quantize
from stillflow.ops.quantized.quantizing import quantize_v2 as quantize_v2
from stillflow.ops.queues.conditional_accumulators import (
    ConditionalAccumulator as ConditionalAccumulator,
)
from stillflow.ops.queues.conditional_accumulators import (
    ConditionalAccumulatorBase as ConditionalAccumulatorBase,
)
from stillflow.ops.queues.conditional_accumulators import (
    SparseConditionalAccumulator as SparseConditionalAccumulator,
)
from stillflow.ops.queues.kinds import FIFOQueue as FIFOQueue
from stillflow.ops.queues.kinds import PaddingFIFOQueue as PaddingFIFOQueue
from stillflow.ops.queues.kinds import PriorityQueue as PriorityQueue
from stillflow.ops.queues.kinds import RandomShuffleQueue as RandomShuffleQueue
from stillflow.ops.queues.queue import QueueBase as QueueBase
from stillflow.ops.queues.session_tensors import delete_session_tensor as delete_session_tensor
from stillflow.ops.queues.session_tensors import get_session_handle as get_session_handle
from stillflow.ops.queues.session_tensors import get_session_tensor as get_session_tensor
from stillflow.ops.ragged.ragged_tensor import RaggedTensor as RaggedTensor
from stillflow.ops.ragged.ragged_tensor import RaggedTensorSpec as RaggedTensorSpec
from stillflow.ops.random.drawing import multinomial as multinomial
from stillflow.ops.random.drawing import random_crop as random_crop
from stillflow.ops.random.drawing import random_gamma as random_gamma
from stillflow.ops.random.drawing import random_normal as random_normal
from stillflow.ops.random.drawing import random_poisson as random_poisson
from stillflow.ops.random.drawing import random_shuffle as random_shuffle
from stillflow.ops.random.drawing import random_uniform as random_uniform
from stillflow.ops.random.drawing import truncated_normal as truncated_normal
from stillflow.ops.reduce.argmax import argmax as argmax
from stillflow.ops.reduce.argmax import argmax_op, argmin_op
from stillflow.ops.reduce.argmax import argmin as argmin
from stillflow.ops.reduce.composed import count_nonzero as count_nonzero
from stillflow.ops.reduce.composed import reduce_logsumexp as reduce_logsumexp
from stillflow.ops.reduce.histogram import histogram_fixed_width as histogram_fixed_width
from stillflow.ops.reduce.histogram import histogram_fixed_width_bins as histogram_fixed_width_bins
from stillflow.ops.reduce.reductions import reduce_all as reduce_all
from stillflow.ops.reduce.reductions import reduce_any as reduce_any
from stillflow.ops.reduce.reductions import reduce_max as reduce_max
from stillflow.ops.reduce.reductions import reduce_mean as reduce_mean
from stillflow.ops.reduce.reductions import reduce_min as reduce_min
from stillflow.ops.reduce.reductions import reduce_prod as reduce_prod
from stillflow.ops.reduce.reductions import reduce_sum as reduce_sum
from stillflow.ops.reduce.segments import segment_max as segment_max
from stillflow.ops.reduce.segments import segment_mean as segment_mean
from stillflow.ops.reduce.segments import segment_min as segment_min
from stillflow.ops.reduce.segments import segment_prod as segment_prod
from stillflow.ops.reduce.segments import segment_sum as segment_sum
from stillflow.ops.reduce.segments import sparse_segment_mean as sparse_segment_mean
from stillflow.ops.reduce.segments import sparse_segment_sqrt_n as sparse_segment_sqrt_n
from stillflow.ops.reduce.segments import sparse_segment_sum as sparse_segment_sum
from stillflow.ops.reduce.segments import unsorted_segment_max as unsorted_segment_max
from stillflow.ops.reduce.segments import unsorted_segment_mean as unsorted_segment_mean
from stillflow.ops.reduce.segments import unsorted_segment_min as unsorted_segment_min
from stillflow.ops.reduce.segments import unsorted_segment_prod as unsorted_segment_prod
from stillflow.ops.reduce.segments import unsorted_segment_sqrt_n as unsorted_segment_sqrt_n
from stillflow.ops.signal.fourier import fft as fft
from stillflow.ops.signal.fourier import fft2d as fft2d
from stillflow.ops.signal.fourier import fft3d as fft3d
from stillflow.ops.signal.fourier import ifft as ifft
from stillflow.ops.signal.fourier import ifft2d as ifft2d
from stillflow.ops.signal.fourier import ifft3d as ifft3d
from stillflow.ops.sparse.concatenating import sparse_concat as sparse_concat
from stillflow.ops.sparse.creating import sparse_merge as sparse_merge
from stillflow.ops.sparse.creating import sparse_to_indicator as sparse_to_indicator
from stillflow.ops.sparse.cutting import sparse_slice as sparse_slice
from stillflow.ops.sparse.cutting import sparse_split as sparse_split
from stillflow.ops.sparse.densifying import sparse_tensor_to_dense as sparse_tensor_to_dense
from stillflow.ops.sparse.densifying import sparse_to_dense as sparse_to_dense
from stillflow.ops.sparse.edit_distance import edit_distance as edit_distance
from stillflow.ops.sparse.empty_rows import sparse_fill_empty_rows as sparse_fill_empty_rows
from stillflow.ops.sparse.ordering import sparse_reorder as sparse_reorder
from stillflow.ops.sparse.ordering import sparse_transpose as sparse_transpose
from stillflow.ops.sparse.products import sparse_tensor_dense_matmul as sparse_tensor_dense_matmul
from stillflow.ops.sparse.rearranging import sparse_mask as sparse_mask
from stillflow.ops.sparse.rearranging import sparse_reset_shape as sparse_reset_shape
from stillflow.ops.sparse.rearranging import sparse_reshape as sparse_reshape
from stillflow.ops.sparse.rearranging import sparse_retain as sparse_retain
from stillflow.ops.sparse.reducing import sparse_reduce_max as sparse_reduce_max
from stillflow.ops.sparse.reducing import sparse_reduce_max_sparse as sparse_reduce_max_sparse
from stillflow.ops.sparse.reducing import sparse_reduce_sum as sparse_reduce_sum
from stillflow.ops.sparse.reducing import sparse_reduce_sum_sparse as sparse_reduce_sum_sparse
from stillflow.ops.sparse.serializing import deserialize_many_sparse as deserialize_many_sparse
from stillflow.ops.sparse.serializing import serialize_many_sparse as serialize_many_sparse
from stillflow.ops.sparse.serializing import serialize_sparse as serialize_sparse
from stillflow.ops.sparse.softmax import sparse_softmax as sparse_softmax
from stillflow.ops.sparse.sparse_tensor import SparseTensor as SparseTensor
from stillflow.ops.sparse.sparse_tensor import SparseTensorSpec as SparseTensorSpec
from stillflow.ops.sparse.sparse_tensor import SparseTensorValue as SparseTensorValue
from stillflow.ops.sparse.sparse_tensor import (
    convert_to_tensor_or_sparse_tensor as convert_to_tensor_or_sparse_tensor,
)
from stillflow.ops.sparse.sparse_tensor import sparse_placeholder as sparse_placeholder
from stillflow.ops.sparse.summing import sparse_add as sparse_add
from stillflow.ops.sparse.summing import sparse_maximum as sparse_maximum
from stillflow.ops.sparse.summing import sparse_minimum as sparse_minimum
from stillflow.ops.strings.changing import decode_base64 as decode_base64
from stillflow.ops.strings.changing import encode_base64 as encode_base64
from stillflow.ops.strings.changing import string_strip as string_strip
from stillflow.ops.strings.hashing import fingerprint as fingerprint
from stillflow.ops.strings.hashing import string_to_hash_bucket as string_to_hash_bucket
from stillflow.ops.strings.hashing import string_to_hash_bucket_fast as string_to_hash_bucket_fast
from stillflow.ops.strings.hashing import (
    string_to_hash_bucket_strong as string_to_hash_bucket_strong,
)
from stillflow.ops.strings.joining import reduce_join as reduce_join
from stillflow.ops.strings.joining import string_join as string_join
from stillflow.ops.strings.numbers import as_string as as_string
from stillflow.ops.strings.numbers import string_to_number as string_to_number
from stillflow.ops.strings.parts import substr_deprecated
from stillflow.ops.strings.regex import regex_replace as regex_replace
from stillflow.ops.strings.splitting import string_split as string_split
from stillflow.ops.tensor_array.folding import foldl as foldl
from stillflow.ops.tensor_array.folding import foldr as foldr
from stillflow.ops.tensor_array.mapping import map_fn as map_fn
from stillflow.ops.tensor_array.scanning import scan as scan
from stillflow.ops.tensor_array.tensor_array import TensorArray as TensorArray
from stillflow.ops.variables.creators import variable_creator_scope as variable_creator_scope
from stillflow.ops.variables.initializers import (
    Constant,
    GlorotNormal,
    GlorotUniform,
    Ones,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    UniformUnitScaling,
    VarianceScaling,
    Zeros,
)
from stillflow.ops.variables.kinds import disable_resource_variables as disable_resource_variables
from stillflow.ops.variables.kinds import enable_resource_variables as enable_resource_variables
from stillflow.ops.variables.kinds import resource_variables_enabled as resource_variables_enabled
from stillflow.ops.variables.module import Module as Module
from stillflow.ops.variables.partitioners import (
    create_partitioned_variables as create_partitioned_variables,
)
from stillflow.ops.variables.partitioners import fixed_size_partitioner as fixed_size_partitioner
from stillflow.ops.variables.partitioners import (
    min_max_variable_partitioner as min_max_variable_partitioner,
)
from stillflow.ops.variables.partitioners import (
    variable_axis_size_partitioner as variable_axis_size_partitioner,
)
from stillflow.ops.variables.scattered_updates import scatter_add as scatter_add
from stillflow.ops.variables.scattered_updates import scatter_div as scatter_div
from stillflow.ops.variables.scattered_updates import scatter_max as scatter_max
from stillflow.ops.variables.scattered_updates import scatter_min as scatter_min
from stillflow.ops.variables.scattered_updates import scatter_mul as scatter_mul
from stillflow.ops.variables.scattered_updates import scatter_nd_add as scatter_nd_add
from stillflow.ops.variables.scattered_updates import scatter_nd_sub as scatter_nd_sub
from stillflow.ops.variables.scattered_updates import scatter_nd_update as scatter_nd_update
from stillflow.ops.variables.scattered_updates import scatter_sub as scatter_sub
from stillflow.ops.variables.scattered_updates import scatter_update as scatter_update
from stillflow.ops.variables.scope import VariableScope as VariableScope
from stillflow.ops.variables.scope import get_local_variable as get_local_variable
from stillflow.ops.variables.scope import get_variable as get_variable
from stillflow.ops.variables.scope import get_variable_scope as get_variable_scope
from stillflow.ops.variables.scope import no_regularizer as no_regularizer
from stillflow.ops.variables.scope import variable_op_scope as variable_op_scope
from stillflow.ops.variables.scope import variable_scope as variable_scope
from stillflow.ops.variables.sets import all_variables as all_variables
from stillflow.ops.variables.sets import (
    assert_variables_initialized as assert_variables_initialized,
)
from stillflow.ops.variables.sets import global_variables as global_variables
from stillflow.ops.variables.sets import (
    global_variables_initializer as global_variables_initializer,
)
from stillflow.ops.variables.sets import initialize_all_tables as initialize_all_tables
from stillflow.ops.variables.sets import initialize_all_variables as initialize_all_variables
from stillflow.ops.variables.sets import initialize_local_variables as initialize_local_variables
from stillflow.ops.variables.sets import initialize_variables as initialize_variables
from stillflow.ops.variables.sets import is_variable_initialized as is_variable_initialized
from stillflow.ops.variables.sets import local_variables as local_variables
from stillflow.ops.variables.sets import local_variables_initializer as local_variables_initializer
from stillflow.ops.variables.sets import model_variables as model_variables
from stillflow.ops.variables.sets import moving_average_variables as moving_average_variables
from stillflow.ops.variables.sets import (
    report_uninitialized_variables as report_uninitialized_variables,
)
from stillflow.ops.variables.sets import tables_initializer as tables_initializer
from stillflow.ops.variables.sets import trainable_variables as trainable_variables
from stillflow.ops.variables.sets import variables_initializer as variables_initializer
from stillflow.ops.variables.state import assign as assign
from stillflow.ops.variables.state import assign_add as assign_add
from stillflow.ops.variables.state import assign_sub as assign_sub
from stillflow.ops.variables.state import count_up_to as count_up_to
from stillflow.ops.variables.store import AUTO_REUSE as AUTO_REUSE
from stillflow.ops.variables.template import make_template as make_template
from stillflow.ops.variables.updates import batch_scatter_update as batch_scatter_update
from stillflow.ops.variables.variable import Variable as Variable
from stillflow.ops.variables.variable import VariableAggregation as VariableAggregation
from stillflow.ops.variables.variable import VariableSynchronization as VariableSynchronization
from stillflow.platform.logging import get_logger as get_logger
from stillflow.platform.version import COMPILER_VERSION as COMPILER_VERSION
from stillflow.platform.version import GIT_VERSION as GIT_VERSION
from stillflow.platform.version import GRAPH_DEF_VERSION as GRAPH_DEF_VERSION
from stillflow.platform.version import (
    GRAPH_DEF_VERSION_MIN_CONSUMER as GRAPH_DEF_VERSION_MIN_CONSUMER,
)
from stillflow.platform.version import (
    GRAPH_DEF_VERSION_MIN_PRODUCER as GRAPH_DEF_VERSION_MIN_PRODUCER,
)
from stillflow.platform.version import VERSION as VERSION
from stillflow.runtime.eager.mode import disable_eager_execution as disable_eager_execution
from stillflow.runtime.eager.mode import enable_eager_execution as enable_eager_execution
from stillflow.runtime.interactive_session import InteractiveSession as InteractiveSession
from stillflow.runtime.session import Session as Session

Assert = assert_that
is_tensor = is_no_ragged_tensor
NoGradient = no_gradient
NotDifferentiable = no_gradient
abs = abs_
arg_max = argmax_op
arg_min = argmin_op
complex = complex_
constant_initializer = Constant
glorot_normal_initializer = GlorotNormal
glorot_uniform_initializer = GlorotUniform
get_static_value = constant_value
fake_quant_with_min_max_vars_per_channel_gradient = _per_channel_gradient
linspace = lin_space
tensor_scatter_nd_add = tensor_scatter_add
tensor_scatter_nd_sub = tensor_scatter_sub
tensor_scatter_nd_update = tensor_scatter_update
matrix_square_root = _sqrtm
mod = floormod
ones_initializer = Ones
orthogonal_initializer = Orthogonal
pow = pow_
print = print_
qr = qr_of
random_normal_initializer = RandomNormal
random_uniform_initializer = RandomUniform
range = range_
realdiv = real_divide
reverse_v2 = reverse
round = round_
slice = slice_
substr = substr_deprecated
truncated_normal_initializer = TruncatedNormal
tuple = tuple_
uniform_unit_scaling_initializer = UniformUnitScaling
variance_scaling_initializer = VarianceScaling
zeros_initializer = Zeros
__version__: str
