from stillflow.train.queue_runner import QueueRunner as QueueRunner
from stillflow.train.queue_runner import add_queue_runner as add_queue_runner
from stillflow.train.queue_runner import start_queue_runners as start_queue_runners
