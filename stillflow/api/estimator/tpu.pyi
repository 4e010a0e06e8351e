from stillflow.estimator.tpu import TPUEstimator as TPUEstimator
from stillflow.estimator.tpu import TPUEstimatorSpec as TPUEstimatorSpec
from stillflow.estimator.tpu_config import InputPipelineConfig as InputPipelineConfig
from stillflow.estimator.tpu_config import RunConfig as RunConfig
from stillflow.estimator.tpu_config import TPUConfig as TPUConfig
