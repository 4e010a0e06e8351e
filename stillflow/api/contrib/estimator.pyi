from stillflow.estimator.canned.binary import (
    binary_classification_head as binary_classification_head,
)
from stillflow.estimator.canned.dnn_logits import dnn_logit_fn_builder as dnn_logit_fn_builder
from stillflow.estimator.canned.linear_logits import (
    linear_logit_fn_builder as linear_logit_fn_builder,
)
from stillflow.estimator.canned.link_heads import (
    logistic_regression_head as logistic_regression_head,
)
from stillflow.estimator.canned.link_heads import (
    poisson_regression_head as poisson_regression_head,
)
from stillflow.estimator.canned.multi_class import multi_class_head as multi_class_head
from stillflow.estimator.canned.multi_head import multi_head as multi_head
from stillflow.estimator.canned.multi_label import multi_label_head as multi_label_head
from stillflow.estimator.canned.regression import regression_head as regression_head
from stillflow.estimator.canned.rnn import RNNClassifier as RNNClassifier
from stillflow.estimator.canned.rnn import RNNEstimator as RNNEstimator
from stillflow.estimator.clipped_gradients import clip_gradients_by_norm as clip_gradients_by_norm
from stillflow.estimator.contrib_export import export_all_saved_models as export_all_saved_models
from stillflow.estimator.contrib_export import (
    export_saved_model_for_mode as export_saved_model_for_mode,
)
from stillflow.estimator.extending import add_metrics as add_metrics
from stillflow.estimator.extending import forward_features as forward_features
from stillflow.estimator.in_memory import InMemoryEvaluatorHook as InMemoryEvaluatorHook
from stillflow.estimator.in_memory import (
    make_stop_at_checkpoint_step_hook as make_stop_at_checkpoint_step_hook,
)
from stillflow.estimator.logit_functions import call_logit_fn as call_logit_fn
from stillflow.estimator.receivers import (
    build_raw_supervised_input_receiver_fn as build_raw_supervised_input_receiver_fn,
)
from stillflow.estimator.receivers import supervised_receiver_fn_of_input
from stillflow.estimator.saved_model_estimator import SavedModelEstimator as SavedModelEstimator
from stillflow.estimator.towers.optimizer import TowerOptimizer as TowerOptimizer
from stillflow.estimator.towers.replicating import replicate_model_fn as replicate_model_fn

build_supervised_input_receiver_fn_from_input_fn = supervised_receiver_fn_of_input
