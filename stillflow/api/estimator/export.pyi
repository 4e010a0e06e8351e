from stillflow.estimator.receivers import ServingInputReceiver as ServingInputReceiver
from stillflow.estimator.receivers import TensorServingInputReceiver as TensorServingInputReceiver
from stillflow.estimator.receivers import (
    build_parsing_serving_input_receiver_fn as build_parsing_serving_input_receiver_fn,
)
from stillflow.estimator.receivers import (
    build_raw_serving_input_receiver_fn as build_raw_serving_input_receiver_fn,
)
from stillflow.interchange.saved_model.export_output import (
    ClassificationOutput as ClassificationOutput,
)
from stillflow.interchange.saved_model.export_output import ExportOutput as ExportOutput
from stillflow.interchange.saved_model.export_output import PredictOutput as PredictOutput
from stillflow.interchange.saved_model.export_output import RegressionOutput as RegressionOutput
