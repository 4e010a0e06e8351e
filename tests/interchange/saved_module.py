"""Modules that tests save."""

import stillflow as tf


class Affine(tf.Module):
    """Has variables in attributes, a list and a dict, and functions of all kinds."""

    def __init__(self):
        super().__init__()
        self.w = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="w")
        self.count = tf.Variable(0, trainable=False, name="count")
        self.scale = tf.constant(2.0)
        self.parts = [tf.Variable(1.0, name="one"), tf.Variable(2.0, name="two")]
        self.named = {"three": tf.Variable(3.0, name="three")}

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
    def __call__(self, x):
        return {"out": self.inner(x) * self.scale}

    @tf.function
    def inner(self, x):
        return tf.matmul(x, self.w)

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
        return y


class Lookup(tf.Module):
    """Has a table whose words are in a file."""

    def __init__(self, path):
        super().__init__()
        whole, number = tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER
        words = tf.lookup.TextFileInitializer(path, tf.string, whole, tf.int64, number)
        self.table = tf.lookup.StaticHashTable(words, -1)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def lookup(self, words):
        return self.table.lookup(words)
