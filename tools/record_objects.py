"""Records SavedModels of objects for the tests, and what their functions give.

TF115_PYTHON tools/record_objects.py v1; TF2_PYTHON tools/record_objects.py v2
"""

import json
import os
import shutil
import sys

import numpy as np
import tensorflow as tf

FOLDER = os.path.join(os.path.dirname(__file__), "..", "tests", "golden", "objects", sys.argv[1])
shutil.rmtree(FOLDER, ignore_errors=True)
os.makedirs(FOLDER)
tf.compat.v1.enable_v2_behavior()


class Affine(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="w")
        self.b = tf.Variable([0.5, -0.5], name="b")
        self.count = tf.Variable(0, trainable=False, name="count")
        self.scale = tf.constant(2.0)
        self.parts = [tf.Variable(1.0, name="one"), tf.Variable(2.0, name="two")]
        self.named = {"three": tf.Variable(3.0, name="three")}

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
    def __call__(self, x):
        return {"out": self.inner(x) * self.scale}

    @tf.function
    def inner(self, x):
        return tf.matmul(x, self.w) + self.b

    @tf.function
    def power(self, x, n, twice=False):
        self.count.assign_add(1)
        y = x**n
        if twice:
            y = y * 2.0
        return y, [self.parts[0] * x, self.named["three"] + x]

    @tf.function
    def branch(self, x):
        if tf.reduce_sum(x) > 0:  # noqa: SIM108
            y = x * self.parts[1]
        else:
            y = -x
        i = 0
        while i < 3:
            y += 1.0
            i += 1
        return y


class Lookup(tf.Module):
    def __init__(self, path):
        super().__init__()
        whole, number = tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER
        words = tf.lookup.TextFileInitializer(path, tf.string, whole, tf.int64, number)
        self.table = tf.lookup.StaticHashTable(words, -1)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def lookup(self, words):
        return self.table.lookup(words)


x = tf.constant([1.0, 2.0])
rows = tf.constant([[1.0, 2.0], [3.0, -4.0]])
module = Affine()
module.power(x, 2)
module.power(x, 3, twice=True)
module.power.get_concrete_function(tf.TensorSpec([None], tf.float32), tf.TensorSpec([], tf.float32))
module.branch(x)
module(rows)
tf.saved_model.save(module, os.path.join(FOLDER, "affine"))
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(module(rows)["out"] ** 2)
expected = {
    "out": module(rows)["out"],
    "square": module.power(x, 2)[0],
    "cube": module.power(x, 3, twice=True)[0],
    "named": module.power(x, 2)[1][1],
    "branch": module.branch(x),
    "negative": module.branch(-x),
    "gradient": tape.gradient(loss, module.w),
}
with open("vocabulary.txt", "w") as file:
    file.write("a\nb\nc\n")
words = Lookup("vocabulary.txt")
tf.saved_model.save(words, os.path.join(FOLDER, "lookup"), signatures=words.lookup)
os.remove("vocabulary.txt")
with open(os.path.join(FOLDER, "expected.json"), "w") as file:
    json.dump({key: np.asarray(value).tolist() for key, value in expected.items()}, file, indent=1)
    file.write("\n")
