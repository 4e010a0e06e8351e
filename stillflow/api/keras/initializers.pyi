from stillflow.layers.identifiers import (
    deserialize_initializer,
    initializer_of,
    serialize_initializer,
)
from stillflow.layers.initializers import RandomNormal as RandomNormal
from stillflow.layers.initializers import RandomUniform as RandomUniform
from stillflow.layers.initializers import TruncatedNormal as TruncatedNormal
from stillflow.ops.variables.initializers import Constant as Constant
from stillflow.ops.variables.initializers import GlorotNormal, GlorotUniform
from stillflow.ops.variables.initializers import Identity as Identity
from stillflow.ops.variables.initializers import Initializer as Initializer
from stillflow.ops.variables.initializers import Ones as Ones
from stillflow.ops.variables.initializers import Orthogonal as Orthogonal
from stillflow.ops.variables.initializers import VarianceScaling as VarianceScaling
from stillflow.ops.variables.initializers import Zeros as Zeros
from stillflow.ops.variables.initializers import he_normal as he_normal
from stillflow.ops.variables.initializers import he_uniform as he_uniform
from stillflow.ops.variables.initializers import lecun_normal as lecun_normal
from stillflow.ops.variables.initializers import lecun_uniform as lecun_uniform

deserialize = deserialize_initializer
get = initializer_of
serialize = serialize_initializer
normal = RandomNormal
random_normal = RandomNormal
random_uniform = RandomUniform
truncated_normal = TruncatedNormal
uniform = RandomUniform
constant = Constant
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
identity = Identity
ones = Ones
orthogonal = Orthogonal
zeros = Zeros
