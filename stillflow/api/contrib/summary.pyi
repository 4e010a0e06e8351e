from stillflow.train.recording.conditions import always_record_summaries as always_record_summaries
from stillflow.train.recording.conditions import never_record_summaries as never_record_summaries
from stillflow.train.recording.conditions import (
    record_summaries_every_n_global_steps as record_summaries_every_n_global_steps,
)
from stillflow.train.recording.conditions import should_record_summaries as should_record_summaries
from stillflow.train.recording.writers import SummaryWriter as SummaryWriter
from stillflow.train.recording.writers import create_file_writer as create_file_writer
from stillflow.train.recording.writers import (
    create_summary_file_writer as create_summary_file_writer,
)
from stillflow.train.recording.writers import eval_dir as eval_dir
from stillflow.train.recording.writers import flush as flush
from stillflow.train.recording.writers import initialize as initialize
from stillflow.train.recording.writers import (
    summary_writer_initializer_op as summary_writer_initializer_op,
)
from stillflow.train.recording.writing import all_summary_ops as all_summary_ops
from stillflow.train.recording.writing import audio as audio
from stillflow.train.recording.writing import generic as generic
from stillflow.train.recording.writing import graph as graph
from stillflow.train.recording.writing import histogram as histogram
from stillflow.train.recording.writing import image as image
from stillflow.train.recording.writing import import_event as import_event
from stillflow.train.recording.writing import scalar as scalar
