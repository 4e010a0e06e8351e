"""Checks what two ranks tell each other by Horovod's functions; prints `right`."""

import horovod.tensorflow as hvd
import numpy as np
import pytest
import tensorflow as tf

hvd.init()
rank = hvd.rank()
assert (hvd.size(), hvd.local_size(), hvd.local_rank()) == (2, 2, rank)
assert hvd.is_initialized()
mine = np.float32([[1, 2], [3, 4]]) * (rank + 1)
x = tf.placeholder(tf.float32, [2, 2])
rows = tf.placeholder(tf.int32, [None, 2])
slices = tf.IndexedSlices(x, tf.constant([rank, 3]), tf.constant([4, 2]))
spread = hvd.allreduce(slices)
gathered = hvd.allgather(rows)
weights = tf.constant([[1.0, 2.0], [3.0, 4.0]]) * (rank + 1)
reduced = hvd.allreduce(x, op=hvd.Sum)
sent = hvd.broadcast(x, 1)
all_rows = hvd.allgather(x)
more = tf.reshape(tf.range(8.0), [4, 2]) * (rank + 1)
variable = tf.Variable(float(rank), name="v")
fetches = {
    "mean": hvd.allreduce(x),
    "sum": hvd.allreduce(x, average=False),
    "min": hvd.allreduce(x, op=hvd.Min),
    "max": hvd.allreduce(x, op=hvd.Max),
    "product": hvd.allreduce(x, op=hvd.Product),
    "integers": hvd.allreduce(tf.cast(x, tf.int64), op=hvd.Sum),
    "small": hvd.allreduce(x, compression=hvd.Compression.fp16),
    "gathered": gathered,
    "from 1": hvd.broadcast(x[0, 0] > 1.5, 1),
    "values": spread.values,
    "indices": spread.indices,
    "gradient of a sum": tf.gradients(tf.reduce_sum(reduced * weights), x)[0],
    "gradient of a broadcast": tf.gradients(tf.reduce_sum(sent * weights), x)[0],
    "gradient of a gathering": tf.gradients(tf.reduce_sum(all_rows * more), x)[0],
}
one = np.float32([[1, 2], [3, 4]])
expected = {
    "mean": 1.5 * one,
    "sum": 3 * one,
    "min": one,
    "max": 2 * one,
    "product": 2 * one * one,
    "integers": 3 * one,
    "small": 1.5 * one,
    "gathered": [[0, 0], [1, 1], [1, 1]],
    "from 1": True,
    "values": np.concatenate([one, 2 * one]) / 2,
    "indices": [0, 3, 1, 3],
    "gradient of a sum": 3 * one,
    "gradient of a broadcast": 3 * one * rank,
    "gradient of a gathering": 3 * np.arange(8.0).reshape(4, 2)[2 * rank : 2 * rank + 2],
}
with tf.Session() as sess:
    feed = {x: mine, rows: np.full([rank + 1, 2], rank)}
    for name, value in sess.run(fetches, feed).items():
        np.testing.assert_allclose(value, expected[name], err_msg=name)
    sess.run(tf.global_variables_initializer())
    sess.run(hvd.broadcast_global_variables(1))
    assert sess.run(variable) == 1.0
    # Unseeded, ranks draw different numbers.
    drawn = sess.run(hvd.allgather(tf.random_uniform([1])))
    assert drawn[0] != drawn[1]
    others = hvd.allgather(np.random.rand(1))
    drawn = sess.run(others)
    assert drawn[0] != drawn[1]
    with pytest.raises(tf.errors.InvalidArgumentError, match="Mismatched allreduce tensor shapes"):
        sess.run(hvd.allreduce(tf.zeros([rank + 1])))
    print("right")
