from stillflow.estimator.inputs.arrays import numpy_input_fn as numpy_input_fn
from stillflow.estimator.inputs.tables import pandas_input_fn as pandas_input_fn
