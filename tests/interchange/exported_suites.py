"""Training with every optimizer, and the suites' cases, exported on one side and run on the other.

    python exported_suites.py export FOLDER    writes meta graphs with checkpoints, and GraphDefs
    python exported_suites.py use FOLDER       prints what comes of them, as JSON

As exported_network.py, this is a program of its own under TensorFlow (Python 3.7).
"""

import json
import os
import sys

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from cases import observe, suites

OPTIMIZERS = {
    "descent": lambda train, step: train.GradientDescentOptimizer(0.1),
    "momentum": lambda train, step: train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "adam": lambda train, step: train.AdamOptimizer(0.1),
    "adagrad": lambda train, step: train.AdagradOptimizer(0.1),
    "adagrad_da": lambda train, step: train.AdagradDAOptimizer(0.1, step),
    "adadelta": lambda train, step: train.AdadeltaOptimizer(10.0),
    "ftrl": lambda train, step: train.FtrlOptimizer(0.1, l1_regularization_strength=0.01),
    "rmsprop": lambda train, step: train.RMSPropOptimizer(0.1, momentum=0.5),
    "centered": lambda train, step: train.RMSPropOptimizer(0.1, centered=True),
    "proximal": lambda train, step: train.ProximalGradientDescentOptimizer(0.1),
    "proximal_adagrad": lambda train, step: train.ProximalAdagradOptimizer(0.1),
}


def regression(tf, make):
    """A few weights, some of them rows of a table, fitted to numbers."""
    x = tf.constant([[1.0, 2.0], [0.5, -1.0], [2.0, 0.0]])
    step = tf.train.get_or_create_global_step()
    w = tf.Variable([[0.5], [-0.5]], name="w")
    table = tf.Variable([[0.1], [0.2], [0.3], [0.4]], name="table")
    rows = tf.nn.embedding_lookup(table, [0, 2, 2])
    error = tf.matmul(x, w) + rows - tf.constant([[1.0], [2.0], [3.0]])
    loss = tf.reduce_mean(tf.square(error), name="loss")
    tf.group(make(tf.train, step).minimize(loss, step), name="train")


def looped(tf):
    """A few weights behind a loop, with a choice and a loop in it; how to train is not exported."""
    x = tf.constant([[1.0, 2.0], [0.5, -1.0]])
    w = tf.Variable([[0.5, 0.25], [-0.5, 0.75]], name="w")

    def body(i, y):
        inner = tf.while_loop(lambda j, z: j < i, lambda j, z: (j + 1, tf.tanh(z) + x), (0, y))[1]
        return i + 1, tf.cond(i % 2 > 0, lambda: tf.matmul(inner, w), lambda: y * w[0])

    y = tf.while_loop(lambda i, y: i < 4, body, (0, x))[1]
    tf.reduce_mean(tf.square(y), name="loss")


def losses(sess):
    seen = []
    for _ in range(3):
        sess.run("train")
        seen.append(float(sess.run("loss:0")))
    return seen


def export(tf, folder):
    for name, make in OPTIMIZERS.items():
        with tf.Graph().as_default(), tf.Session() as sess:
            regression(tf, make)
            sess.run(tf.global_variables_initializer())
            losses(sess)
            tf.train.Saver().save(sess, os.path.join(folder, name))
    with tf.Graph().as_default():
        looped(tf)
        tf.train.export_meta_graph(os.path.join(folder, "looped.meta"))
    for id, case in cases():
        built = observe.build(tf, case, observe.FED)
        outputs, feeds = list(built.outputs), dict(built.feeds)
        try:
            gradients = case.grad and observe.add_gradients(tf, built, observe.run(tf, built))
        except (LookupError, ValueError):
            gradients = None  # an op has none, or TensorFlow fails at it
        if gradients:
            outputs += gradients.outputs
            feeds.update(gradients.feeds)
        fetched = [out for out in outputs if hasattr(out, "graph")]
        path = os.path.join(folder, "case-" + id)
        tf.train.write_graph(built.graph, folder, "case-" + id + ".pb", as_text=False)
        named = {tensor.name: value for tensor, value in feeds.items()}
        np.savez(path + ".npz", fetched=[tensor.name for tensor in fetched], **named)


def cases():
    """The cases whose inputs NumPy's files hold, by a name that a file can have."""
    families = ("math", "reduce", "linalg", "array", "layout", "segment", "nn", "gradients")
    for suite in (*families, "control"):
        for case in suites.load(suite):
            if all(np.asarray(array).dtype.kind in "biuf" for array in case.inputs):
                yield f"{suite}-{case.id}".replace("/", "_"), case


def use(tf, folder):
    """{name: losses, or the values of a case's tensors and gradients, or None when refused}"""
    results = {}
    for name in OPTIMIZERS:
        path = os.path.join(folder, name)
        with tf.Graph().as_default(), tf.Session() as sess:
            tf.train.import_meta_graph(path + ".meta").restore(sess, path)
            results[name] = losses(sess)
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        tf.train.import_meta_graph(os.path.join(folder, "looped.meta"))
        loss = graph.get_tensor_by_name("loss:0")
        tf.group(tf.train.AdamOptimizer(0.1).minimize(loss), name="train")
        sess.run(tf.global_variables_initializer())
        results["looped"] = losses(sess)
    for id, _ in cases():
        results[id] = case_of(tf, os.path.join(folder, "case-" + id))
    return results


def case_of(tf, path):
    with open(path + ".pb", "rb") as file:
        graph_def = tf.GraphDef.FromString(file.read())
    given = dict(np.load(path + ".npz"))
    fetched = [str(name) for name in given.pop("fetched")]
    with tf.Graph().as_default(), tf.Session() as sess:
        try:
            tf.import_graph_def(graph_def, name="")
        except (tf.errors.NotFoundError, tf.errors.UnimplementedError):
            return None
        values = sess.run(fetched, given)
    return [numbers(value) for value in values]


def numbers(value):
    """An array, or the rows of a sparse gradient, as numbers; text is left out."""
    array = np.asarray(getattr(value, "values", value))
    if array.dtype.kind in "OSU":
        return []
    if array.dtype.kind == "c":
        array = np.stack([array.real, array.imag])
    return np.asarray(array, float).ravel().tolist()


if __name__ == "__main__":
    import tensorflow

    tensorflow.compat.v1.logging.set_verbosity("FATAL")
    action = {"export": export, "use": use}[sys.argv[1]]
    print(json.dumps(action(tensorflow, sys.argv[2])))
