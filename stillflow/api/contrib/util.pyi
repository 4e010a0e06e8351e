from stillflow.declare.tensor_proto import make_tensor_proto as make_tensor_proto
from stillflow.graph.protos.tensor_proto import make_ndarray as make_ndarray
from stillflow.ops.known_values import constant_value as constant_value
