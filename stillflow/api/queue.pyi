from stillflow.ops.queues.queue import FIFOQueue as FIFOQueue
from stillflow.ops.queues.queue import QueueBase as QueueBase
