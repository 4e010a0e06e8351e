from stillflow.train.recording.conditions import get_step as get_step
from stillflow.train.recording.conditions import set_step as set_step
from stillflow.train.recording.version_2 import summary_scope as summary_scope
from stillflow.train.recording.version_2 import write_raw_pb as write_raw_pb
