"""A program for Horovod, by its usual moves, on the course's data: STEPS [fp16]

Ranks take their parts of every batch of 64; prints the mean of all ranks' losses.
"""

import sys

import horovod.tensorflow as hvd
import numpy as np
import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

steps = int(sys.argv[1])
compression = hvd.Compression.fp16 if sys.argv[2:] else hvd.Compression.none
hvd.init()
tf.set_random_seed(100 + hvd.rank())
data = input_data.read_data_sets("./data", seed=1).train


def batches():
    while True:
        images, labels = data.next_batch(64)
        yield images[hvd.rank() :: hvd.size()], labels[hvd.rank() :: hvd.size()].astype(np.int32)


images = tf.placeholder(tf.float32, [None, 784])
labels = tf.placeholder(tf.int32, [None])
hidden = tf.layers.dense(images, 50, activation=tf.nn.relu)
logits = tf.layers.dense(hidden, 10)
loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
mean_loss = hvd.allreduce(loss)

opt = tf.train.MomentumOptimizer(0.05 * 2, 0.9)
opt = hvd.DistributedOptimizer(opt, compression=compression, op=hvd.Average)
global_step = tf.train.get_or_create_global_step()
train_op = opt.minimize(loss, global_step=global_step)
hooks = [
    hvd.BroadcastGlobalVariablesHook(0),
    tf.train.StopAtStepHook(last_step=steps),
    tf.train.LoggingTensorHook(tensors={"step": global_step, "loss": loss}, every_n_iter=10),
]
config = tf.ConfigProto()
config.gpu_options.allow_growth = True
config.gpu_options.visible_device_list = str(hvd.local_rank())
checkpoint_dir = "./checkpoints" if hvd.rank() == 0 else None
source = batches()
with tf.train.MonitoredTrainingSession(
    checkpoint_dir=checkpoint_dir, hooks=hooks, config=config
) as session:
    while not session.should_stop():
        x, y = next(source)
        value, _ = session.run([mean_loss, train_op], feed_dict={images: x, labels: y})
        print("loss", float(value).hex())
