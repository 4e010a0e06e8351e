from stillflow.monitored.averaging.elastic import (
    ElasticAverageCustomGetter as ElasticAverageCustomGetter,
)
from stillflow.monitored.averaging.elastic import ElasticAverageOptimizer as ElasticAverageOptimizer
from stillflow.monitored.averaging.gradients import AGNCustomGetter as AGNCustomGetter
from stillflow.monitored.averaging.gradients import AGNOptimizer as AGNOptimizer
from stillflow.monitored.averaging.models import (
    ModelAverageCustomGetter as ModelAverageCustomGetter,
)
from stillflow.monitored.averaging.models import ModelAverageOptimizer as ModelAverageOptimizer
from stillflow.train.contrib.adam_by_step import AdamGSOptimizer as AdamGSOptimizer
from stillflow.train.contrib.adam_by_step import LazyAdamGSOptimizer as LazyAdamGSOptimizer
from stillflow.train.contrib.adam_kinds import AdaMaxOptimizer as AdaMaxOptimizer
from stillflow.train.contrib.adam_kinds import LazyAdamOptimizer as LazyAdamOptimizer
from stillflow.train.contrib.adam_kinds import NadamOptimizer as NadamOptimizer
from stillflow.train.contrib.averaging import MovingAverageOptimizer as MovingAverageOptimizer
from stillflow.train.contrib.clipping import VariableClippingOptimizer as VariableClippingOptimizer
from stillflow.train.contrib.external import (
    ExternalOptimizerInterface as ExternalOptimizerInterface,
)
from stillflow.train.contrib.external import ScipyOptimizerInterface as ScipyOptimizerInterface
from stillflow.train.contrib.ggt import GGTOptimizer as GGTOptimizer
from stillflow.train.contrib.layerwise import LARSOptimizer as LARSOptimizer
from stillflow.train.contrib.multitask import (
    MultitaskOptimizerWrapper as MultitaskOptimizerWrapper,
)
from stillflow.train.contrib.multitask import (
    clip_gradients_by_global_norm as clip_gradients_by_global_norm,
)
from stillflow.train.contrib.reg_adagrad import RegAdagradOptimizer as RegAdagradOptimizer
from stillflow.train.contrib.shampoo import ShampooOptimizer as ShampooOptimizer
from stillflow.train.contrib.signs import AddSignOptimizer as AddSignOptimizer
from stillflow.train.contrib.signs import PowerSignOptimizer as PowerSignOptimizer
from stillflow.train.contrib.stale import DropStaleGradientOptimizer as DropStaleGradientOptimizer
from stillflow.train.contrib.weight_decay import AdamWOptimizer as AdamWOptimizer
from stillflow.train.contrib.weight_decay import (
    DecoupledWeightDecayExtension as DecoupledWeightDecayExtension,
)
from stillflow.train.contrib.weight_decay import MomentumWOptimizer as MomentumWOptimizer
from stillflow.train.contrib.weight_decay import (
    extend_with_decoupled_weight_decay as extend_with_decoupled_weight_decay,
)
