"""The root of the public tree, `tf`, spelled as TensorFlow 1.15 spells it. Re-exports only."""

from stillflow.api import _missing
from stillflow.gradients import RegisterGradient as RegisterGradient
from stillflow.gradients import UnconnectedGradients as UnconnectedGradients
from stillflow.gradients import gradients as gradients
from stillflow.graph import context as _context
from stillflow.graph import errors as errors
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
from stillflow.graph.keys import GraphKeys as GraphKeys
from stillflow.graph.operation import Operation as Operation
from stillflow.graph.operation import Tensor as Tensor
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
from stillflow.graph.tensor_shape import Dimension as Dimension
from stillflow.graph.tensor_shape import TensorShape as TensorShape
from stillflow.ops.array.filling import broadcast_dynamic_shape as broadcast_dynamic_shape
from stillflow.ops.array.filling import broadcast_static_shape as broadcast_static_shape
from stillflow.ops.array.filling import broadcast_to as broadcast_to
from stillflow.ops.array.filling import fill as fill
from stillflow.ops.array.filling import ones as ones
from stillflow.ops.array.filling import ones_like as ones_like
from stillflow.ops.array.filling import zeros as zeros
from stillflow.ops.array.filling import zeros_like as zeros_like
from stillflow.ops.array.gathering import gather as gather
from stillflow.ops.array.joining import concat as concat
from stillflow.ops.array.joining import split as split
from stillflow.ops.array.reshaping import expand_dims as expand_dims
from stillflow.ops.array.reshaping import reshape as reshape
from stillflow.ops.array.reshaping import squeeze as squeeze
from stillflow.ops.array.scattering import scatter_nd as scatter_nd
from stillflow.ops.array.scattering import tensor_scatter_add as tensor_scatter_add
from stillflow.ops.array.scattering import tensor_scatter_sub as tensor_scatter_sub
from stillflow.ops.array.scattering import tensor_scatter_update as tensor_scatter_update
from stillflow.ops.array.selecting import where as where
from stillflow.ops.array.selecting import where_v2 as where_v2
from stillflow.ops.array.shape_of import rank as rank
from stillflow.ops.array.shape_of import shape as shape
from stillflow.ops.array.shape_of import shape_n as shape_n
from stillflow.ops.array.shape_of import size as size
from stillflow.ops.array.slicing import slice_ as slice
from stillflow.ops.array.slicing import strided_slice as strided_slice
from stillflow.ops.array.stacking import parallel_stack as parallel_stack
from stillflow.ops.array.stacking import stack as stack
from stillflow.ops.array.stacking import unstack as unstack
from stillflow.ops.array.transposing import invert_permutation as invert_permutation
from stillflow.ops.array.transposing import matrix_transpose as matrix_transpose
from stillflow.ops.array.transposing import transpose as transpose
from stillflow.ops.constants import constant as constant
from stillflow.ops.control import group as group
from stillflow.ops.control import identity as identity
from stillflow.ops.control import no_op as no_op
from stillflow.ops.control import placeholder as placeholder
from stillflow.ops.control import placeholder_with_default as placeholder_with_default
from stillflow.ops.control import stop_gradient as stop_gradient
from stillflow.ops.control import tuple_ as tuple
from stillflow.ops.convert import convert_to_tensor as convert_to_tensor
from stillflow.ops.convert import (
    register_tensor_conversion_function as register_tensor_conversion_function,
)
from stillflow.ops.decompositions import qr as qr
from stillflow.ops.indexed_slices import (
    convert_to_tensor_or_indexed_slices as convert_to_tensor_or_indexed_slices,
)
from stillflow.ops.initializers import Constant as constant_initializer
from stillflow.ops.initializers import GlorotNormal as glorot_normal_initializer
from stillflow.ops.initializers import GlorotUniform as glorot_uniform_initializer
from stillflow.ops.initializers import Ones as ones_initializer
from stillflow.ops.initializers import Orthogonal as orthogonal_initializer
from stillflow.ops.initializers import RandomNormal as random_normal_initializer
from stillflow.ops.initializers import RandomUniform as random_uniform_initializer
from stillflow.ops.initializers import TruncatedNormal as truncated_normal_initializer
from stillflow.ops.initializers import UniformUnitScaling as uniform_unit_scaling_initializer
from stillflow.ops.initializers import VarianceScaling as variance_scaling_initializer
from stillflow.ops.initializers import Zeros as zeros_initializer
from stillflow.ops.state import assign as assign
from stillflow.ops.state import assign_add as assign_add
from stillflow.ops.state import assign_sub as assign_sub
from stillflow.ops.state import count_up_to as count_up_to
from stillflow.ops.state import is_variable_initialized as is_variable_initialized
from stillflow.ops.variable_scope import VariableScope as VariableScope
from stillflow.ops.variable_scope import get_local_variable as get_local_variable
from stillflow.ops.variable_scope import get_variable as get_variable
from stillflow.ops.variable_scope import get_variable_scope as get_variable_scope
from stillflow.ops.variable_scope import no_regularizer as no_regularizer
from stillflow.ops.variable_scope import variable_op_scope as variable_op_scope
from stillflow.ops.variable_scope import variable_scope as variable_scope
from stillflow.ops.variable_sets import all_variables as all_variables
from stillflow.ops.variable_sets import global_variables as global_variables
from stillflow.ops.variable_sets import global_variables_initializer as global_variables_initializer
from stillflow.ops.variable_sets import initialize_all_variables as initialize_all_variables
from stillflow.ops.variable_sets import initialize_local_variables as initialize_local_variables
from stillflow.ops.variable_sets import initialize_variables as initialize_variables
from stillflow.ops.variable_sets import local_variables as local_variables
from stillflow.ops.variable_sets import local_variables_initializer as local_variables_initializer
from stillflow.ops.variable_sets import model_variables as model_variables
from stillflow.ops.variable_sets import moving_average_variables as moving_average_variables
from stillflow.ops.variable_sets import trainable_variables as trainable_variables
from stillflow.ops.variable_sets import variables_initializer as variables_initializer
from stillflow.ops.variable_store import AUTO_REUSE as AUTO_REUSE
from stillflow.ops.variables import Variable as Variable
from stillflow.ops.variables import VariableAggregation as VariableAggregation
from stillflow.ops.variables import VariableSynchronization as VariableSynchronization
from stillflow.runtime.session import InteractiveSession as InteractiveSession
from stillflow.runtime.session import Session as Session

__version__ = VERSION = "1.15.5"  # the release whose programs run here

get_default_graph = _context.get_default_graph
get_default_session = _context.get_default_session
reset_default_graph = _context.reset_default_graph

__getattr__, __dir__ = _missing.fallback(__name__)
