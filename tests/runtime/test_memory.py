"""Memory of a compiled run is used again by the next one."""

import os
import platform
import subprocess
import sys

import pytest

SIDE = 3500
PROGRAM = """
import resource
import numpy as np
import stillflow as tf

x = tf.placeholder(tf.float32, [3500, 3500])
y = tf.matmul(tf.tanh(x), tf.ones([3500, 1]))  # the product takes 49 MB of its own
last = tf.reduce_sum(y)
values = np.ones([3500, 3500], np.float32)
with tf.Session() as session:
    faults = []
    for run in range(12):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        session.run(last, {x: values})
        faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
    print(min(faults))  # where other blocks are in the way, a run may have to take new memory
"""


def fewest_faults(**environment):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "STILLFLOW_TIER": "xla", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc's allocator")
def test_a_run_finds_the_memory_of_the_one_before():
    pages = SIDE * SIDE * 4 // 4096
    assert fewest_faults() < pages / 2
    assert fewest_faults(MALLOC_MMAP_THRESHOLD_="33554432") > pages / 2
