from stillflow.graph.protos.object_graph import TrackableObjectGraph
from stillflow.ops.variables.capturing import capture_dependencies as capture_dependencies
from stillflow.tracking.assigning import NoDependency as NoDependency
from stillflow.tracking.auto import AutoTrackable
from stillflow.tracking.dicts import TrackableMapping
from stillflow.tracking.lists import List as List
from stillflow.tracking.trackable import Trackable
from stillflow.train.objects.checkpoint import list_objects as list_objects
from stillflow.train.objects.checkpoint import object_metadata as object_metadata
from stillflow.train.objects.drawing import dot_graph_from_checkpoint as dot_graph_from_checkpoint
from stillflow.train.objects.manager import CheckpointManager as CheckpointManager
from stillflow.train.objects.python_state import NumpyState as NumpyState
from stillflow.train.objects.python_state import PythonState
from stillflow.train.objects.split_dependency import split_dependency as split_dependency
from stillflow.train.objects.unique_names import UniqueNameTracker as UniqueNameTracker

Checkpointable = AutoTrackable
CheckpointableBase = Trackable
CheckpointableObjectGraph = TrackableObjectGraph
Mapping = TrackableMapping
PythonStateWrapper = PythonState
