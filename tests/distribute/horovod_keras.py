"""A Keras program for Horovod, by its usual moves: EPOCHS; prints losses and what came of them.

Ranks take their parts of every batch of 16 and begin with other weights; rank 0 keeps the model.
"""

import sys

import horovod.tensorflow.keras as hvd
import numpy as np
import tensorflow as tf

epochs = int(sys.argv[1])
hvd.init()
rank, size = hvd.rank(), hvd.size()
rng = np.random.RandomState(3)
x = rng.randn(64, 5).astype(np.float32)
y = (x @ rng.randn(5, 1) > 0).astype(np.float32)
part = 16 // size
mine = [row for row in range(64) if row % 16 // part == rank]
tf.set_random_seed(100 + rank)
model = tf.keras.Sequential(
    [tf.keras.layers.Dense(8, activation="tanh", input_shape=[5]), tf.keras.layers.Dense(1)]
)
if rank == 0:
    model.set_weights([np.sin(np.arange(w.size)).reshape(w.shape) for w in model.get_weights()])
first = tf.keras.optimizers.SGD(0.1, momentum=0.5)
model.compile(hvd.DistributedOptimizer(first), "mse", metrics=["mae"])
# Of what the variables are before they are alike, the first batch takes one step.
tf.keras.backend.set_value(model.optimizer.lr, 0.0)
broadcast = hvd.callbacks.BroadcastGlobalVariablesCallback(0)
model.fit(x[mine], y[mine], part, epochs=1, shuffle=False, verbose=0, callbacks=[broadcast])
tf.keras.backend.set_value(model.optimizer.lr, 0.1)
callbacks = [
    hvd.callbacks.MetricAverageCallback(),
    hvd.callbacks.LearningRateScheduleCallback(0.5, start_epoch=2),
]
told = model.fit(
    x[mine], y[mine], part, epochs=epochs, shuffle=False, verbose=0, callbacks=callbacks
)
if rank == 0:
    for loss, mae in zip(told.history["loss"], told.history["mean_absolute_error"], strict=True):
        print("loss", float(loss).hex(), float(mae).hex())
weights = np.concatenate([w.ravel() for w in model.get_weights()])
everywhere = hvd.allgather(weights[None])
np.testing.assert_array_equal(everywhere, np.stack([weights] * size))
assert hvd.allreduce([1.0, rank]).tolist() == [1.0, (size - 1) / 2]
assert hvd.broadcast([rank], 0).tolist() == [0]
