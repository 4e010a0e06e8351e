"""Trains on the records by tf.data."""

import argparse
import os

import tensorflow as tf

import network


def batches(folder):
    """images: f32[50, 784], labels: i64[50], for ever"""
    names = tf.data.Dataset.list_files(os.path.join(folder, "*.tfrecord.gz"), seed=network.SEED)
    records = names.apply(
        tf.data.experimental.parallel_interleave(
            lambda name: tf.data.TFRecordDataset(name, compression_type="GZIP"), cycle_length=2
        )
    )
    records = records.shuffle(2000, seed=network.SEED).repeat()
    pictures = records.map(network.picture_and_label).batch(network.BATCH).prefetch(2)
    return pictures.make_one_shot_iterator().get_next()


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
        for step in range(1, options.steps + 1):
            _, loss_now, digits = sess.run([train_op, loss, labels])
            if step in (1, 2, 3) or step % 100 == 0:
                print(network.shown(step, loss_now, digits))


if __name__ == "__main__":
    main()
