from stillflow.keras.optimizers.loss_scaling import LossScaleOptimizer as LossScaleOptimizer
from stillflow.layers.policies import Policy as Policy
from stillflow.layers.policies import global_policy as global_policy
from stillflow.layers.policies import set_policy as set_policy
