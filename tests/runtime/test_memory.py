"""Memory of a compiled run is used again by the next one."""

import os
import platform
import subprocess
import sys

import numpy as np
import pytest

import stillflow.api as tf
from stillflow.runtime import executor

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


@pytest.mark.parametrize(("side", "keeps"), [(10, False), (2100, True)])
def test_it_is_kept_where_runs_on_the_host_are_large(monkeypatch, side, keeps):
    monkeypatch.setenv("STILLFLOW_TIER", "auto")
    asked = []
    monkeypatch.setattr(executor, "keep_freed", lambda: asked.append(True))
    x = tf.placeholder(tf.float32, [side, side])
    total = tf.reduce_sum(x)
    with tf.Session() as session:
        for _ in range(2):
            session.run(total, {x: np.ones((side, side), np.float32)})
    assert asked == [True] * keeps


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc's allocator")
def test_a_run_finds_the_memory_of_the_one_before():
    pages = SIDE * SIDE * 4 // 4096
    assert fewest_faults() < pages / 2
    assert fewest_faults(MALLOC_MMAP_THRESHOLD_="33554432") > pages / 2
