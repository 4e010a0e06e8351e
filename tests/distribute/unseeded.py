"""Trains with all that is drawn unseeded, saves, and says whether all ranks have the same: STEPS

It goes on from the last checkpoint. `crash` in the folder ends rank 1 at that step, once.
"""

import os
import random
import signal
import sys

import numpy as np
import tensorflow as tf

from stillflow.platform import processes

steps = int(sys.argv[1])
ranks = processes.group()
x = tf.placeholder(tf.float32, [None, 6])
noisy = tf.nn.dropout(x + tf.random_normal([6]), rate=0.2)
batches = tf.data.Dataset.range(100).shuffle(100).repeat().batch(4)
drawn = tf.cast(batches.make_one_shot_iterator().get_next(), tf.float32)
loss = tf.reduce_mean(tf.square(tf.layers.dense(noisy, 3))) + tf.reduce_mean(drawn) * 0.001
step = tf.train.get_or_create_global_step()
train_op = tf.train.AdamOptimizer(0.01).minimize(loss, global_step=step)
tf.summary.scalar("loss", loss)
hooks = [
    tf.train.CheckpointSaverHook("model", save_steps=10),
    tf.train.SummarySaverHook(10, output_dir="model", summary_op=tf.summary.merge_all()),
    tf.train.StopAtStepHook(last_step=steps),
]
with tf.train.MonitoredTrainingSession(
    checkpoint_dir="model", hooks=hooks, save_checkpoint_secs=None, save_summaries_steps=None
) as sess:
    begun = now = sess.run_step_fn(lambda step_context: step_context.session.run(step))
    while not sess.should_stop():
        fed = np.random.rand(8, 6) + random.random()
        value, _ = sess.run([loss, train_op], {x: fed})
        now += 1
        if now == 25 and ranks.rank == 1 and os.path.exists("crash"):
            os.remove("crash")
            os.kill(os.getpid(), signal.SIGKILL)
        last = float(value).hex()
tf.gfile.GFile("model/note", "w").write("done")
tf.train.write_graph(tf.get_default_graph(), "model", "graph.pbtxt")
if len(set(ranks.exchange("the last loss", last))) == 1:
    print("from", begun, "to", now, "all equal")
