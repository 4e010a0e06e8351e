"""Says that all ranks have met, draw alike what is unseeded, and that one of them writes files."""

import random

import numpy as np

from stillflow.platform import processes

group = processes.group()
drawn = [random.random(), float(np.random.rand())]
told = group.exchange("what is drawn", [group.rank, processes.writes_files(), *drawn])
assert all(other[2:] == drawn for other in told), told
print("ranks", [rank for rank, *_ in told], "of which write", [r for r, w, *_ in told if w])
