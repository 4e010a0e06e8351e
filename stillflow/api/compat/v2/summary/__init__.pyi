from stillflow.api.compat.v2.summary import experimental as experimental
from stillflow.train.recording.conditions import record_if as record_if
from stillflow.train.recording.version_2 import write as write
from stillflow.train.recording.writers import SummaryWriter as SummaryWriter
from stillflow.train.recording.writers import create_file_writer_v2
from stillflow.train.recording.writers import create_noop_writer as create_noop_writer
from stillflow.train.recording.writers import flush as flush

create_file_writer = create_file_writer_v2
