from stillflow.gradients.custom import custom_gradient as custom_gradient
from stillflow.graph.behavior import is_at_2
from stillflow.graph.tensor_spec import TensorSpec as TensorSpec
from stillflow.ops.debug.py_func import py_func as py_func
from stillflow.ops.variables.template import make_template as make_template

executing_eagerly = is_at_2
in_eager_mode = is_at_2
