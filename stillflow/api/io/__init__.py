"""`tf.io`, spelled as TensorFlow 1.15 spells it. Re-exports only."""

from stillflow.api import _missing
from stillflow.graph.protos.graph_def import write_graph as write_graph

__getattr__, __dir__ = _missing.fallback(__name__)
