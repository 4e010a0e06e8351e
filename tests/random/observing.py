"""How a case of `stream_cases` is observed, under TensorFlow or Stillflow."""

import zlib

import numpy as np
from cases import observe
from stream_cases import RUNS


def runs(tf, fn):
    """[encoded value, checksum of all of it] of several runs of the tensor `fn(tf)`."""
    with tf.Graph().as_default():
        tensor = fn(tf)
        with tf.Session() as session:
            values = [np.asarray(session.run(tensor)) for _ in range(RUNS)]
    return [[observe.encode(value), checksum(value)] for value in values]


def checksum(array):
    """Of the bits of a numeric array."""
    return None if array.dtype == object else zlib.crc32(array.tobytes())


def graph(tf, fn):
    """The nodes, their attributes and the static shapes of the tensors that `fn(tf)` returns."""
    with tf.Graph().as_default() as built:
        tensors = fn(tf)
        return {
            "nodes": observe.nodes(built),
            "attributes": observe.attributes(built),
            "tensors": [[t.name, t.dtype.name, str(t.get_shape())] for t in tensors],
        }
