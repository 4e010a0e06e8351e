from stillflow.ops.variables.initializers import (
    Constant,
    GlorotNormal,
    GlorotUniform,
    Identity,
    Ones,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    UniformUnitScaling,
    VarianceScaling,
    Zeros,
)
from stillflow.ops.variables.initializers import he_normal as he_normal
from stillflow.ops.variables.initializers import he_uniform as he_uniform
from stillflow.ops.variables.initializers import lecun_normal as lecun_normal
from stillflow.ops.variables.initializers import lecun_uniform as lecun_uniform
from stillflow.ops.variables.sets import (
    global_variables_initializer,
    local_variables_initializer,
    variables_initializer,
)
from stillflow.ops.variables.sets import tables_initializer as tables_initializer

constant = Constant
global_variables = global_variables_initializer
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
identity = Identity
local_variables = local_variables_initializer
ones = Ones
orthogonal = Orthogonal
random_normal = RandomNormal
random_uniform = RandomUniform
truncated_normal = TruncatedNormal
uniform_unit_scaling = UniformUnitScaling
variables = variables_initializer
variance_scaling = VarianceScaling
zeros = Zeros
