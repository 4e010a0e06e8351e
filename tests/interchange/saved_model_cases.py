"""What is done with SavedModels, under TensorFlow 1.15 and Stillflow.

A case is a function of `tf` and of an empty folder. It returns what to compare, or fails as
TensorFlow fails.
"""

import collections
import os

from meta_graph_cases import FEEDS, network, shown, values

CASES = collections.OrderedDict()


def case(function):
    """Adds a case under its function's name."""
    CASES[function.__name__] = function
    return function


def element(tf, name):
    return tf.get_default_graph().get_tensor_by_name(name)


def saved(tf, folder, **arguments):
    """The network, saved with its signature. Returns the folder of the model."""
    path = os.path.join(folder, "model")
    with tf.Graph().as_default():
        network(tf)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            x, out = element(tf, "x:0"), element(tf, "out:0")
            tf.saved_model.simple_save(sess, path, {"numbers": x}, {"result": out}, **arguments)
    return path


def files(folder):
    return sorted(
        os.path.relpath(os.path.join(path, name), folder)
        for path, _, names in os.walk(folder)
        for name in names
    )


def signatures(meta):
    """What a caller sees of a model."""
    return {
        key: [
            sorted((name, info.name, info.dtype) for name, info in signature.inputs.items()),
            sorted((name, info.name, info.dtype) for name, info in signature.outputs.items()),
            [dim.size for info in signature.inputs.values() for dim in info.tensor_shape.dim],
            signature.method_name,
        ]
        for key, signature in meta.signature_def.items()
    }


@case
def simply(tf, folder):
    path = saved(tf, folder)
    with tf.Session() as sess:
        meta = tf.saved_model.loader.load(sess, [tf.saved_model.tag_constants.SERVING], path)
        signature = meta.signature_def["serving_default"]
        out = sess.run(
            signature.outputs["result"].name, {signature.inputs["numbers"].name: FEEDS["x:0"]}
        )
    return [
        files(path),
        signatures(meta),
        list(meta.meta_info_def.tags),
        values(out),
        shown(tf)[1:],
    ]


@case
def below_a_scope(tf, folder):
    path = saved(tf, folder)
    with tf.Session() as sess:
        tf.saved_model.load(sess, ["serve"], path, import_scope="mine")
        return values(sess.run("mine/out:0", {"mine/x:0": FEEDS["x:0"]}))


@case
def several_graphs(tf, folder):
    """One to train, with its variables, and one to serve."""
    builder = tf.saved_model.builder.SavedModelBuilder(os.path.join(folder, "model"))
    for tags in (["train"], ["serve", "gpu"]):
        with tf.Graph().as_default():
            network(tf)
            with tf.Session() as sess:
                sess.run(tf.global_variables_initializer())
                sess.run("train", FEEDS)
                if tags == ["train"]:
                    builder.add_meta_graph_and_variables(sess, tags)
                else:
                    builder.add_meta_graph(tags, clear_devices=True, strip_default_attrs=True)
    path = builder.save(as_text=True)
    outs = []
    for tags in ({"train"}, {"gpu", "serve"}):
        with tf.Graph().as_default(), tf.Session() as sess:
            tf.saved_model.load(sess, tags, os.path.join(folder, "model"))
            outs.append(values(sess.run("out:0", {"x:0": FEEDS["x:0"]})))
    return [type(path).__name__, files(folder), outs]


@case
def a_main_op(tf, folder):
    """It is run once the variables are restored."""
    path = os.path.join(folder, "model")
    with tf.Graph().as_default():
        v = tf.Variable(1.0, name="v")
        local = tf.Variable(5.0, name="l", collections=[tf.GraphKeys.LOCAL_VARIABLES])
        start = tf.group(tf.local_variables_initializer(), v.assign_add(1.0))
        builder = tf.saved_model.builder.SavedModelBuilder(path)
        with tf.Session() as sess:
            sess.run(v.initializer)
            builder.add_meta_graph_and_variables(sess, ["a"], main_op=start)
        builder.save()
    with tf.Session() as sess:
        meta = tf.saved_model.load(sess, ["a"], path)
        return [sess.run(["v:0", "l:0"])[0].item(), local.name, sorted(meta.collection_def)]


@case
def the_usual_main_op(tf, folder):
    tf.Variable(1.0, name="v")
    op = tf.saved_model.main_op.main_op()
    return [op.type, sorted(other.name for other in op.control_inputs)]


@case
def assets(tf, folder):
    source = os.path.join(folder, "words.txt")
    with open(source, "w") as file:
        file.write("some words")
    path = os.path.join(folder, "model")
    with tf.Graph().as_default():
        name = tf.constant(source, name="name")
        tf.add_to_collection(tf.GraphKeys.ASSET_FILEPATHS, name)
        kept = tf.Variable("", name="kept", collections=[])
        start = kept.assign(name).op
        with tf.Session() as sess:
            x = tf.placeholder(tf.float32, name="x")
            tf.saved_model.simple_save(sess, path, {"x": x}, {"y": tf.identity(x)}, start)
    os.remove(source)
    with tf.Session() as sess:
        meta = tf.saved_model.load(sess, ["serve"], path)
        found = os.path.relpath(sess.run("kept:0").decode(), folder)
    listed = meta.collection_def["saved_model_assets"].any_list.value
    return [files(folder), found, [message.type_url for message in listed]]


@case
def without_variables(tf, folder):
    path = os.path.join(folder, "model")
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, name="x")
        with tf.Session() as sess:
            tf.saved_model.simple_save(sess, path, {"x": x}, {"y": tf.negative(x, name="y")})
    with tf.Session() as sess:
        tf.saved_model.load(sess, ["serve"], path)
        return [files(path), sess.run("y:0", {"x:0": 2.0}).item()]


@case
def where_there_is_a_model(tf, folder):
    path = saved(tf, folder)
    known = tf.saved_model.maybe_saved_model_directory
    return [known(path), known(folder), tf.saved_model.contains_saved_model(path)]


# What fails ---------------------------------------------------------------------------------------


@case
def a_folder_that_is_not_empty(tf, folder):
    os.chdir(folder)
    os.makedirs("model/other")
    tf.saved_model.builder.SavedModelBuilder("model")


@case
def variables_twice(tf, folder):
    network(tf)
    builder = tf.saved_model.builder.SavedModelBuilder(folder)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        builder.add_meta_graph_and_variables(sess, ["a"])
        builder.add_meta_graph_and_variables(sess, ["b"])


@case
def a_graph_before_the_variables(tf, folder):
    tf.saved_model.builder.SavedModelBuilder(folder).add_meta_graph(["a"])


@case
def variables_without_values(tf, folder):
    network(tf)
    with tf.Session() as sess:
        x = element(tf, "x:0")
        tf.saved_model.simple_save(sess, os.path.join(folder, "model"), {"x": x}, {"y": x})


@case
def no_inputs(tf, folder):
    tf.saved_model.simple_save(tf.Session(), os.path.join(folder, "model"), {}, {})


@case
def no_outputs(tf, folder):
    x = tf.placeholder(tf.float32)
    tf.saved_model.simple_save(tf.Session(), os.path.join(folder, "model"), {"x": x}, {})


@case
def a_main_op_that_is_none(tf, folder):
    tf.Variable(1.0)
    builder = tf.saved_model.builder.SavedModelBuilder(folder)
    builder.add_meta_graph_and_variables(tf.Session(), ["a"], main_op="start")


@case
def a_reserved_key(tf, folder):
    builder = tf.saved_model.builder.SavedModelBuilder(folder)
    signature = tf.saved_model.build_signature_def()
    builder.add_meta_graph_and_variables(tf.Session(), ["a"], {"__saved_model_init_op": signature})


@case
def a_signature_without_a_type(tf, folder):
    info = tf.saved_model.build_tensor_info(tf.constant(1))
    info.dtype = 0
    builder = tf.saved_model.builder.SavedModelBuilder(folder)
    signature = tf.saved_model.build_signature_def({"x": info})
    builder.add_meta_graph_and_variables(tf.Session(), ["a"], {"key": signature})


@case
def a_signature_without_a_name(tf, folder):
    info = tf.saved_model.build_tensor_info(tf.constant(1))
    info.ClearField("name")
    builder = tf.saved_model.builder.SavedModelBuilder(folder)
    signature = tf.saved_model.build_signature_def({"x": info})
    builder.add_meta_graph_and_variables(tf.Session(), ["a"], {"key": signature})


@case
def an_asset_that_is_a_placeholder(tf, folder):
    builder = tf.saved_model.builder.SavedModelBuilder(folder)
    path = tf.placeholder(tf.string)
    builder.add_meta_graph_and_variables(tf.Session(), ["a"], assets_collection=[path])


@case
def an_asset_that_is_a_number(tf, folder):
    builder = tf.saved_model.builder.SavedModelBuilder(folder)
    builder.add_meta_graph_and_variables(tf.Session(), ["a"], assets_collection=[tf.constant(1)])


@case
def tags_that_are_not_there(tf, folder):
    tf.saved_model.load(tf.Session(), ["other"], saved(tf, folder))


@case
def a_missing_model(tf, folder):
    os.chdir(folder)
    tf.saved_model.load(tf.Session(), ["serve"], "model")


# Signatures ---------------------------------------------------------------------------------------


@case
def kinds_of_signatures(tf, folder):
    text, number = tf.placeholder(tf.string, name="text"), tf.placeholder(tf.float32, [None, 2])
    utils = tf.saved_model.signature_def_utils
    made = [
        utils.predict_signature_def({"x": number}, {"y": text}),
        utils.regression_signature_def(text, number),
        utils.classification_signature_def(text, text, number),
        utils.classification_signature_def(text, None, number),
        utils.build_signature_def(method_name="other"),
    ]
    shown = []
    for signature in made:
        outputs = [
            (key, info.name, info.dtype, [dim.size for dim in info.tensor_shape.dim])
            for key, info in sorted(signature.outputs.items())
        ]
        shown.append([signature.method_name, outputs, utils.is_valid_signature(signature)])
    info = made[0].inputs["x"]
    return [shown, tf.saved_model.utils.get_tensor_from_tensor_info(info) is number]


@case
def a_regression_of_numbers(tf, folder):
    number = tf.placeholder(tf.float32)
    tf.saved_model.regression_signature_def(number, number)


@case
def a_regression_to_integers(tf, folder):
    tf.saved_model.regression_signature_def(tf.placeholder(tf.string), tf.constant(1))


@case
def a_classification_of_nothing(tf, folder):
    tf.saved_model.classification_signature_def(None, None, None)


@case
def a_classification_without_outputs(tf, folder):
    tf.saved_model.classification_signature_def(tf.placeholder(tf.string), None, None)
