from typing import Any

from stillflow.graph.random_seed import get_seed as get_seed
from stillflow.graph.random_seed import set_random_seed as set_random_seed
from stillflow.ops.random.drawing import categorical as categorical
from stillflow.ops.random.drawing import multinomial as multinomial
from stillflow.ops.random.drawing import random_gamma as gamma
from stillflow.ops.random.drawing import random_normal as normal
from stillflow.ops.random.drawing import random_poisson as poisson
from stillflow.ops.random.drawing import random_shuffle as shuffle
from stillflow.ops.random.drawing import random_uniform as uniform
from stillflow.ops.random.drawing import truncated_normal as truncated_normal
from stillflow.ops.random.stateless import stateless_categorical as stateless_categorical
from stillflow.ops.random.stateless import stateless_multinomial as stateless_multinomial
from stillflow.ops.random.stateless import stateless_normal as stateless_normal
from stillflow.ops.random.stateless import stateless_truncated_normal as stateless_truncated_normal
from stillflow.ops.random.stateless import stateless_uniform as stateless_uniform

def __getattr__(name: str) -> Any: ...
