from stillflow.ops.random.drawing import categorical as categorical
from stillflow.ops.random.drawing import random_gamma, random_normal, random_shuffle, random_uniform
from stillflow.ops.random.drawing import truncated_normal as truncated_normal
from stillflow.ops.random.stateless import stateless_categorical as stateless_categorical
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
from stillflow.ops.version2.mathematics import random_poisson_v2
from stillflow.ops.version2.mathematics import set_seed as set_seed

gamma = random_gamma
normal = random_normal
poisson = random_poisson_v2
shuffle = random_shuffle
uniform = random_uniform
