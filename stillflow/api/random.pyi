from stillflow.graph.random_seed import get_seed as get_seed
from stillflow.graph.random_seed import set_random_seed as set_random_seed
from stillflow.ops.random.drawing import categorical as categorical
from stillflow.ops.random.drawing import multinomial as multinomial
from stillflow.ops.random.drawing import (
    random_gamma,
    random_normal,
    random_poisson,
    random_shuffle,
    random_uniform,
)
from stillflow.ops.random.drawing import truncated_normal as truncated_normal
from stillflow.ops.random.stateless import stateless_categorical as stateless_categorical
from stillflow.ops.random.stateless import stateless_multinomial as stateless_multinomial
from stillflow.ops.random.stateless import stateless_normal as stateless_normal
from stillflow.ops.random.stateless import stateless_truncated_normal as stateless_truncated_normal
from stillflow.ops.random.stateless import stateless_uniform as stateless_uniform

gamma = random_gamma
normal = random_normal
poisson = random_poisson
shuffle = random_shuffle
uniform = random_uniform
