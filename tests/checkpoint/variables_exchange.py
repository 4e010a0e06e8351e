"""A program that saves or restores variables of every kind, under either TensorFlow or Stillflow.

    python variables_exchange.py save PREFIX VERSION
    python variables_exchange.py restore PREFIX VERSION

VERSION is 1 or 2, the format to write; a restore reads either. Prints the values as JSON: each as
its type, its shape and its bytes. TensorFlow has the matrix `split` in parts, Stillflow whole.
"""

import json
import sys

import numpy as np

TYPES = "bool int8 int16 int32 int64 uint8 uint16 float16 float32 float64 complex64 complex128"


def variables(tf, version, split):
    """Builds the variables; `split` is how many parts the matrix is in."""
    numbers = np.arange(6).reshape(2, 3)
    for name in TYPES.split() + (["bfloat16"] if version == 2 else []):
        tf.Variable(tf.cast(numbers, name), name=f"types/{name}")
    tf.Variable([b"", b"text", b"\x00\xff" * 200], name="types/string")
    tf.Variable(b"one", name="shapes/text")
    tf.Variable(np.float32(np.pi), name="shapes/scalar")
    tf.Variable(np.zeros([0, 3], np.float32), name="shapes/empty")
    tf.Variable(np.ones([2] + [1] * 6), name="shapes/axes")
    tf.Variable(3, name="n" * 400)
    options = {"partitioner": tf.fixed_size_partitioner(split)} if split > 1 else {}
    matrix = np.arange(28.0).reshape(7, 4)
    return tf.get_variable("split", initializer=tf.constant(matrix), **options)


def run(tf, action, prefix, version, split):
    """Returns what the variables hold when they are saved, or after they are restored."""
    with tf.Graph().as_default(), tf.Session() as session:
        whole = tf.convert_to_tensor(variables(tf, version, split))
        saver = tf.train.Saver(write_version=version)
        if action == "save":
            session.run(tf.global_variables_initializer())
            saver.save(session, prefix, write_meta_graph=False, write_state=False)
        else:
            saver.restore(session, prefix)
        named = {v.op.name: v for v in tf.global_variables() if not v.op.name.startswith("split")}
        return {
            name: described(value) for name, value in session.run({**named, "split": whole}).items()
        }


def described(value):
    if isinstance(value, bytes) or value.dtype == object:
        content = [element.hex() for element in np.asarray(value, object).flat]
        return ["string", list(np.shape(value)), content]
    return [value.dtype.name, list(value.shape), value.tobytes().hex()]


if __name__ == "__main__":
    import tensorflow

    tf1 = tensorflow.compat.v1
    tf1.disable_eager_execution()
    print(json.dumps(run(tf1, sys.argv[1], sys.argv[2], int(sys.argv[3]), split=3)))
