"""Records SavedModels of TensorFlow 1.15 for the tests of `stillflow serve`, and what they compute.

TF115_PYTHON tools/record_serving.py
"""

import os
import shutil

import numpy as np
import tensorflow as tf

FOLDER = os.path.join(os.path.dirname(__file__), "..", "tests", "golden", "serving")
DEFAULT = tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
TYPES = ("float32", "float64", "float16", "int8", "int16", "int32", "int64")
TYPES += ("uint8", "uint16", "uint32", "uint64", "bool", "string")
signatures = tf.saved_model.signature_def_utils
asked, expected = {}, {}  # {name: (fetches, feeds)} of the model that is built; {name: arrays}


def half(plus):
    """x / 2 + `plus`: the model of TensorFlow Serving's examples; by rows, or for Examples."""
    a, b = tf.Variable(0.5, name="a"), tf.Variable(float(plus), name="b")
    x = tf.placeholder(tf.float32, [None], name="x")
    y = tf.add(a * x, b, name="y")
    examples = tf.placeholder(tf.string, [None], name="tf_example")
    features = tf.parse_example(examples, {"x": tf.FixedLenFeature([1], tf.float32)})
    of_examples = tf.identity(a * features["x"] + b)
    asked[f"half{plus}"] = (y, {x: np.array([1, 2, 5], np.float32)})
    return {
        DEFAULT: signatures.predict_signature_def({"x": x}, {"y": y}),
        "regress_x_to_y": signatures.regression_signature_def(examples, of_examples),
        "classify_x_to_y": signatures.classification_signature_def(examples, None, of_examples),
    }


def mnist():
    """Pictures of 28x28 to ten probabilities, and the likeliest digit."""
    images = tf.placeholder(tf.float32, [None, 28, 28], name="images")
    flat = tf.reshape(images, [-1, 784])
    initial = tf.random_uniform_initializer(-0.03, 0.03, seed=3)
    scores = tf.layers.dense(flat, 10, kernel_initializer=initial)
    probabilities = tf.nn.softmax(scores)
    classes = tf.argmax(scores, 1)
    fed = np.random.RandomState(1).randn(3, 28, 28).astype(np.float32)
    asked["mnist"] = ((probabilities, classes), {images: fed})
    outputs = {"probabilities": probabilities, "classes": classes}
    return {DEFAULT: signatures.predict_signature_def({"images": images}, outputs)}


def flowers():
    """Examples of two numbers and a name to labels of a file, with their scores."""
    examples = tf.placeholder(tf.string, [None], name="examples")
    kinds = {
        "size": tf.FixedLenFeature([2], tf.float32),
        "count": tf.FixedLenFeature([], tf.int64, 1),
        "name": tf.FixedLenFeature([], tf.string, ""),
    }
    features = tf.parse_example(examples, kinds)
    with open("labels.txt", "w") as file:
        file.write("rose\niris\ntulip\n")
    table = tf.contrib.lookup.index_to_string_table_from_file("labels.txt")
    weights = tf.Variable([[1.0, 0.0, -1.0], [0.5, 1.0, 2.0]])
    scores = tf.matmul(features["size"], weights) * tf.to_float(features["count"])[:, None]
    best, order = tf.nn.top_k(scores, 3)
    named = table.lookup(tf.to_int64(order))
    fed = [
        tf.train.Example(
            features=tf.train.Features(
                feature={
                    "size": tf.train.Feature(float_list=tf.train.FloatList(value=size)),
                    "count": tf.train.Feature(int64_list=tf.train.Int64List(value=[count])),
                }
            )
        ).SerializeToString()
        for size, count in (([1.0, 2.0], 1), ([3.0, -1.5], 2))
    ]
    asked["flowers"] = ((named, best), {examples: fed})
    return {
        DEFAULT: signatures.classification_signature_def(examples, named, best),
        "names": signatures.predict_signature_def(
            {"examples": examples}, {"names": features["name"], "names_bytes": features["name"]}
        ),
    }


def types():
    """Every type that JSON has, given back; numbers of other shapes; a sum without rows."""
    x = {kind: tf.placeholder(kind, [None], name=kind) for kind in TYPES}
    same = {f"{kind}_bytes" if kind == "string" else kind: tf.identity(x[kind]) for kind in TYPES}
    a = tf.placeholder(tf.float32, [None, None], name="a")
    b = tf.placeholder_with_default(1.0, [], name="b")
    fixed = tf.placeholder(tf.float32, [2, 3], name="fixed")
    wild = tf.placeholder(tf.complex64, [None], name="wild")
    return {
        DEFAULT: signatures.predict_signature_def(x, same),
        "text": signatures.predict_signature_def(
            {"text": x["string"]}, {"upper": tf.strings.upper(x["string"])}
        ),
        "sum": signatures.predict_signature_def(
            {"a": a, "b": b}, {"total": tf.reduce_sum(a) * b, "rows": tf.reduce_sum(a, 1)}
        ),
        "inverse": signatures.predict_signature_def({"x": x["float32"]}, {"y": 1 / x["float32"]}),
        "fixed": signatures.predict_signature_def({"x": fixed}, {"y": fixed + 1}),
        "mean": signatures.predict_signature_def(
            {"x": x["float32"]}, {"y": x["float32"] - tf.reduce_mean(x["float32"])}
        ),
        "wild": signatures.predict_signature_def({"x": wild}, {"y": wild}),
    }


def keras():
    """What TensorFlow 1.15 saves of a model of Keras: functions."""
    initial = tf.keras.initializers.glorot_uniform(seed=4)
    layers = [
        tf.keras.layers.Dense(3, activation="relu", kernel_initializer=initial, input_shape=(4,)),
        tf.keras.layers.Dense(2, kernel_initializer=initial),
    ]
    model = tf.keras.Sequential(layers)
    tf.saved_model.save(model, "keras/1")
    expected["keras"] = model.predict(np.eye(4, dtype=np.float32)[:2])


def counter():
    """A variable that requests change."""
    total = tf.get_variable("total", [], initializer=tf.zeros_initializer(), use_resource=True)
    by = tf.placeholder(tf.float32, [], name="by")
    some, one = tf.identity(total.assign_add(by)), tf.identity(total.assign_add(1))
    return {
        DEFAULT: signatures.predict_signature_def({"by": by}, {"total": some}),
        "one": signatures.predict_signature_def({"by": by}, {"total": one}),
    }


def code():
    """A model that calls the program that made it."""
    x = tf.placeholder(tf.float32, [None], name="x")
    y = tf.py_func(lambda value: value, [x], tf.float32)
    y.set_shape([None])
    return {DEFAULT: signatures.predict_signature_def({"x": x}, {"y": y})}


def writing():
    """A model that writes a file."""
    x = tf.placeholder(tf.string, [], name="x")
    with tf.control_dependencies([tf.io.write_file(x, x)]):
        y = tf.identity(x)
    return {DEFAULT: signatures.predict_signature_def({"x": x}, {"y": y})}


def record(path, build, **arguments):
    with tf.Graph().as_default(), tf.Session() as session:
        found = build(**arguments)
        session.run([tf.global_variables_initializer(), tf.tables_initializer()])
        builder = tf.saved_model.builder.SavedModelBuilder(path)
        builder.add_meta_graph_and_variables(
            session,
            [tf.saved_model.tag_constants.SERVING],
            signature_def_map=found,
            assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS),
            main_op=tf.tables_initializer(),
            strip_default_attrs=True,
        )
        builder.save()
        for name, (fetches, feeds) in asked.items():
            expected[name] = session.run(fetches, feeds)
        asked.clear()


shutil.rmtree(FOLDER, ignore_errors=True)
os.makedirs(FOLDER)
os.chdir(FOLDER)  # the model of flowers holds the path of its labels
record("half/1", half, plus=2)
record("half/2", half, plus=3)
record("mnist/1", mnist)
record("flowers/1", flowers)
record("types/1", types)
record("counter/1", counter)
record("code/1", code)
record("writing/1", writing)
keras()
os.remove("labels.txt")
arrays = {}
for key, value in expected.items():
    for number, array in enumerate(value if isinstance(value, tuple) else [value]):
        arrays[f"{key}_{number}"] = np.array(array, "S") if array.dtype == object else array
np.savez("expected.npz", **arrays)
