"""Data sets in files: providers, decoders, parallel readers."""

import numpy as np

from .queue_pipelines import described, runners
from .readers import files
from .suite import Suite

suite = Suite("slim_data")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def write_examples(tf, name, count):
    with tf.python_io.TFRecordWriter(name) as writer:
        for number in range(count):
            pixels = np.full([2, 3, 1], number, np.uint8).tobytes()
            feature = {
                "image/encoded": tf.train.Feature(bytes_list=tf.train.BytesList(value=[pixels])),
                "image/format": tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"raw"])),
                "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[number])),
                "box/ymin": tf.train.Feature(float_list=tf.train.FloatList(value=[0.5] * number)),
            }
            example = tf.train.Example(features=tf.train.Features(feature=feature))
            writer.write(example.SerializeToString())


@story
def provider_of_examples(tf, run):
    slim = tf.contrib.slim
    decoder = slim.tfexample_decoder.TFExampleDecoder(
        {
            "image/encoded": tf.FixedLenFeature((), tf.string, default_value=""),
            "image/format": tf.FixedLenFeature((), tf.string, default_value="raw"),
            "label": tf.FixedLenFeature([1], tf.int64),
            "box/ymin": tf.VarLenFeature(tf.float32),
        },
        {
            "image": slim.tfexample_decoder.Image(shape=[2, 3, 1], channels=1),
            "label": slim.tfexample_decoder.Tensor("label", shape=[]),
            "box": slim.tfexample_decoder.BoundingBox(["ymin"] * 4, "box/"),
        },
    )
    with files() as _:
        write_examples(tf, "a.tfrecord", 3)
        write_examples(tf, "b.tfrecord", 2)
        data = slim.dataset.Dataset(
            ["a.tf*", "b.tfrecord"],
            tf.TFRecordReader,
            decoder,
            5,
            {"label": "a digit"},
            num_classes=7,
        )
        provider = slim.dataset_data_provider.DatasetDataProvider(data, shuffle=False, num_epochs=1)
        image, label, box, key = provider.get(["image", "label", "box", "record_key"])
        run.note([provider.num_samples(), sorted(provider.list_items()), data.num_classes])
        described(tf, run, [image, label, box, key])
        run.refused(lambda: provider.get(["absent"]))
        run.refused(lambda: provider.get("image"))
        run.refused(lambda: slim.parallel_reader.get_data_files("absent*"))
        with runners(tf, run):
            for _ in range(2):
                run([label, image, box])


@story
def readers_side_by_side(tf, run):
    slim = tf.contrib.slim
    with files(a=b"1\n2\n", b=b"3\n") as names:
        key, value = slim.parallel_reader.parallel_read(
            names, tf.TextLineReader, num_readers=2, seed=3, capacity=9, min_after_dequeue=2
        )
        once = slim.parallel_reader.single_pass_read(names, tf.TextLineReader)
        described(tf, run, [key, value, *once])
        with runners(tf, run):
            for _ in range(3):
                run(once)
            run.attempt(once)


@story
def queue_in_front(tf, run):
    slim = tf.contrib.slim
    n = tf.train.range_input_producer(4, shuffle=False).dequeue()
    queue = slim.prefetch_queue.prefetch_queue([n, tf.ones([2])], capacity=3)
    named = slim.prefetch_queue.prefetch_queue({"b": tf.constant(1), "a": tf.constant(2)})
    described(tf, run, queue.dequeue())
    run.note(named.names)
    with runners(tf, run):
        run(queue.dequeue())
        run(queue.dequeue())
        run(named.dequeue())
