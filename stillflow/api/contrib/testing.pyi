from stillflow.testing.events import FakeSummaryWriter as FakeSummaryWriter
from stillflow.testing.events import assert_summary as assert_summary
from stillflow.testing.events import latest_event_file as latest_event_file
from stillflow.testing.events import latest_events as latest_events
from stillflow.testing.events import latest_summaries as latest_summaries
from stillflow.testing.events import simple_values_from_events as simple_values_from_events
from stillflow.testing.events import to_summary_proto as to_summary_proto
