from stillflow.train.contrib.adam_kinds import AdaMaxOptimizer as AdaMaxOptimizer
from stillflow.train.contrib.adam_kinds import LazyAdamOptimizer as LazyAdamOptimizer
from stillflow.train.contrib.adam_kinds import NadamOptimizer as NadamOptimizer
from stillflow.train.contrib.averaging import MovingAverageOptimizer as MovingAverageOptimizer
from stillflow.train.contrib.clipping import VariableClippingOptimizer as VariableClippingOptimizer
from stillflow.train.contrib.external import (
    ExternalOptimizerInterface as ExternalOptimizerInterface,
)
from stillflow.train.contrib.external import ScipyOptimizerInterface as ScipyOptimizerInterface
from stillflow.train.contrib.signs import AddSignOptimizer as AddSignOptimizer
from stillflow.train.contrib.signs import PowerSignOptimizer as PowerSignOptimizer
from stillflow.train.contrib.weight_decay import AdamWOptimizer as AdamWOptimizer
from stillflow.train.contrib.weight_decay import (
    DecoupledWeightDecayExtension as DecoupledWeightDecayExtension,
)
from stillflow.train.contrib.weight_decay import MomentumWOptimizer as MomentumWOptimizer
from stillflow.train.contrib.weight_decay import (
    extend_with_decoupled_weight_decay as extend_with_decoupled_weight_decay,
)
