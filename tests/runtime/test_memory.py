"""Memory of a compiled run is used again by the next one."""

import os
import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource
import numpy as np
import stillflow as tf

x = tf.placeholder(tf.float32, [12_000_000])
y = tf.sort(tf.tanh(x) * 2.0)  # what is sorted, 48 MB, is in memory of its own
last = tf.reduce_sum(y[-1:])
values = np.linspace(-1, 1, 12_000_000, dtype=np.float32)
with tf.Session() as session:
    for run in range(6):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        session.run(last, {x: values})
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults_of_a_run(**environment):
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
    pages = 12_000_000 * 4 // 4096
    assert faults_of_a_run() < pages / 2
    assert faults_of_a_run(MALLOC_MMAP_THRESHOLD_="33554432") > pages / 2
