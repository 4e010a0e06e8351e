from stillflow.api.contrib.learn import datasets as datasets
from stillflow.api.contrib.learn import graph_actions as graph_actions
from stillflow.api.contrib.learn import head as head
from stillflow.api.contrib.learn import io as io
from stillflow.api.contrib.learn import learn_runner as learn_runner
from stillflow.api.contrib.learn import models as models
from stillflow.api.contrib.learn import monitors as monitors
from stillflow.api.contrib.learn import ops as ops
from stillflow.api.contrib.learn import preprocessing as preprocessing
from stillflow.api.contrib.learn import utils as utils
from stillflow.learn.actions import infer as infer
from stillflow.learn.actions import run_feeds as run_feeds
from stillflow.learn.actions import run_n as run_n
from stillflow.learn.canned.dnn import DNNClassifier as DNNClassifier
from stillflow.learn.canned.dnn import DNNEstimator as DNNEstimator
from stillflow.learn.canned.dnn import DNNRegressor as DNNRegressor
from stillflow.learn.canned.linear import LinearClassifier as LinearClassifier
from stillflow.learn.canned.linear import LinearEstimator as LinearEstimator
from stillflow.learn.canned.linear import LinearRegressor as LinearRegressor
from stillflow.learn.canned.logistic import LogisticRegressor as LogisticRegressor
from stillflow.learn.canned.wide_and_deep import (
    DNNLinearCombinedClassifier as DNNLinearCombinedClassifier,
)
from stillflow.learn.canned.wide_and_deep import (
    DNNLinearCombinedEstimator as DNNLinearCombinedEstimator,
)
from stillflow.learn.canned.wide_and_deep import (
    DNNLinearCombinedRegressor as DNNLinearCombinedRegressor,
)
from stillflow.learn.estimators.base_estimator import BaseEstimator as BaseEstimator
from stillflow.learn.estimators.constants import PredictionKey as PredictionKey
from stillflow.learn.estimators.constants import ProblemType as ProblemType
from stillflow.learn.estimators.estimator import Estimator as Estimator
from stillflow.learn.estimators.inputs import (
    infer_real_valued_columns_from_input as infer_real_valued_columns_from_input,
)
from stillflow.learn.estimators.inputs import (
    infer_real_valued_columns_from_input_fn as infer_real_valued_columns_from_input_fn,
)
from stillflow.learn.estimators.interfaces import Evaluable as Evaluable
from stillflow.learn.estimators.interfaces import Trainable as Trainable
from stillflow.learn.estimators.model_fn_ops import ModeKeys as ModeKeys
from stillflow.learn.estimators.model_fn_ops import ModelFnOps as ModelFnOps
from stillflow.learn.estimators.parameters import NotFittedError as NotFittedError
from stillflow.learn.estimators.run_config import RunConfig as RunConfig
from stillflow.learn.estimators.run_config import TaskType as TaskType
from stillflow.learn.estimators.sk_compat import SKCompat as SKCompat
from stillflow.learn.experiment import Experiment as Experiment
from stillflow.learn.exporting.input_fns import InputFnOps as InputFnOps
from stillflow.learn.exporting.input_fns import (
    build_parsing_serving_input_fn as build_parsing_serving_input_fn,
)
from stillflow.learn.exporting.strategies import make_export_strategy as make_export_strategy
from stillflow.learn.exporting.strategy import ExportStrategy as ExportStrategy
from stillflow.learn.feeding.dask_tables import extract_dask_data as extract_dask_data
from stillflow.learn.feeding.dask_tables import extract_dask_labels as extract_dask_labels
from stillflow.learn.feeding.files import read_batch_examples as read_batch_examples
from stillflow.learn.feeding.files import read_batch_features as read_batch_features
from stillflow.learn.feeding.files import read_batch_record_features as read_batch_record_features
from stillflow.learn.feeding.files import read_keyed_batch_examples as read_keyed_batch_examples
from stillflow.learn.feeding.files import (
    read_keyed_batch_examples_shared_queue as read_keyed_batch_examples_shared_queue,
)
from stillflow.learn.feeding.files import read_keyed_batch_features as read_keyed_batch_features
from stillflow.learn.feeding.files import (
    read_keyed_batch_features_shared_queue as read_keyed_batch_features_shared_queue,
)
from stillflow.learn.feeding.pandas_tables import extract_pandas_data as extract_pandas_data
from stillflow.learn.feeding.pandas_tables import extract_pandas_labels as extract_pandas_labels
from stillflow.learn.feeding.pandas_tables import extract_pandas_matrix as extract_pandas_matrix
from stillflow.learn.heads.head import Head as Head
from stillflow.learn.heads.head import no_op_train_fn as no_op_train_fn
from stillflow.learn.heads.making import binary_svm_head as binary_svm_head
from stillflow.learn.heads.making import multi_class_head as multi_class_head
from stillflow.learn.heads.making import multi_head as multi_head
from stillflow.learn.heads.making import multi_label_head as multi_label_head
from stillflow.learn.heads.making import poisson_regression_head as poisson_regression_head
from stillflow.learn.heads.making import regression_head as regression_head
from stillflow.learn.metric_spec import MetricSpec as MetricSpec
from stillflow.learn.monitors.validating import (
    NanLossDuringTrainingError as NanLossDuringTrainingError,
)
