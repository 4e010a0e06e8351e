"""Runs a TensorFlow 1.x program with TensorFlow 2: `compat_v1.py program.py [arguments]`."""

import runpy
import sys

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
sys.modules["tensorflow"] = tf
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
