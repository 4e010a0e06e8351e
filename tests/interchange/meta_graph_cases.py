"""What is done with meta graphs and tf.graph_util, under TensorFlow 1.15 and Stillflow.

A case is a function of `tf` and of an empty folder. It returns what to compare, or fails as
TensorFlow fails.
"""

import collections
import os

from google.protobuf import text_format

CASES = collections.OrderedDict()


def case(function):
    """Adds a case under its function's name."""
    CASES[function.__name__] = function
    return function


def network(tf):
    """A small network in training, with collections of every kind. Returns its Saver."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    y = tf.placeholder(tf.float32, [None, 2], name="y")
    with tf.variable_scope("layer"):
        w = tf.get_variable("w", [3, 2], initializer=tf.random_normal_initializer(seed=1))
        b = tf.Variable([0.0, 0.5], name="b")
    out = tf.nn.softplus(tf.matmul(x, w) + b, name="out")
    loss = tf.reduce_mean(tf.square(out - y), name="loss")
    step = tf.train.get_or_create_global_step()
    average = tf.train.ExponentialMovingAverage(0.9, step)
    train = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss, step)
    with tf.control_dependencies([train]):
        averaged = average.apply(tf.trainable_variables())
    with tf.device("/device:CPU:0"):
        tf.group(averaged, name="train")
        tf.Variable(7, trainable=False, collections=[tf.GraphKeys.LOCAL_VARIABLES], name="local")
    tf.add_to_collection("ends", out)
    tf.add_to_collection("ends", train)
    tf.add_to_collection("sizes", 3)
    tf.add_to_collection("rates", 0.5)
    tf.add_to_collection("words", "some/word")
    return tf.train.Saver(name="keeper", max_to_keep=3)


FEEDS = {"x:0": [[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]], "y:0": [[1.0, 0.0], [0.0, 2.0]]}


def trained(tf, folder):
    """The network in a graph of its own, saved after three steps. Returns the checkpoint."""
    with tf.Graph().as_default():
        saver = network(tf)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            for _ in range(3):
                sess.run("train", FEEDS)
            return saver.save(sess, os.path.join(folder, "net"), 3)


def exported(tf, build=network, **arguments):
    """The MetaGraphDef of a program, built in a graph of its own."""
    with tf.Graph().as_default():
        build(tf)
        return tf.train.export_meta_graph(**arguments)


def shown(tf):
    """The default graph's nodes and collections."""
    graph = tf.get_default_graph()
    items = {
        key: [getattr(item, "name", None) or item for item in graph.get_collection(key)]
        for key in graph.get_all_collection_keys()
    }
    variables = [
        [v.name, v.trainable, v.initializer.name, v.value().name, v.initial_value.name]
        for v in tf.global_variables()
    ]
    nodes = [
        [op.name, op.type, op.device]
        for op in graph.get_operations()
        if "gradients/" not in op.name  # where TensorFlow's nodes are not all needed
    ]
    return [nodes, {key: str(values) for key, values in sorted(items.items())}, variables]


def saver_def(saver):
    return {field.name: value for field, value in saver.saver_def.ListFields()}


def values(array):
    return [round(float(value), 5) for value in array.ravel()]


# Meta graphs --------------------------------------------------------------------------------------


@case
def all_of_it(tf, folder):
    saver = tf.train.import_meta_graph(exported(tf))
    return [shown(tf), saver_def(saver)]


@case
def training_goes_on(tf, folder):
    """The classic idiom."""
    path = trained(tf, folder)
    saver = tf.train.import_meta_graph(path + ".meta")
    graph = tf.get_default_graph()
    with tf.Session() as sess:
        saver.restore(sess, path)
        losses = []
        for _ in range(3):
            sess.run("train", FEEDS)
            losses.append(sess.run(graph.get_tensor_by_name("loss:0"), FEEDS))
        saver.save(sess, os.path.join(folder, "again"), tf.train.get_global_step())
        out = sess.run("out:0", {"x:0": FEEDS["x:0"]})
    names = sorted(name for name in os.listdir(folder) if "data" not in name)
    return [[round(float(loss), 5) for loss in losses], values(out), names, saver_def(saver)]


def looping(tf):
    """A loss behind a loop, in which there are a choice and a loop."""
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    v = tf.get_variable("v", [3], initializer=tf.constant_initializer(0.5))

    def body(i, y):
        inner = tf.while_loop(lambda j, z: j < i, lambda j, z: (j + 1, tf.tanh(z * v)), (0, y))[1]
        return i + 1, tf.cond(tf.equal(i % 2, 0), lambda: inner + x, lambda: y * v)

    y = tf.while_loop(lambda i, y: i < 4, body, (0, x), maximum_iterations=9)[1]
    tf.reduce_sum(tf.square(y), name="loss")


def context_shown(context):
    """What the proto of a choice's side, or of a loop, says."""
    proto = context.to_proto()
    values = proto.values_def
    inner = [each.WhichOneof("ctxt") for each in proto.nested_contexts]
    known = [sorted(values.values), [list(item) for item in sorted(values.external_values.items())]]
    return [proto.context_name, proto.pivot_name, known, inner]


@case
def loops_train_on(tf, folder):
    """What is in a loop is known again, so that it can be differentiated."""
    meta, told = exported(tf, looping), []
    for scope in ("", "mine/"):
        with tf.Graph().as_default() as graph:
            tf.train.import_meta_graph(meta, import_scope=scope.rstrip("/") or None)
            contexts = graph.get_collection("while_context") + graph.get_collection("cond_context")
            told.append([context_shown(context) for context in contexts])
            loss = graph.get_tensor_by_name(scope + "loss:0")
            step = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
            told.append([[op.name, op.type] for op in graph.get_operations()])
            feeds = {scope + "x:0": [[0.5, -0.5, 0.25], [1.0, 0.75, -0.25]]}
            with tf.Session() as sess:
                sess.run(tf.global_variables_initializer())
                losses = [sess.run([loss, step], feeds)[0] for _ in range(3)]
            told.append([round(float(each), 4) for each in losses])
    return told


@case
def below_a_scope(tf, folder):
    path = trained(tf, folder)
    saver = tf.train.import_meta_graph(path + ".meta", import_scope="mine")
    with tf.Session() as sess:
        saver.restore(sess, path)
        loss = sess.run("mine/loss:0", {"mine/" + key: value for key, value in FEEDS.items()})
    return [shown(tf), saver_def(saver), round(float(loss), 5)]


@case
def within_a_scope(tf, folder):
    with tf.name_scope("outer"):
        saver = tf.train.import_meta_graph(exported(tf, clear_devices=True))
    return [shown(tf), saver_def(saver)]


@case
def without_devices(tf, folder):
    tf.train.import_meta_graph(exported(tf), clear_devices=True)
    return shown(tf)


@case
def some_collections(tf, folder):
    tf.train.import_meta_graph(exported(tf), restore_collections_predicate=lambda key: key < "s")
    return shown(tf)[1:]


@case
def twice(tf, folder):
    meta = exported(tf)
    tf.train.import_meta_graph(meta, import_scope="one")
    tf.train.import_meta_graph(meta, import_scope="one")
    return shown(tf)


@case
def with_an_input_map(tf, folder):
    mine = tf.placeholder(tf.float32, [4, 3], name="mine")
    tf.train.import_meta_graph(exported(tf), import_scope="net", input_map={"x:0": mine})
    product = tf.get_default_graph().get_operation_by_name("net/MatMul")
    return [tensor.name for tensor in product.inputs]


@case
def as_text(tf, folder):
    path = os.path.join(folder, "net.meta")
    exported(tf, filename=path, as_text=True)
    return bool(tf.train.import_meta_graph(path))


@case
def a_saver_of_ones_own(tf, folder):
    """A meta graph without a Saver gets one."""
    saver = tf.train.import_meta_graph(exported(tf, lambda tf: tf.Variable(1.0, name="v")))
    return [saver_def(saver), shown(tf)]


@case
def without_variables(tf, folder):
    return tf.train.import_meta_graph(exported(tf, lambda tf: tf.constant(1.0)))


@case
def only_attributes_that_matter(tf, folder):
    meta = exported(tf, strip_default_attrs=True)
    tf.train.import_meta_graph(meta)
    return shown(tf)


@case
def a_missing_file(tf, folder):
    os.chdir(folder)
    tf.train.import_meta_graph("nothing.meta")


@case
def a_file_of_something_else(tf, folder):
    os.chdir(folder)
    with open("net.meta", "w") as file:
        file.write("something else")
    tf.train.import_meta_graph("net.meta")


@case
def inputs_that_are_not_bound(tf, folder):
    meta = exported(tf)
    meta.collection_def["unbound_inputs"].bytes_list.value.extend([b"a:0", b"b:0"])
    tf.train.import_meta_graph(meta)


@case
def a_collection_of_missing_nodes(tf, folder):
    meta = exported(tf)
    meta.collection_def["ends"].node_list.value.append("missing:0")
    tf.train.import_meta_graph(meta)


@case
def a_program_of_before_1_9(tf, folder):
    """Its variables do not say whether they are trainable."""
    meta = exported(tf)
    meta.meta_info_def.tensorflow_version = "1.8.0"
    for key in ("variables", "trainable_variables"):
        listed = meta.collection_def[key].bytes_list.value
        for index, value in enumerate(listed):
            variable = type(tf.Variable(0.0).to_proto()).FromString(value)
            variable.trainable = False
            listed[index] = variable.SerializeToString()
    with tf.Graph().as_default():
        tf.train.import_meta_graph(meta)
        return shown(tf)[2]


def two_layers(tf):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    for layer in ("first", "second"):
        with tf.name_scope(layer):
            w = tf.Variable(tf.ones([3, 3]), name="w")
            x = tf.nn.relu(tf.matmul(x, w), name="out")
            tf.add_to_collection("outs", x)
    tf.add_to_collection("sizes", 3)


@case
def one_layer(tf, folder):
    """Exported by its scope, and imported with another input."""
    meta = exported(tf, two_layers, export_scope="second")
    nodes = [[node.name, node.op, *node.input] for node in meta.graph_def.node]
    mine = tf.placeholder(tf.float32, [2, 3], name="mine")
    (key,) = meta.collection_def["unbound_inputs"].bytes_list.value
    saver = tf.train.import_meta_graph(meta, import_scope="new", input_map={key.decode(): mine})
    return [nodes, sorted(meta.collection_def), key.decode(), shown(tf), saver_def(saver)]


@case
def one_layer_without_its_input(tf, folder):
    tf.train.import_meta_graph(exported(tf, two_layers, export_scope="second"))


@case
def a_layer_of_one_name_and_one_longer(tf, folder):
    def build(tf):
        with tf.name_scope("a"):
            tf.Variable(1.0, name="v")
        with tf.name_scope("b"):
            tf.Variable(2.0, name="v")

    meta = exported(tf, build, export_scope="b")
    tf.train.import_meta_graph(meta)
    return shown(tf)


# Parts of graphs ----------------------------------------------------------------------------------


def graph_def_of(tf, build=network):
    with tf.Graph().as_default() as graph:
        build(tf)
        return graph.as_graph_def()


def wires(graph_def):
    return [[node.name, node.op, *node.input] for node in graph_def.node]


@case
def a_part(tf, folder):
    return wires(tf.graph_util.extract_sub_graph(graph_def_of(tf), ["out"]))


@case
def one_saver_of_two(tf, folder):
    """The nodes of the other are left out, and so is it in the collection."""
    kept = network(tf)
    other = tf.train.Saver(name="other")
    tf.add_to_collection("savers", kept)
    tf.add_to_collection("savers", other)
    meta = kept.export_meta_graph(clear_extraneous_savers=True)
    names = [node.name for node in meta.graph_def.node]
    return [
        [name for name in names if name.startswith(("keeper/", "other/"))],
        len(meta.collection_def["savers"].bytes_list.value),
        sorted(meta.collection_def),
        [op.name for op in meta.meta_info_def.stripped_op_list.op],
        meta.meta_info_def.tensorflow_git_version,
    ]


@case
def a_loop_below_a_scope(tf, folder):
    """Its frame is called without the scope, and by the new one once it is read."""
    with tf.Graph().as_default():
        with tf.name_scope("part"):
            tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0])
        meta = tf.train.export_meta_graph(export_scope="part")
    frames = [n.attr["frame_name"].s.decode() for n in meta.graph_def.node if n.op == "Enter"]
    with tf.Graph().as_default() as graph:
        tf.train.import_meta_graph(meta, import_scope="other")
        entered = [op for op in graph.get_operations() if op.type == "Enter"]
        return [frames, [op.get_attr("frame_name").decode() for op in entered]]


@case
def a_part_that_restores(tf, folder):
    return wires(tf.graph_util.extract_sub_graph(graph_def_of(tf), ["keeper/restore_all"]))


@case
def a_part_by_one_name(tf, folder):
    tf.graph_util.extract_sub_graph(graph_def_of(tf), "out")


@case
def a_part_of_no_graph(tf, folder):
    tf.graph_util.extract_sub_graph(tf.get_default_graph(), ["out"])


@case
def a_part_that_is_missing(tf, folder):
    tf.graph_util.extract_sub_graph(graph_def_of(tf), ["nothing"])


def frozen(tf, **arguments):
    with tf.Graph().as_default() as graph:
        network(tf)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            return tf.graph_util.convert_variables_to_constants(
                sess, graph.as_graph_def(), ["out"], **arguments
            )


@case
def a_frozen_network(tf, folder):
    graph_def = frozen(tf)
    (out,) = tf.import_graph_def(graph_def, return_elements=["out:0"])
    with tf.Session() as sess:
        return [wires(graph_def), values(sess.run(out, {"import/x:0": FEEDS["x:0"]}))]


@case
def a_network_frozen_in_part(tf, folder):
    return [
        wires(frozen(tf, variable_names_whitelist=["layer/b"])),
        wires(frozen(tf, variable_names_blacklist=["layer/b"])),
    ]


@case
def a_network_that_was_not_initialized(tf, folder):
    network(tf)
    graph_def = tf.get_default_graph().as_graph_def()
    with tf.Session() as sess:
        tf.graph_util.convert_variables_to_constants(sess, graph_def, ["layer/b/read"])


def named_twice(tf):
    x = tf.placeholder(tf.float32, [2], name="x")
    a = tf.identity(tf.identity(x, name="a"), name="b")
    with tf.control_dependencies([tf.identity(a, name="c")]):
        tf.add(tf.identity(a, name="d"), tf.identity(x, name="kept"), name="sum")
        tf.identity(x, name="waits")


@case
def without_what_training_needs(tf, folder):
    graph_def = graph_def_of(tf, named_twice)
    return [
        wires(tf.graph_util.remove_training_nodes(graph_def)),
        wires(tf.graph_util.remove_training_nodes(graph_def, protected_nodes=["a", "kept"])),
    ]


@case
def what_waits_for_checks(tf, folder):
    def build(tf):
        x = tf.placeholder(tf.float32, [2], name="x")
        with tf.control_dependencies([tf.check_numerics(x, "x", name="check")]):
            waiting = tf.identity(x, name="waiting")
            tf.negative(waiting, name="y")

    graph_def = graph_def_of(tf, build)
    return wires(tf.graph_util.remove_training_nodes(graph_def))


@case
def what_runs_on_the_cpu(tf, folder):
    tf.constant("text", name="text")
    tf.Variable(tf.cast(tf.constant(1), tf.float32))
    ops = tf.get_default_graph().get_operations()
    return [
        [op.name for op in ops if tf.graph_util.must_run_on_cpu(op)],
        [op.name for op in ops if tf.graph_util.must_run_on_cpu(op.node_def, True)],
    ]


@case
def a_shape_by_name(tf, folder):
    network(tf)
    graph = tf.get_default_graph()
    shape = tf.graph_util.tensor_shape_from_node_def_name
    return [str(shape(graph, "out")), str(shape(graph, "layer/w:0"))]


@case
def a_graph_written(tf, folder):
    network(tf)
    graph = tf.get_default_graph()
    tf.train.write_graph(graph, folder, "graph.pbtxt")
    path = tf.io.write_graph(graph.as_graph_def(), folder, "graph.pb", as_text=False)
    with open(path, "rb") as file:
        from_bytes = tf.GraphDef.FromString(file.read())
    with open(os.path.join(folder, "graph.pbtxt")) as file:
        from_text = text_format.Parse(file.read(), tf.GraphDef())
    return [from_bytes == from_text, os.path.relpath(path, folder)]
