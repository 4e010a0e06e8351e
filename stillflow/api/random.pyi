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
from stillflow.ops.sampling.samplers import all_candidate_sampler as all_candidate_sampler
from stillflow.ops.sampling.samplers import (
    fixed_unigram_candidate_sampler as fixed_unigram_candidate_sampler,
)
from stillflow.ops.sampling.samplers import (
    learned_unigram_candidate_sampler as learned_unigram_candidate_sampler,
)
from stillflow.ops.sampling.samplers import (
    log_uniform_candidate_sampler as log_uniform_candidate_sampler,
)
from stillflow.ops.sampling.samplers import uniform_candidate_sampler as uniform_candidate_sampler

gamma = random_gamma
normal = random_normal
poisson = random_poisson
shuffle = random_shuffle
uniform = random_uniform
