"""TensorFlow 1.x's way, which Stillflow, TensorFlow 1.15 and TensorFlow 2's compat.v1 all run."""

import os
import shutil
import sys
import tempfile

import numpy as np
from systems import data

if os.environ.get("BENCH_ALIAS") == "stillflow":
    import stillflow

    stillflow.as_tensorflow()
    import tensorflow as tf
elif os.environ.get("BENCH_ALIAS") == "compat.v1":
    import tensorflow.compat.v1 as tf

    tf.disable_v2_behavior()
else:
    import tensorflow as tf
sys.modules["tensorflow"] = tf


def _started(graph):
    session = tf.Session(graph=graph)
    session.run(tf.global_variables_initializer())
    return session


def small_step():
    """2-3-1, squared error, gradient descent."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 2])
        y_ = tf.placeholder(tf.float32, [None, 1])
        w1 = tf.Variable(tf.random_normal([2, 3], stddev=1, seed=1))
        w2 = tf.Variable(tf.random_normal([3, 1], stddev=1, seed=1))
        loss = tf.reduce_mean(tf.square(tf.matmul(tf.matmul(x, w1), w2) - y_))
        train_step = tf.train.GradientDescentOptimizer(0.001).minimize(loss)
        session = _started(graph)
    xs, ys = data.points()
    return lambda: session.run(train_step, feed_dict={x: xs, y_: ys})


def _dense(x, rows, columns):
    w = tf.Variable(data.weights(rows, columns))
    tf.add_to_collection("losses", data.WEIGHT_DECAY * tf.nn.l2_loss(w))
    return tf.matmul(x, w) + tf.Variable(tf.zeros([columns]))


def mnist_step(inputs=784, width=500, classes=10, batch=200):
    """The course's recogniser: momentum, decayed learning rate, L2, moving averages."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, inputs])
        y_ = tf.placeholder(tf.float32, [None, classes])
        y = _dense(tf.nn.relu(_dense(x, inputs, width)), width, classes)
        labels = tf.argmax(y_, 1)
        entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=y, labels=labels)
        loss = tf.reduce_mean(entropy) + tf.add_n(tf.get_collection("losses"))
        step = tf.Variable(0, trainable=False)
        rate = tf.train.exponential_decay(
            data.LEARNING_RATE,
            step,
            data.STEPS_PER_EPOCH,
            data.LEARNING_RATE_DECAY,
            staircase=True,
        )
        momentum = tf.train.MomentumOptimizer(rate, data.MOMENTUM)
        descent = momentum.minimize(loss, global_step=step)
        averages = tf.train.ExponentialMovingAverage(data.AVERAGE_DECAY, step)
        averaged = averages.apply(tf.trainable_variables())
        with tf.control_dependencies([descent, averaged]):
            train_op = tf.no_op()
        session = _started(graph)
    xs, ys = data.images(batch, inputs, classes)
    return lambda: session.run([train_op, loss, step], feed_dict={x: xs, y_: ys})


def inference(rows=10000):
    """Predictions for `rows` images by the course's network."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 784])
        predicted = tf.argmax(_dense(tf.nn.relu(_dense(x, 784, 500)), 500, 10), 1)
        session = _started(graph)
    xs, _ = data.images(rows)
    return lambda: session.run(predicted, feed_dict={x: xs})


def _eagerly(step):
    """`step` as a call in eager mode."""
    from tensorflow.python.eager.context import eager_mode

    def called():
        with eager_mode():
            return step()

    return called


def eager_products(calls=100):
    """So many products of two 2x2 matrices, and as many sums, called one by one."""

    def build():
        return tf.constant(np.eye(2, dtype=np.float32)), tf.ones([2, 2])

    a, b = _eagerly(build)()

    def step():
        for _ in range(calls):
            tf.matmul(a, b)
            a + b

    return _eagerly(step)


def eager_step(inputs=784, width=32, classes=10, batch=64):
    """Two layers, a tape and Adam, without a graph."""

    def build():
        x, labels = data.images(batch, inputs, classes)
        variables = [
            *(tf.Variable(data.weights(inputs, width)), tf.Variable(tf.zeros([width]))),
            *(tf.Variable(data.weights(width, classes)), tf.Variable(tf.zeros([classes]))),
        ]
        optimizer = tf.train.AdamOptimizer(0.001)
        return tf.constant(x), tf.argmax(labels, 1), variables, optimizer

    x, labels, variables, optimizer = _eagerly(build)()

    def step():
        with tf.GradientTape() as tape:
            w1, b1, w2, b2 = variables
            logits = tf.matmul(tf.nn.relu(tf.matmul(x, w1) + b1), w2) + b2
            entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
            loss = tf.reduce_mean(entropy)
        grads = tape.gradient(loss, variables)
        optimizer.apply_gradients(list(zip(grads, variables)))

    return _eagerly(step)


def function_call(calls, width=8):
    """A product and a sum as a `tf.function` that is called eagerly or, not `calls`, in a graph."""
    w = data.weights(width, width)

    def build(x):
        return tf.matmul(x, tf.constant(w)) + x

    if calls:
        function = tf.function(build)
        x = _eagerly(lambda: tf.ones([width, width]))()
        return _eagerly(lambda: function(x))
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [width, width])
        y = build(x)
        session = _started(graph)
    fed = {x: np.ones((width, width), np.float32)}
    return lambda: session.run(y, feed_dict=fed)


def chain(length):
    """A run of `length` operations, each on the result of the one before, on 100 numbers."""
    with tf.Graph().as_default() as graph:
        x = value = tf.placeholder(tf.float32, [100])
        for _ in range(length):
            value = tf.tanh(value)
        session = tf.Session(graph=graph)
    xs = np.linspace(-1, 1, 100).astype(np.float32)
    step = lambda: session.run(value, feed_dict={x: xs})
    step.warm_steps = 100
    return step


def map_rows(rows=1000, columns=10):
    """A function of one row, of all rows."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [rows, columns])
        mapped = tf.map_fn(lambda row: row * row + 1, x)
        session = tf.Session(graph=graph)
    xs = np.linspace(-1, 1, rows * columns).astype(np.float32).reshape(rows, columns)
    return lambda: session.run(mapped, feed_dict={x: xs})


def loop_turns(turns=1000, size=10):
    """A loop whose turns do next to nothing."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [size])
        turn = lambda i, v: (i + 1, v * 0.999 + 0.1)
        _, result = tf.while_loop(lambda i, _: i < turns, turn, [0, x])
        session = tf.Session(graph=graph)
    xs = np.ones(size, np.float32)
    return lambda: session.run(result, feed_dict={x: xs})


def loop_gradient(turns=100, width=128, batch=64):
    """The gradient, by the weights, of a loop of matrix products."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [batch, width])
        w = tf.Variable(data.weights(width, width))
        turn = lambda i, v: (i + 1, tf.matmul(v, w))
        _, result = tf.while_loop(lambda i, _: i < turns, turn, [0, x])
        slope = tf.gradients(tf.reduce_sum(tf.square(result)), w)[0]
        session = _started(graph)
    xs = np.ones((batch, width), np.float32)
    return lambda: session.run(slope, feed_dict={x: xs})


def choice_step(chooses, width=64, batch=32):
    """A training step, with a choice between two small sides or, not `chooses`, one of them."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [batch, width])
        halves = tf.placeholder(tf.bool, [])
        whole = tf.nn.relu(tf.matmul(x, tf.Variable(data.weights(width, width))))
        half = lambda: whole * 0.5
        hidden = tf.cond(halves, half, lambda: whole) if chooses else half()
        loss = tf.reduce_mean(tf.square(tf.matmul(hidden, tf.Variable(data.weights(width, 1)))))
        train_step = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
        session = _started(graph)
    fed = {x: np.ones((batch, width), np.float32), halves: True}
    return lambda: session.run(train_step, feed_dict=fed)


def lstm_step(units=128, steps=28, columns=28, batch=128, classes=10):
    """Rows of a picture one after another through an LSTM, and Adam."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, steps, columns])
        labels = tf.placeholder(tf.int64, [None])
        cell = tf.nn.rnn_cell.BasicLSTMCell(units)
        _, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
        w = tf.Variable(data.weights(units, classes))
        logits = tf.matmul(state.h, w) + tf.Variable(tf.zeros([classes]))
        entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=logits, labels=labels)
        loss = tf.reduce_mean(entropy)
        train_step = tf.train.AdamOptimizer(0.001).minimize(loss)
        session = _started(graph)
    xs, ys = data.sequences(batch, steps, columns, classes)
    return lambda: session.run([train_step, loss], feed_dict={x: xs, labels: ys})


def gru_step(units=64, steps=100, columns=64, batch=64):
    """Sequences of several lengths through a GRU in both directions, and gradient descent."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, steps, columns])
        lengths = tf.placeholder(tf.int32, [None])
        forward, backward = tf.nn.rnn_cell.GRUCell(units), tf.nn.rnn_cell.GRUCell(units)
        outputs, _ = tf.nn.bidirectional_dynamic_rnn(
            forward, backward, x, sequence_length=lengths, dtype=tf.float32
        )
        loss = tf.reduce_mean(tf.square(tf.concat(outputs, 2) - 0.5))
        train_step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
        session = _started(graph)
    xs, _ = data.sequences(batch, steps, columns)
    fed = {x: xs, lengths: data.lengths(batch, steps)}
    return lambda: session.run([train_step, loss], feed_dict=fed)


def resnet_step(size=64, batch=8, classes=10):
    """ResNet-v1-50 of slim in training, with momentum."""
    from tensorflow.contrib import slim
    from tensorflow.contrib.slim.nets import resnet_v1

    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [batch, size, size, 3])
        labels = tf.placeholder(tf.int64, [batch])
        with slim.arg_scope(resnet_v1.resnet_arg_scope()):
            logits, _ = resnet_v1.resnet_v1_50(x, classes, is_training=True)
        tf.losses.sparse_softmax_cross_entropy(labels, tf.squeeze(logits, [1, 2]))
        optimizer = tf.train.MomentumOptimizer(0.001, 0.9)
        train_step = slim.learning.create_train_op(tf.losses.get_total_loss(), optimizer)
        session = _started(graph)
    random = np.random.RandomState(6)
    xs = random.rand(batch, size, size, 3).astype(np.float32)
    fed = {x: xs, labels: random.randint(0, classes, batch)}
    step = lambda: session.run(train_step, feed_dict=fed)
    step.warm_steps = 8
    return step


def sampler_step():
    from systems import transformers

    with tf.Graph().as_default():
        return transformers.sampler()


def pretraining_step():
    from systems import transformers

    with tf.Graph().as_default():
        return transformers.pretraining()


def hooked_step(hooks):
    """A small training step by a plain session, or with `hooks` by a monitored one with three."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 2])
        w = tf.Variable(data.weights(2, 1))
        loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - 1.0))
        step = tf.train.get_or_create_global_step()
        train_step = tf.train.GradientDescentOptimizer(0.001).minimize(loss, step)
        if hooks:
            session = tf.train.MonitoredTrainingSession(
                hooks=[
                    tf.train.StopAtStepHook(last_step=10**9),
                    tf.train.NanTensorHook(loss),
                    tf.train.LoggingTensorHook({"loss": loss}, every_n_iter=10**6),
                ]
            )
        else:
            session = _started(graph)
    xs, _ = data.points()
    if hooks:
        return lambda: session.run(train_step, feed_dict={x: xs})
    return lambda: session.run([train_step, loss], feed_dict={x: xs})


def picture_step():
    """A picture as an input pipeline reads it: decoded, cropped and flipped at random, resized."""
    with tf.Graph().as_default() as graph:
        file = tf.placeholder(tf.string, [])
        picture = tf.image.decode_jpeg(file, channels=3)
        picture = tf.random_crop(picture, [224, 224, 3], seed=1)
        picture = tf.image.random_flip_left_right(picture, seed=2)
        picture = tf.image.resize_images(picture, [128, 128])
        written = tf.image.encode_jpeg(data.picture(256))
        session = tf.Session(graph=graph)
    contents = session.run(written)
    return lambda: session.run(picture, feed_dict={file: contents})


def pipeline_step(rows=10000, buffer=1000, batch=100):
    """Pictures out of memory: shuffled, scaled, their classes one-hot, in batches."""
    images, labels = data.bytes_of_images(rows)

    def read(image, label):
        pixels = tf.reshape(tf.cast(image, tf.float32), [28, 28, 1]) * (1 / 255.0)
        return pixels, tf.one_hot(label, 10)

    with tf.Graph().as_default() as graph:
        elements = tf.data.Dataset.from_tensor_slices((images, labels)).repeat()
        elements = elements.shuffle(buffer, seed=1).map(read).batch(batch).prefetch(1)
        return _next_batches(graph, elements)


def records_step(records=4000, batch=100):
    """Examples of 1 kB out of a file, read and parsed one by one, in batches."""
    path = os.path.join(tempfile.mkdtemp(), "examples")
    with tf.python_io.TFRecordWriter(path) as writer:
        for values, label in zip(*data.images(records, 220)):
            features = {
                "image": tf.train.Feature(float_list=tf.train.FloatList(value=values)),
                "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[label.argmax()])),
                "name": tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"picture"])),
            }
            example = tf.train.Example(features=tf.train.Features(feature=features))
            writer.write(example.SerializeToString())
    features = {
        "image": tf.FixedLenFeature([220], tf.float32),
        "label": tf.FixedLenFeature([], tf.int64),
        "name": tf.FixedLenFeature([], tf.string),
    }
    with tf.Graph().as_default() as graph:
        elements = tf.data.TFRecordDataset(path).repeat()
        elements = elements.map(lambda record: tf.parse_single_example(record, features))
        return _next_batches(graph, elements.batch(batch))


def lines_step(lines=4000, columns=10, batch=100):
    """Lines of a file, ten numbers each, in batches."""
    path = os.path.join(tempfile.mkdtemp(), "lines.csv")
    np.savetxt(path, data.images(lines, columns)[0], fmt="%.5f", delimiter=",")
    with tf.Graph().as_default() as graph:
        elements = tf.data.TextLineDataset(path).repeat()
        elements = elements.map(lambda line: tf.stack(tf.decode_csv(line, [[0.0]] * columns)))
        return _next_batches(graph, elements.batch(batch))


def _next_batches(graph, elements):
    following = tf.compat.v1.data.make_one_shot_iterator(elements).get_next()
    return _stream(tf.Session(graph=graph), following)


def _stream(session, batch):
    step = lambda: session.run(batch)
    step.sample_seconds = 0.3
    return step


def queue_step(rows=10000, batch=32, threads=2):
    """Rows out of memory through queues that threads fill, in batches."""
    images, labels = data.images(rows)
    with tf.Graph().as_default() as graph:
        images, labels = tf.constant(images), tf.constant(labels)
        image, label = tf.train.slice_input_producer([images, labels], seed=1)
        batches = tf.train.batch([image, label], batch, num_threads=threads, capacity=10 * batch)
        session = tf.Session(graph=graph)
        tf.train.start_queue_runners(session)
    return _stream(session, batches)


def build(length, gradients=False):
    """Building (not running) a chain of `length` operations, and its gradient."""

    def step():
        with tf.Graph().as_default():
            x = value = tf.placeholder(tf.float32, [100])
            for _ in range(length // 2):
                value = tf.tanh(value)
                value = tf.add(value, value)
            if gradients:
                tf.gradients(value, x)

    step.once = True
    return step


def words_step(words=200_000, size=64, batch=128):
    """A step of word vectors by a sampled softmax: some rows of two large tables change."""
    with tf.Graph().as_default() as graph:
        x, y_ = tf.placeholder(tf.int32, [batch]), tf.placeholder(tf.int64, [batch, 1])
        table, weights = (
            tf.Variable(tf.random_uniform([words, size], -0.1, 0.1, seed=i)) for i in range(2)
        )
        rows = tf.nn.embedding_lookup(table, x)
        biases = tf.Variable(tf.zeros([words]))
        loss = tf.reduce_mean(
            tf.nn.sampled_softmax_loss(weights, biases, y_, rows, 64, words, seed=3)
        )
        train_step = tf.train.AdagradOptimizer(0.5).minimize(loss)
        session = _started(graph)
    rng = np.random.RandomState(0)
    feed = {x: rng.randint(0, words, batch), y_: rng.randint(0, words, [batch, 1])}
    return lambda: session.run([train_step, loss], feed_dict=feed)


def many_variables(count, size=10, steps=100):
    """A program of many small variables from its start to its end."""

    def step():
        folder = tempfile.mkdtemp()
        with tf.Graph().as_default() as graph:
            variables = [tf.Variable(tf.random_normal([size], seed=i)) for i in range(count)]
            loss = tf.add_n([tf.nn.l2_loss(v) for v in variables])
            train_step = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
            saver = tf.train.Saver()
            session = _started(graph)
        for _ in range(steps):
            session.run(train_step)
        path = saver.save(session, os.path.join(folder, "model"), write_meta_graph=False)
        saver.restore(session, path)
        session.close()
        shutil.rmtree(folder)

    step.once = True
    return step


def cnn_step(batch=128):
    """A step of a convolutional network with Adam and dropout."""
    from systems import convolutional

    with tf.Graph().as_default() as graph:
        x, y_, keep = convolutional.inputs()
        train_step, loss = convolutional.training(convolutional.logits(x, keep), y_)
        session = _started(graph)
    xs, ys = data.images(batch)
    step = lambda: session.run([train_step, loss], feed_dict={x: xs, y_: ys, keep: 0.5})
    step.warm_steps = 12
    return step


def cnn_lengths(lengths=50, least=8):
    """Such a step for batches of many lengths, one after another."""
    from systems import convolutional

    with tf.Graph().as_default() as graph:
        x, y_, keep = convolutional.inputs()
        train_step, loss = convolutional.training(convolutional.logits(x, keep), y_)
        session = _started(graph)
    batches = [data.images(least + i) for i in range(lengths)]

    def step():
        for xs, ys in batches:
            session.run([train_step, loss], feed_dict={x: xs, y_: ys, keep: 0.5})

    return step


def cnn_inference(batch=128):
    """Classes of images by the same network."""
    from systems import convolutional

    with tf.Graph().as_default() as graph:
        x, _, keep = convolutional.inputs()
        predicted = tf.argmax(convolutional.logits(x, keep), 1)
        session = _started(graph)
    xs, _ = data.images(batch)
    step = lambda: session.run(predicted, feed_dict={x: xs, keep: 1.0})
    step.warm_steps = 12
    return step
