"""Trains on the records by queues, which threads fill."""

import argparse
import glob
import os

import tensorflow as tf

import network


def batches(folder):
    """images: f32[50, 784], labels: i64[50], until nobody wants more"""
    names = sorted(glob.glob(os.path.join(folder, "*.tfrecord.gz")))
    queue = tf.train.string_input_producer(names, shuffle=True, seed=network.SEED)
    gzip = tf.python_io.TFRecordOptions(tf.python_io.TFRecordCompressionType.GZIP)
    _, record = tf.TFRecordReader(options=gzip).read(queue)
    # One thread keeps the order, which the records themselves have mixed: shuffle_batch would mix
    # them again, but by how far its threads are, which is another order in every run.
    return tf.train.batch(
        network.picture_and_label(record), network.BATCH, num_threads=1, capacity=1000
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", default="./records", help="what write_records.py has written")
    parser.add_argument("--steps", type=int, default=1000)
    options = parser.parse_args()
    tf.set_random_seed(network.SEED)
    images, labels = batches(options.records)
    train_op, loss = network.training(images, labels)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(sess, coordinator)
        try:
            for step in range(1, options.steps + 1):
                _, loss_now, digits = sess.run([train_op, loss, labels])
                if step in (1, 2, 3) or step % 100 == 0:
                    print(network.shown(step, loss_now, digits))
        finally:
            coordinator.request_stop()
            coordinator.join(threads)


if __name__ == "__main__":
    main()
