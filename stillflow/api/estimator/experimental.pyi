from stillflow.estimator.canned.dnn_logits import dnn_logit_fn_builder as dnn_logit_fn_builder
from stillflow.estimator.canned.linear_logits import (
    linear_logit_fn_builder as linear_logit_fn_builder,
)
from stillflow.estimator.receivers import (
    build_raw_supervised_input_receiver_fn as build_raw_supervised_input_receiver_fn,
)
