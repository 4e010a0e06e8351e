from stillflow.layers.slim.model_analyzer import analyze_ops as analyze_ops
from stillflow.layers.slim.model_analyzer import analyze_vars as analyze_vars
from stillflow.layers.slim.model_analyzer import tensor_description as tensor_description
