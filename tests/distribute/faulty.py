"""A training loop in which a rank does something wrong: WHAT RANK STEPS

It does it at step 20, and writes when to the file `fault`. `none` does nothing.
"""

import os
import signal
import sys
import time

import numpy as np
import tensorflow as tf

from stillflow.platform import processes

what, rank, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
is_it = processes.group().rank == rank
x = tf.placeholder(tf.float32, [None, 20])
w = tf.Variable(tf.ones([20, 5]))
loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - 1.0))
if what == "graph" and is_it:
    loss *= 2.0
train_op = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(steps):
        fed = np.ones([8, 20])
        if step == 20 and is_it:
            with open("fault", "w", encoding="utf-8") as file:
                file.write(repr(time.time()))
            if what == "raise":
                raise ValueError("of this rank alone")
            elif what == "exit":
                sys.exit(3)
            elif what == "end":
                sys.exit()
            elif what == "interrupt":
                raise KeyboardInterrupt
            elif what == "shape":
                fed = np.ones([6, 20])
            elif what == "fetch":
                sess.run(loss, {x: fed})
            elif what.startswith("SIG"):
                os.kill(os.getpid(), getattr(signal, what))
                time.sleep(5)
        value, _ = sess.run([loss, train_op], {x: fed})
print("loss", float(value).hex())
