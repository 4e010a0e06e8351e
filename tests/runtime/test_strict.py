"""STILLFLOW_STRICT=1: compiled code rounds every product before it adds to it."""

import os
import subprocess
import sys

PROGRAM = """
import numpy as np
import stillflow as tf

a = tf.placeholder(tf.float32, [None])
b = 2.0 * a
root = tf.sqrt(b * b - 4.0 * a * a)
numbers = np.random.RandomState(0).rand(2000).astype(np.float32)
with tf.Session() as session:
    for _ in range(2):
        print(np.isnan(session.run(root, {a: numbers})).sum())
"""


def not_numbers(**settings):
    environment = {**os.environ, "STILLFLOW_TIER": "xla", "STILLFLOW_CACHE": "off", **settings}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_the_difference_of_equal_products_is_zero():
    """b * b and 4 * a * a are equal for b = 2 * a, and rounded alike: no root of less than zero."""
    assert not_numbers(STILLFLOW_STRICT="1") == ["0", "0"]


def test_settings_for_xla_are_kept():
    flags = "--xla_cpu_enable_fast_math=false"
    assert not_numbers(STILLFLOW_STRICT="1", XLA_FLAGS=flags) == ["0", "0"]
