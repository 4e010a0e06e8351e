"""Records a checkpoint of objects, as TensorFlow 2 writes them, under TensorFlow 2.

python tools/record_object_checkpoint.py tests/golden/checkpoint
"""

import sys

import tensorflow as tf


class Model(tf.Module):
    """Two variables whose names are not their attributes'."""

    def __init__(self):
        super().__init__()
        self.weights = tf.Variable([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], name="w")
        self.bias = tf.Variable([7.0, 8.0, 9.0], name="b")


if __name__ == "__main__":
    tf.train.Checkpoint(model=Model()).write(f"{sys.argv[1]}/objects")
