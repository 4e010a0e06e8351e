"""Writes MNIST's pictures as TFRecords: several files of Examples, in random order."""

import argparse
import os

import numpy as np
import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

SEED = 3


def example_of(image, label):
    """image: u8[784], label: a number -> a serialized Example"""
    features = {
        "image": tf.train.Feature(bytes_list=tf.train.BytesList(value=[image.tobytes()])),
        "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[label])),
    }
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def write(pictures, folder, files, limit):
    images = (pictures.images * 255.0 + 0.5).astype(np.uint8)
    order = np.random.RandomState(SEED).permutation(len(images))[:limit]
    options = tf.python_io.TFRecordOptions(tf.python_io.TFRecordCompressionType.GZIP)
    os.makedirs(folder, exist_ok=True)
    for number in range(files):
        path = os.path.join(folder, f"train-{number}-of-{files}.tfrecord.gz")
        with tf.python_io.TFRecordWriter(path, options) as writer:
            for index in order[number::files]:
                writer.write(example_of(images[index], int(pictures.labels[index])))
    print(f"{len(order)} pictures in {files} files of {folder}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="./data", help="folder of the four MNIST files")
    parser.add_argument("--records", default="./records", help="folder for the records")
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--limit", type=int, default=60000, help="at most so many pictures")
    options = parser.parse_args()
    pictures = input_data.read_data_sets(options.data, validation_size=0).train
    write(pictures, options.records, options.files, options.limit)


if __name__ == "__main__":
    main()
