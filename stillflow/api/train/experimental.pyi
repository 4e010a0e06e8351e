from stillflow.train.loss_scaling.loss_scale import DynamicLossScale as DynamicLossScale
from stillflow.train.loss_scaling.loss_scale import FixedLossScale as FixedLossScale
from stillflow.train.loss_scaling.loss_scale import LossScale as LossScale
from stillflow.train.loss_scaling.mixed_precision import (
    disable_mixed_precision_graph_rewrite as disable_mixed_precision_graph_rewrite,
)
from stillflow.train.loss_scaling.mixed_precision import (
    enable_mixed_precision_graph_rewrite as enable_mixed_precision_graph_rewrite,
)
from stillflow.train.loss_scaling.optimizer import (
    MixedPrecisionLossScaleOptimizer as MixedPrecisionLossScaleOptimizer,
)
from stillflow.train.objects.python_state import PythonState as PythonState
