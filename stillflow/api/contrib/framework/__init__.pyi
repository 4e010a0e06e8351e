from stillflow.api.contrib.framework import nest as nest
from stillflow.checkpoint.management import list_variables as list_variables
from stillflow.checkpoint.management import load_checkpoint as load_checkpoint
from stillflow.checkpoint.management import load_variable as load_variable
from stillflow.declare.convert import is_no_ragged_tensor
from stillflow.graph.names import prepend_name_scope as prepend_name_scope
from stillflow.graph.names import strip_name_scope as strip_name_scope
from stillflow.graph.scopes import get_graph_from_inputs as get_graph_from_inputs
from stillflow.graph.scopes import get_name_scope as get_name_scope
from stillflow.graph.tensor_spec import BoundedTensorSpec as BoundedTensorSpec
from stillflow.graph.tensor_spec import TensorSpec as TensorSpec
from stillflow.input.queues.record_input import RecordInput as RecordInput
from stillflow.ops.array.sorting import argsort as argsort
from stillflow.ops.array.sorting import sort as sort
from stillflow.ops.control.smart import smart_case as smart_case
from stillflow.ops.control.smart import smart_cond as smart_cond
from stillflow.ops.control.smart import smart_constant_value as smart_constant_value
from stillflow.ops.debug.checks import assert_same_float_dtype as assert_same_float_dtype
from stillflow.ops.debug.checks import assert_scalar as assert_scalar
from stillflow.ops.debug.py_func import structured_py_func
from stillflow.ops.debug.shape_checks import assert_scalar_int as assert_scalar_int
from stillflow.ops.debug.shape_checks import reduce_sum_n as reduce_sum_n
from stillflow.ops.debug.shape_checks import with_same_shape as with_same_shape
from stillflow.ops.debug.shape_checks import with_shape as with_shape
from stillflow.ops.math.confusion import contrib_remove_squeezable_dimensions
from stillflow.ops.sparse.sparse_tensor import (
    convert_to_tensor_or_sparse_tensor as convert_to_tensor_or_sparse_tensor,
)
from stillflow.ops.variables.device_chooser import VariableDeviceChooser as VariableDeviceChooser
from stillflow.ops.variables.model_variables import add_model_variable as add_model_variable
from stillflow.ops.variables.model_variables import global_variable as global_variable
from stillflow.ops.variables.model_variables import local_variable as local_variable
from stillflow.ops.variables.model_variables import model_variable as model_variable
from stillflow.ops.variables.model_variables import variable as variable
from stillflow.ops.variables.orthogonal_kernels import (
    ConvolutionDeltaOrthogonal,
    ConvolutionOrthogonal1D,
    ConvolutionOrthogonal2D,
    ConvolutionOrthogonal3D,
)
from stillflow.platform.arg_scope import add_arg_scope as add_arg_scope
from stillflow.platform.arg_scope import arg_scope as arg_scope
from stillflow.platform.arg_scope import arg_scoped_arguments as arg_scoped_arguments
from stillflow.platform.arg_scope import current_arg_scope as current_arg_scope
from stillflow.platform.arg_scope import has_arg_scope as has_arg_scope
from stillflow.platform.deprecation import deprecated as deprecated
from stillflow.platform.deprecation import deprecated_arg_values as deprecated_arg_values
from stillflow.platform.deprecation import deprecated_args as deprecated_args
from stillflow.train.checkpoint_init import init_from_checkpoint as init_from_checkpoint
from stillflow.train.contrib_variables import assert_or_get_global_step as assert_or_get_global_step
from stillflow.train.contrib_variables import assign_from_checkpoint as assign_from_checkpoint
from stillflow.train.contrib_variables import assign_from_checkpoint_fn as assign_from_checkpoint_fn
from stillflow.train.contrib_variables import assign_from_values as assign_from_values
from stillflow.train.contrib_variables import assign_from_values_fn as assign_from_values_fn
from stillflow.train.contrib_variables import filter_variables as filter_variables
from stillflow.train.contrib_variables import get_local_variables as get_local_variables
from stillflow.train.contrib_variables import get_model_variables as get_model_variables
from stillflow.train.contrib_variables import get_placeholders as get_placeholders
from stillflow.train.contrib_variables import get_trainable_variables as get_trainable_variables
from stillflow.train.contrib_variables import get_unique_variable as get_unique_variable
from stillflow.train.contrib_variables import get_variable_full_name as get_variable_full_name
from stillflow.train.contrib_variables import get_variables as get_variables
from stillflow.train.contrib_variables import get_variables_by_name as get_variables_by_name
from stillflow.train.contrib_variables import get_variables_by_suffix as get_variables_by_suffix
from stillflow.train.contrib_variables import get_variables_to_restore as get_variables_to_restore
from stillflow.train.remapped import (
    load_and_remap_matrix_initializer as load_and_remap_matrix_initializer,
)
from stillflow.train.remapped import load_embedding_initializer as load_embedding_initializer
from stillflow.train.remapped import (
    load_linear_multiclass_bias_initializer as load_linear_multiclass_bias_initializer,
)
from stillflow.train.training_util import assert_global_step as assert_global_step
from stillflow.train.training_util import create_global_step as create_global_step
from stillflow.train.training_util import get_global_step as get_global_step
from stillflow.train.training_util import get_or_create_global_step as get_or_create_global_step

is_tensor = is_no_ragged_tensor
remove_squeezable_dimensions = contrib_remove_squeezable_dimensions
convolutional_delta_orthogonal = ConvolutionDeltaOrthogonal
convolutional_orthogonal_1d = ConvolutionOrthogonal1D
convolutional_orthogonal_2d = ConvolutionOrthogonal2D
convolutional_orthogonal_3d = ConvolutionOrthogonal3D
py_func = structured_py_func
