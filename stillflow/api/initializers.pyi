from typing import Any

from stillflow.ops.variables.initializers import Constant as constant
from stillflow.ops.variables.initializers import GlorotNormal as glorot_normal
from stillflow.ops.variables.initializers import GlorotUniform as glorot_uniform
from stillflow.ops.variables.initializers import Identity as identity
from stillflow.ops.variables.initializers import Ones as ones
from stillflow.ops.variables.initializers import Orthogonal as orthogonal
from stillflow.ops.variables.initializers import RandomNormal as random_normal
from stillflow.ops.variables.initializers import RandomUniform as random_uniform
from stillflow.ops.variables.initializers import TruncatedNormal as truncated_normal
from stillflow.ops.variables.initializers import UniformUnitScaling as uniform_unit_scaling
from stillflow.ops.variables.initializers import VarianceScaling as variance_scaling
from stillflow.ops.variables.initializers import Zeros as zeros
from stillflow.ops.variables.initializers import he_normal as he_normal
from stillflow.ops.variables.initializers import he_uniform as he_uniform
from stillflow.ops.variables.initializers import lecun_normal as lecun_normal
from stillflow.ops.variables.initializers import lecun_uniform as lecun_uniform
from stillflow.ops.variables.sets import global_variables_initializer as global_variables
from stillflow.ops.variables.sets import local_variables_initializer as local_variables
from stillflow.ops.variables.sets import tables_initializer as tables_initializer
from stillflow.ops.variables.sets import variables_initializer as variables

def __getattr__(name: str) -> Any: ...
