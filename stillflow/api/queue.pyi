from stillflow.ops.queues.kinds import FIFOQueue as FIFOQueue
from stillflow.ops.queues.kinds import PaddingFIFOQueue as PaddingFIFOQueue
from stillflow.ops.queues.kinds import PriorityQueue as PriorityQueue
from stillflow.ops.queues.kinds import RandomShuffleQueue as RandomShuffleQueue
from stillflow.ops.queues.queue import QueueBase as QueueBase
