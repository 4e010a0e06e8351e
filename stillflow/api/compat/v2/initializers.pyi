from stillflow.layers.identifiers import (
    deserialize_initializer,
    initializer_of,
    serialize_initializer,
)
from stillflow.ops.version2.initializers import Constant as Constant
from stillflow.ops.version2.initializers import GlorotNormal as GlorotNormal
from stillflow.ops.version2.initializers import GlorotUniform as GlorotUniform
from stillflow.ops.version2.initializers import Identity as Identity
from stillflow.ops.version2.initializers import Initializer as Initializer
from stillflow.ops.version2.initializers import Ones as Ones
from stillflow.ops.version2.initializers import Orthogonal as Orthogonal
from stillflow.ops.version2.initializers import RandomNormal as RandomNormal
from stillflow.ops.version2.initializers import RandomUniform as RandomUniform
from stillflow.ops.version2.initializers import TruncatedNormal as TruncatedNormal
from stillflow.ops.version2.initializers import VarianceScaling as VarianceScaling
from stillflow.ops.version2.initializers import Zeros as Zeros
from stillflow.ops.version2.initializers import he_normal as he_normal
from stillflow.ops.version2.initializers import he_uniform as he_uniform
from stillflow.ops.version2.initializers import lecun_normal as lecun_normal
from stillflow.ops.version2.initializers import lecun_uniform as lecun_uniform

deserialize = deserialize_initializer
get = initializer_of
serialize = serialize_initializer
constant = Constant
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
identity = Identity
ones = Ones
orthogonal = Orthogonal
zeros = Zeros
