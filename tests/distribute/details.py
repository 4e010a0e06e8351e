"""What a mesh gives that is easily lost; prints it for a comparison with one device."""

import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 4])
labels = tf.placeholder(tf.int32, [None])
w = tf.Variable(tf.reshape(tf.range(12.0), [4, 3]), name="w")
logits = tf.matmul(x, w)
same = tf.identity(x)
errors = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
train_op = tf.train.GradientDescentOptimizer(0.01).minimize(tf.reduce_mean(errors))
rows = tf.gather(w, labels)
order = tf.nn.top_k(logits, 2)
shuffled = tf.random_shuffle(tf.range(8), seed=3)
numbers = np.random.RandomState(1)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for size in (8, 3, 1):
        feed = {x: numbers.randint(0, 3, [size, 4]), labels: np.arange(size) % 3}
        print(sess.run([logits, same, rows, order.indices, shuffled], feed))
        print(np.round(sess.run([train_op, errors], feed)[1], 4))
    before = sess.run(w)
    try:
        sess.run(train_op, {x: np.ones([4, 4]), labels: [0, 1, 7, 2]})
    except tf.errors.InvalidArgumentError as error:
        print(error.message.splitlines()[0])
    assert (sess.run(w) == before).all()
    sess.run(w.assign(np.ones([4, 3])))
    print(sess.run(train_op, feed), np.round(sess.run(w), 4))
    empty = {x: np.zeros([0, 4]), labels: np.zeros([0])}
    print(sess.run(logits, empty).shape)
