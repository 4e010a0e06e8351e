from stillflow.api.io import gfile as gfile
from stillflow.train.graph_io import write_graph as write_graph
