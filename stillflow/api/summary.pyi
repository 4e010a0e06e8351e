from tensorboard.compat.proto.event_pb2 import Event as Event
from tensorboard.compat.proto.event_pb2 import SessionLog as SessionLog
from tensorboard.compat.proto.event_pb2 import TaggedRunMetadata as TaggedRunMetadata
from tensorboard.compat.proto.summary_pb2 import Summary as Summary
from tensorboard.compat.proto.summary_pb2 import SummaryDescription as SummaryDescription

from stillflow.events.file_writer import FileWriter as FileWriter
from stillflow.events.file_writer import FileWriterCache as FileWriterCache
from stillflow.ops.summaries.audio import audio as audio
from stillflow.ops.summaries.histogram import histogram as histogram
from stillflow.ops.summaries.image import image as image
from stillflow.ops.summaries.merging import merge as merge
from stillflow.ops.summaries.merging import merge_all as merge_all
from stillflow.ops.summaries.scalar import scalar as scalar
from stillflow.ops.summaries.tensors import get_summary_description as get_summary_description
from stillflow.ops.summaries.tensors import tensor_summary as tensor_summary
from stillflow.ops.summaries.tensors import text as text
from stillflow.train.recording.writers import initialize as initialize
from stillflow.train.recording.writing import all_summary_ops

all_v2_summary_ops = all_summary_ops
