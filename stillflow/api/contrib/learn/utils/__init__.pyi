from stillflow.api.contrib.learn.utils import saved_model_export_utils as saved_model_export_utils
from stillflow.learn.exporting import garbage, input_fns
from stillflow.learn.exporting.input_fns import InputFnOps as InputFnOps
from stillflow.learn.exporting.input_fns import (
    build_default_serving_input_fn as build_default_serving_input_fn,
)
from stillflow.learn.exporting.input_fns import (
    build_parsing_serving_input_fn as build_parsing_serving_input_fn,
)
from stillflow.learn.exporting.strategies import make_export_strategy as make_export_strategy

gc = garbage
input_fn_utils = input_fns
