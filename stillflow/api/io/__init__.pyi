from stillflow.api.io import gfile as gfile
from stillflow.graph.protos.graph_def import write_graph as write_graph
