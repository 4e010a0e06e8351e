"""A network exported to files, and the use of such files: by TensorFlow 1.15 and by Stillflow.

    python exported_network.py export FOLDER    writes the files
    python exported_network.py use FOLDER       prints what comes of them, as JSON

Each side runs both parts, so that either reads what the other wrote. Under TensorFlow (Python 3.7)
this file is a program of its own.
"""

import json
import os
import sys

import numpy as np

STEPS = 5


def batch(step):
    """Images of 8 x 8 with a bright square whose place is the digit."""
    random = np.random.RandomState(step)
    labels = random.randint(10, size=20)
    images = 0.3 * random.rand(20, 8, 8)
    for i in range(20):
        row, column = divmod(labels[i], 4)
        images[i, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2] += 1
    return images.reshape(20, 64).astype(np.float32), np.eye(10, dtype=np.float32)[labels]


def build(tf):
    """A small convolutional network in training, of the parts that such programs are made of."""
    tf.set_random_seed(7)
    x = tf.placeholder(tf.float32, [None, 64], name="x")
    y_ = tf.placeholder(tf.float32, [None, 10], name="y_")
    keep = tf.placeholder_with_default(1.0, [], name="keep")
    step = tf.train.get_or_create_global_step()

    with tf.variable_scope("conv"):
        w = tf.get_variable("w", [3, 3, 1, 4], initializer=tf.truncated_normal_initializer())
        b = tf.get_variable("b", [4], initializer=tf.constant_initializer(0.1))
        images = tf.reshape(x, [-1, 8, 8, 1])
        conv = tf.nn.conv2d(images, w, strides=[1, 1, 1, 1], padding="SAME")
        relu = tf.nn.relu(tf.nn.bias_add(conv, b))
        pool = tf.nn.max_pool(relu, [1, 2, 2, 1], [1, 2, 2, 1], padding="SAME")
        mean, variance = tf.nn.moments(pool, [0, 1, 2])
        normal = tf.nn.batch_normalization(pool, mean, variance, None, None, 1e-3)
    with tf.variable_scope("dense"):
        w2 = tf.Variable(tf.random_normal([64, 10], stddev=0.1), name="w")
        flat = tf.nn.dropout(tf.reshape(normal, [-1, 64]), keep_prob=keep)
        logits = tf.matmul(flat, w2) + tf.Variable(tf.zeros([10]), name="b")
    tf.nn.softmax(logits, name="probabilities")

    entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=logits, labels=tf.argmax(y_, 1))
    tf.add_to_collection("losses", 1e-3 * tf.nn.l2_loss(w2))
    loss = tf.add(tf.reduce_mean(entropy), tf.add_n(tf.get_collection("losses")), name="loss")
    right = tf.equal(tf.argmax(logits, 1), tf.argmax(y_, 1))
    tf.reduce_mean(tf.cast(right, tf.float32), name="accuracy")

    rate = tf.train.exponential_decay(0.1, step, 2, 0.9, staircase=True)
    optimizer = tf.train.MomentumOptimizer(rate, 0.9)
    pairs = optimizer.compute_gradients(loss)
    clipped, _ = tf.clip_by_global_norm([gradient for gradient, _ in pairs], 5.0)
    train = optimizer.apply_gradients([(clipped[i], pairs[i][1]) for i in range(len(pairs))], step)
    average = tf.train.ExponentialMovingAverage(0.9, step)
    with tf.control_dependencies([train, average.apply(tf.trainable_variables())]):
        tf.no_op(name="train")


def step_of(sess, number):
    """Does a training step; returns the loss after it, without dropout."""
    images, labels = batch(number)
    sess.run("train", {"x:0": images, "y_:0": labels, "keep:0": 0.8})
    return float(sess.run("loss:0", {"x:0": images, "y_:0": labels}))


def export(tf, folder):
    """Trains the network and writes it in every form."""
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        build(tf)
        saver = tf.train.Saver()
        sess.run(tf.global_variables_initializer())
        for number in range(STEPS):
            step_of(sess, number)
        saver.save(sess, os.path.join(folder, "training"), tf.train.get_global_step())
        frozen = tf.graph_util.convert_variables_to_constants(
            sess, graph.as_graph_def(), ["probabilities"]
        )
        tf.train.write_graph(frozen, folder, "frozen.pb", as_text=False)
        tf.train.write_graph(frozen, folder, "frozen.pbtxt")
        ends = graph.get_tensor_by_name("x:0"), graph.get_tensor_by_name("probabilities:0")
        model = os.path.join(folder, "model")
        tf.saved_model.simple_save(sess, model, {"images": ends[0]}, {"probabilities": ends[1]})


def use(tf, folder):
    """What the files do, each in a graph of its own."""
    images, _ = batch(100)
    return {
        "frozen": numbers(frozen(tf, os.path.join(folder, "frozen.pb"), images)),
        "training": training(tf, os.path.join(folder, f"training-{STEPS}")),
        "model": numbers(model(tf, os.path.join(folder, "model"), images)),
    }


def frozen(tf, path, images):
    with open(path, "rb") as file:
        graph_def = tf.GraphDef.FromString(file.read())
    with tf.Graph().as_default(), tf.Session() as sess:
        ends = tf.import_graph_def(graph_def, return_elements=["x:0", "probabilities:0"], name="")
        return sess.run(ends[1], {ends[0]: images})


def training(tf, path):
    """Goes on with the training, and starts it anew."""
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        saver = tf.train.import_meta_graph(path + ".meta")
        saver.restore(sess, path)
        losses = [step_of(sess, number) for number in range(STEPS, 2 * STEPS)]
        ends = [len(tf.global_variables()), len(tf.trainable_variables())]
        ends.append(int(sess.run(tf.train.get_global_step(graph))))
        sess.run(tf.global_variables_initializer())
        return [losses, ends, [step_of(sess, number) for number in range(STEPS)]]


def model(tf, folder, images):
    with tf.Graph().as_default(), tf.Session() as sess:
        meta = tf.saved_model.loader.load(sess, [tf.saved_model.tag_constants.SERVING], folder)
        signature = meta.signature_def["serving_default"]
        feeds = {signature.inputs["images"].name: images}
        return sess.run(signature.outputs["probabilities"].name, feeds)


def numbers(array):
    return np.asarray(array, float).ravel().tolist()


if __name__ == "__main__":
    import tensorflow

    tensorflow.compat.v1.logging.set_verbosity("FATAL")
    action = {"export": export, "use": use}[sys.argv[1]]
    print(json.dumps(action(tensorflow.compat.v1, sys.argv[2])))
