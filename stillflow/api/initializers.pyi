from typing import Any

from stillflow.ops.initializers import Constant as constant
from stillflow.ops.initializers import GlorotNormal as glorot_normal
from stillflow.ops.initializers import GlorotUniform as glorot_uniform
from stillflow.ops.initializers import Identity as identity
from stillflow.ops.initializers import Ones as ones
from stillflow.ops.initializers import Orthogonal as orthogonal
from stillflow.ops.initializers import RandomNormal as random_normal
from stillflow.ops.initializers import RandomUniform as random_uniform
from stillflow.ops.initializers import TruncatedNormal as truncated_normal
from stillflow.ops.initializers import UniformUnitScaling as uniform_unit_scaling
from stillflow.ops.initializers import VarianceScaling as variance_scaling
from stillflow.ops.initializers import Zeros as zeros
from stillflow.ops.initializers import he_normal as he_normal
from stillflow.ops.initializers import he_uniform as he_uniform
from stillflow.ops.initializers import lecun_normal as lecun_normal
from stillflow.ops.initializers import lecun_uniform as lecun_uniform
from stillflow.ops.variable_sets import global_variables_initializer as global_variables
from stillflow.ops.variable_sets import local_variables_initializer as local_variables
from stillflow.ops.variable_sets import tables_initializer as tables_initializer
from stillflow.ops.variable_sets import variables_initializer as variables

def __getattr__(name: str) -> Any: ...
