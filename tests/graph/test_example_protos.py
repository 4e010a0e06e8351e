"""The messages of examples: TensorFlow's names and bytes."""

import pickle
import subprocess
import sys

import numpy as np
import pytest

import stillflow.api as tf

feature = tf.train.Feature


def example(**features):
    return tf.train.Example(features=tf.train.Features(feature=features))


def test_tensorflows_bytes():
    """As TensorFlow 1.15 writes them."""
    for made, data in [
        (
            example(label=feature(int64_list=tf.train.Int64List(value=[3, -1, 300]))),
            b"\n\x1c\n\x1a\n\x05label\x12\x11\x1a\x0f\n\r\x03" + b"\xff" * 9 + b"\x01\xac\x02",
        ),
        (
            example(x=feature(float_list=tf.train.FloatList(value=[0.5, -2]))),
            b"\n\x13\n\x11\n\x01x\x12\x0c\x12\n\n\x08\0\0\0?\0\0\0\xc0",
        ),
        (
            example(b=feature(bytes_list=tf.train.BytesList(value=[b"abc", b""]))),
            b"\n\x10\n\x0e\n\x01b\x12\t\n\x07\n\x03abc\n\x00",
        ),
    ]:
        assert made.SerializeToString() == data
        assert tf.train.Example.FromString(data) == made
        assert pickle.loads(pickle.dumps(made)) == made


def test_names_and_kinds():
    lists = tf.train.FeatureLists()
    lists.feature_list["a"].feature.add().float_list.value.append(1)
    sequence = tf.train.SequenceExample(feature_lists=lists)
    sequence.context.feature["id"].bytes_list.value.append(b"x")
    assert sequence.context.feature["id"].WhichOneof("kind") == "bytes_list"
    assert sequence.DESCRIPTOR.full_name == "tensorflow.SequenceExample"
    assert tf.train.SequenceExample.FromString(sequence.SerializeToString()) == sequence


PROGRAM = """
import stillflow
stillflow.as_tensorflow()
from tensorflow.core.example import example_pb2, feature_pb2
import tensorflow as tf
assert example_pb2.Example is tf.train.Example
assert feature_pb2.Int64List is tf.train.Int64List
# What `protoc` made of the same messages, or of others of these names.
from google.protobuf import descriptor_pb2, descriptor_pool
other = descriptor_pb2.FileDescriptorProto(
    name="tensorflow/core/example/example.proto", package="tensorflow", syntax="proto3"
)
other.message_type.add(name="Example")
descriptor_pool.Default().AddSerializedFile(other.SerializeToString())
"""


def test_the_modules_of_a_program():
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)


def test_booleans_are_integers():
    """As TensorFlow 1.15 and the protobuf of its time take them."""
    for values in ([True, 3], [np.True_, np.int64(3)], (True, 3)):
        assert list(tf.train.Int64List(value=values).value) == [1, 3]
    assert list(tf.train.Int64List(value=np.array([True, False])).value) == [1, 0]
    with pytest.raises(TypeError, match="cannot be interpreted as an integer"):
        tf.train.Int64List(value=[2.5])
