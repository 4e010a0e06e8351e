"""A file of 2 GB, written and read again record by record, in batches: `tf1_stream.py [MIB]`."""

import os
import sys
import tempfile

import tensorflow as tf

mebibytes = int(sys.argv[1]) if len(sys.argv) > 1 else 2048
record = bytes(range(256)) * 64  # 16 KiB
path = os.path.join(tempfile.mkdtemp(), "records")
with tf.python_io.TFRecordWriter(path) as writer:
    for _ in range(mebibytes * 64):
        writer.write(record)

lengths = tf.data.TFRecordDataset(path).map(lambda data: tf.size(tf.decode_raw(data, tf.uint8)))
batch = lengths.batch(100).prefetch(2).make_one_shot_iterator().get_next()
total = 0
with tf.Session() as session:
    while True:
        try:
            total += session.run(batch).sum()
        except tf.errors.OutOfRangeError:
            break
os.remove(path)
print(total)
assert total == mebibytes << 20
