"""The names of `horovod.keras.callbacks`."""

from __future__ import annotations

from stillflow.keras.horovod.learning_rates import (
    LearningRateScheduleCallback as LearningRateScheduleCallback,
)
from stillflow.keras.horovod.learning_rates import (
    LearningRateWarmupCallback as LearningRateWarmupCallback,
)
from stillflow.keras.horovod.together import (
    BroadcastGlobalVariablesCallback as BroadcastGlobalVariablesCallback,
)
from stillflow.keras.horovod.together import MetricAverageCallback as MetricAverageCallback
