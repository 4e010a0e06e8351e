"""Prints losses of a network that threads feed, by a queue and by a pipeline."""

import tensorflow as tf

(number,) = tf.train.slice_input_producer([tf.range(100.0)], shuffle=False)
queued = tf.train.batch([tf.stack([tf.sin(number), tf.cos(number)])], 8, num_threads=1)
pipeline = tf.data.Dataset.range(1000).map(
    lambda n: tf.sqrt(tf.cast(tf.fill([4], n), tf.float32)), num_parallel_calls=2
)
mapped = pipeline.batch(8).prefetch(2).make_one_shot_iterator().get_next()
tf.set_random_seed(1)
hidden = tf.layers.dense(tf.concat([queued, mapped], 1), 5, activation=tf.nn.tanh)
loss = tf.reduce_mean(tf.square(tf.layers.dense(hidden, 1) - 1.0))
train_op = tf.train.GradientDescentOptimizer(0.001).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    coordinator = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(sess, coordinator)
    for _ in range(10):
        print("loss", float(sess.run([loss, train_op])[0]).hex())
    coordinator.request_stop()
    coordinator.join(threads)
