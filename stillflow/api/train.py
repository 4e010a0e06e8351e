"""`tf.train`, spelled as TensorFlow 1.15 spells it. Re-exports only."""

from stillflow.api import _missing
from stillflow.checkpoint.management import checkpoint_exists as checkpoint_exists
from stillflow.checkpoint.management import (
    generate_checkpoint_state_proto as generate_checkpoint_state_proto,
)
from stillflow.checkpoint.management import get_checkpoint_mtimes as get_checkpoint_mtimes
from stillflow.checkpoint.management import get_checkpoint_state as get_checkpoint_state
from stillflow.checkpoint.management import latest_checkpoint as latest_checkpoint
from stillflow.checkpoint.management import list_variables as list_variables
from stillflow.checkpoint.management import load_checkpoint as load_checkpoint
from stillflow.checkpoint.management import load_variable as load_variable
from stillflow.checkpoint.management import remove_checkpoint as remove_checkpoint
from stillflow.checkpoint.management import update_checkpoint_state as update_checkpoint_state
from stillflow.graph.graph_def import write_graph as write_graph
from stillflow.train.meta_graph import export_meta_graph as export_meta_graph
from stillflow.train.saver import Saver as Saver

__getattr__, __dir__ = _missing.fallback(__name__)
