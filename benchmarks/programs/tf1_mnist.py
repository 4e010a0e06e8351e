"""The course's recogniser for 5,000 steps: `tf1_mnist.py FOLDER [STEPS]`."""

import sys

import tensorflow as tf

folder, steps = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5000
try:
    from tensorflow.examples.tutorials.mnist import input_data

    train = input_data.read_data_sets(folder, one_hot=True).train
except ImportError:  # TensorFlow 2 has no tutorials
    from batches import Batches

    train = Batches(folder)


def dense(values, rows, columns):
    w = tf.Variable(tf.truncated_normal([rows, columns], stddev=0.1))
    tf.add_to_collection("losses", 0.0001 * tf.nn.l2_loss(w))
    return tf.matmul(values, w) + tf.Variable(tf.zeros([columns]))


x = tf.placeholder(tf.float32, [None, 784])
y_ = tf.placeholder(tf.float32, [None, 10])
y = dense(tf.nn.relu(dense(x, 784, 500)), 500, 10)
global_step = tf.Variable(0, trainable=False)
entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=y, labels=tf.argmax(y_, 1))
loss = tf.reduce_mean(entropy) + tf.add_n(tf.get_collection("losses"))
rate = tf.train.exponential_decay(0.1, global_step, 275, 0.99, staircase=True)
descent = tf.train.MomentumOptimizer(rate, 0.9).minimize(loss, global_step=global_step)
averages = tf.train.ExponentialMovingAverage(0.99, global_step)
averaged = averages.apply(tf.trainable_variables())
with tf.control_dependencies([descent, averaged]):
    train_op = tf.no_op(name="train")

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for i in range(steps):
        xs, ys = train.next_batch(200)
        _, value, step = session.run([train_op, loss, global_step], feed_dict={x: xs, y_: ys})
        if i % 1000 == 0:
            print(step, value)
