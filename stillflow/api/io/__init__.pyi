from stillflow.api.io import gfile as gfile
from stillflow.ops.queues.queue import QueueBase as QueueBase
from stillflow.train.graph_io import write_graph as write_graph
