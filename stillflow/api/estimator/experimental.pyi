from stillflow.estimator.canned.dnn_logits import dnn_logit_fn_builder as dnn_logit_fn_builder
from stillflow.estimator.canned.linear_logits import (
    linear_logit_fn_builder as linear_logit_fn_builder,
)
from stillflow.estimator.early_stopping import make_early_stopping_hook as make_early_stopping_hook
from stillflow.estimator.early_stopping import stop_if_higher_hook as stop_if_higher_hook
from stillflow.estimator.early_stopping import stop_if_lower_hook as stop_if_lower_hook
from stillflow.estimator.early_stopping import stop_if_no_decrease_hook as stop_if_no_decrease_hook
from stillflow.estimator.early_stopping import stop_if_no_increase_hook as stop_if_no_increase_hook
from stillflow.estimator.in_memory import InMemoryEvaluatorHook as InMemoryEvaluatorHook
from stillflow.estimator.in_memory import (
    make_stop_at_checkpoint_step_hook as make_stop_at_checkpoint_step_hook,
)
from stillflow.estimator.logit_functions import call_logit_fn as call_logit_fn
from stillflow.estimator.receivers import (
    build_raw_supervised_input_receiver_fn as build_raw_supervised_input_receiver_fn,
)
