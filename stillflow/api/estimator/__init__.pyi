from stillflow.api.estimator import experimental as experimental
from stillflow.api.estimator import export as export
from stillflow.api.estimator import inputs as inputs
from stillflow.api.estimator import tpu as tpu
from stillflow.estimator.canned.baseline import BaselineClassifier as BaselineClassifier
from stillflow.estimator.canned.baseline import BaselineEstimator as BaselineEstimator
from stillflow.estimator.canned.baseline import BaselineRegressor as BaselineRegressor
from stillflow.estimator.canned.combined import (
    DNNLinearCombinedClassifier as DNNLinearCombinedClassifier,
)
from stillflow.estimator.canned.combined import (
    DNNLinearCombinedEstimator as DNNLinearCombinedEstimator,
)
from stillflow.estimator.canned.combined import (
    DNNLinearCombinedRegressor as DNNLinearCombinedRegressor,
)
from stillflow.estimator.canned.dnn import DNNClassifier as DNNClassifier
from stillflow.estimator.canned.dnn import DNNEstimator as DNNEstimator
from stillflow.estimator.canned.dnn import DNNRegressor as DNNRegressor
from stillflow.estimator.canned.linear import LinearClassifier as LinearClassifier
from stillflow.estimator.canned.linear import LinearEstimator as LinearEstimator
from stillflow.estimator.canned.linear import LinearRegressor as LinearRegressor
from stillflow.estimator.canned.parse_spec import (
    classifier_parse_example_spec as classifier_parse_example_spec,
)
from stillflow.estimator.canned.parse_spec import (
    regressor_parse_example_spec as regressor_parse_example_spec,
)
from stillflow.estimator.estimator import Estimator as Estimator
from stillflow.estimator.exporters import BestExporter as BestExporter
from stillflow.estimator.exporters import Exporter as Exporter
from stillflow.estimator.exporters import FinalExporter as FinalExporter
from stillflow.estimator.exporters import LatestExporter as LatestExporter
from stillflow.estimator.extending import add_metrics as add_metrics
from stillflow.estimator.heads.binary import BinaryClassHead as BinaryClassHead
from stillflow.estimator.heads.head import Head as Head
from stillflow.estimator.heads.multi_class import MultiClassHead as MultiClassHead
from stillflow.estimator.heads.multi_head import MultiHead as MultiHead
from stillflow.estimator.heads.multi_label import MultiLabelHead as MultiLabelHead
from stillflow.estimator.heads.regression import LogisticRegressionHead as LogisticRegressionHead
from stillflow.estimator.heads.regression import PoissonRegressionHead as PoissonRegressionHead
from stillflow.estimator.heads.regression import RegressionHead as RegressionHead
from stillflow.estimator.mode_keys import ModeKeys as ModeKeys
from stillflow.estimator.run_config import RunConfig as RunConfig
from stillflow.estimator.spec import EstimatorSpec as EstimatorSpec
from stillflow.estimator.training import EvalSpec as EvalSpec
from stillflow.estimator.training import TrainSpec as TrainSpec
from stillflow.estimator.training import train_and_evaluate as train_and_evaluate
from stillflow.estimator.warm_start import WarmStartSettings as WarmStartSettings
from stillflow.monitored.hook import SessionRunArgs as SessionRunArgs
from stillflow.monitored.hook import SessionRunContext as SessionRunContext
from stillflow.monitored.hook import SessionRunHook as SessionRunHook
from stillflow.monitored.hook import SessionRunValues as SessionRunValues
from stillflow.monitored.logging_hooks import LoggingTensorHook as LoggingTensorHook
from stillflow.monitored.logging_hooks import (
    NanLossDuringTrainingError as NanLossDuringTrainingError,
)
from stillflow.monitored.logging_hooks import NanTensorHook as NanTensorHook
from stillflow.monitored.recording import ProfilerHook as ProfilerHook
from stillflow.monitored.recording import StepCounterHook as StepCounterHook
from stillflow.monitored.recording import SummarySaverHook as SummarySaverHook
from stillflow.monitored.saving import CheckpointSaverHook as CheckpointSaverHook
from stillflow.monitored.saving import CheckpointSaverListener as CheckpointSaverListener
from stillflow.monitored.stopping import FeedFnHook as FeedFnHook
from stillflow.monitored.stopping import FinalOpsHook as FinalOpsHook
from stillflow.monitored.stopping import GlobalStepWaiterHook as GlobalStepWaiterHook
from stillflow.monitored.stopping import StopAtStepHook as StopAtStepHook
from stillflow.monitored.timers import SecondOrStepTimer as SecondOrStepTimer
from stillflow.train.warm_start import VocabInfo as VocabInfo
