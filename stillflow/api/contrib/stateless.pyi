from stillflow.ops.random.stateless import stateless_multinomial as stateless_multinomial
from stillflow.ops.random.stateless import (
    stateless_normal,
    stateless_uniform,
)
from stillflow.ops.random.stateless import stateless_truncated_normal as stateless_truncated_normal

stateless_random_normal = stateless_normal
stateless_random_uniform = stateless_uniform
