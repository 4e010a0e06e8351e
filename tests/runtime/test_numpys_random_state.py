"""NumPy's global random stream is the program's: it orders its batches by it."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import sys
import numpy as np
import stillflow as tf

tf.set_random_seed(1)
x = tf.placeholder(tf.float32, [None, 3])
w = tf.Variable(tf.truncated_normal([3, 2]))
y = tf.reduce_sum(tf.nn.dropout(tf.matmul(x, w), rate=0.5))
np.random.seed(7)
before = np.random.get_state()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(y, {x: np.ones([2, 3])})
after = np.random.get_state()
print("jax" in sys.modules, (before[1] == after[1]).all() and before[2:] == after[2:])
"""


@pytest.mark.parametrize("tier", ["host", "xla"])
def test_running_a_graph_draws_nothing_from_it(tier):
    """Neither do our random ops, nor does importing jax, which by itself draws ten words."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | {"STILLFLOW_TIER": tier},
        capture_output=True,
        text=True,
    )
    assert done.stdout == f"{tier == 'xla'} True\n", done.stderr
