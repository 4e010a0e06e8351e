from stillflow.monitored.profile_context import ProfileContext as ProfileContext
from stillflow.profiler.analyzer import ALL_ADVICE as ALL_ADVICE
from stillflow.profiler.analyzer import FLOAT_OPS_OPTIONS as FLOAT_OPS_OPTIONS
from stillflow.profiler.analyzer import PRINT_ALL_TIMING_MEMORY as PRINT_ALL_TIMING_MEMORY
from stillflow.profiler.analyzer import (
    TRAINABLE_VARS_PARAMS_STAT_OPTIONS as TRAINABLE_VARS_PARAMS_STAT_OPTIONS,
)
from stillflow.profiler.analyzer import print_model_analysis as print_model_analysis
from stillflow.profiler.profiling import Profiler as Profiler
from stillflow.profiler.profiling import advise as advise
