"""Programs that end while threads of theirs run compiled code."""

import os
import subprocess
import sys

PROGRAM = """
import threading
import numpy as np
import stillflow as tf

x = tf.placeholder(tf.float32, [200, 200])
y = tf.reduce_sum(tf.matmul(tf.tanh(x), x))
value = np.ones([200, 200], np.float32)
session = tf.Session()
has_run = [threading.Event() for _ in range(4)]


def run_for_ever(event):
    while True:
        session.run(y, {x: value})
        event.set()


for event in has_run:
    threading.Thread(target=run_for_ever, args=(event,), daemon=True).start()
for event in has_run:
    event.wait()
print("the end")
"""


def test_threads_that_run_for_ever_are_no_crash_at_the_end():
    environment = {**os.environ, "STILLFLOW_TIER": "xla"}
    command = [sys.executable, "-c", PROGRAM]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert ended.stderr == ""
    assert (ended.returncode, ended.stdout) == (0, "the end\n")
