from stillflow.train.loss_scaling.managers import (
    ExponentialUpdateLossScaleManager as ExponentialUpdateLossScaleManager,
)
from stillflow.train.loss_scaling.managers import FixedLossScaleManager as FixedLossScaleManager
from stillflow.train.loss_scaling.managers import LossScaleManager as LossScaleManager
from stillflow.train.loss_scaling.managers import LossScaleOptimizer as LossScaleOptimizer
