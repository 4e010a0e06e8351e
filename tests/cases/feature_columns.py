"""Programs that feed models through feature columns: what models get, learn and refuse."""

import os
import tempfile

from .arrays import f32
from .suite import Suite, internal_module

suite = Suite("feature_columns")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def initialize(tf, run):
    run([tf.global_variables_initializer(), tf.tables_initializer()])


def names(variables):
    """The names of the variables of each column, by the column's."""
    return {getattr(key, "name", key): [v.name for v in vs] for key, vs in variables.items()}


@story
def numbers(tf, run):
    fc = tf.feature_column
    columns = [
        fc.numeric_column("x", shape=2, normalizer_fn=lambda x: x * 2.0),
        fc.numeric_column("age", dtype=tf.int64, default_value=3),
        fc.bucketized_column(fc.numeric_column("price"), [0.0, 10.0, 100.0]),
    ]
    x = tf.placeholder(tf.float32, [None, 2])
    price = tf.placeholder(tf.float32)
    features = {"x": x, "age": tf.constant([[7], [8]], tf.int64), "price": price}
    outputs, variables = {}, {}
    found = fc.input_layer(
        features, columns, cols_to_vars=variables, cols_to_output_tensors=outputs
    )
    run.note([str(found.shape), names(variables), sorted(str(t.name) for t in outputs.values())])
    run(found, {x: f32(2, 2), price: [-1.0, 50.0]})
    run(found, {x: f32(2, 2), price: [[10.0], [1000.0]]})
    run.note([str(sorted(fc.make_parse_example_spec(columns).items()))])


@story
def categories(tf, run):
    fc = tf.feature_column
    ids = tf.placeholder(tf.int64, [None, 2])
    words = tf.sparse_placeholder(tf.string)
    features = {
        "id": ids,
        "other": ids,
        "word": words,
        "text": tf.constant([["a", ""], ["b", "z"]]),
        "number": tf.constant([[3], [-1]], tf.int32),
        "weight": tf.constant([[0.5, 2.0], [3.0, 0.0]]),
    }
    identity = fc.categorical_column_with_identity("id", 4)
    columns = [
        fc.indicator_column(identity),
        fc.indicator_column(fc.categorical_column_with_identity("other", 3, default_value=2)),
        fc.indicator_column(fc.categorical_column_with_vocabulary_list("word", ["a", "b"])),
        fc.indicator_column(
            fc.categorical_column_with_vocabulary_list("text", ("b", "z"), num_oov_buckets=2)
        ),
        fc.indicator_column(fc.categorical_column_with_hash_bucket("number", 5, tf.int32)),
        fc.indicator_column(fc.weighted_categorical_column(identity, "weight")),
        fc.indicator_column(fc.crossed_column(["text", identity], 6)),
    ]
    found = fc.input_layer(features, columns)
    run.note([str(found.shape), str(sorted(fc.make_parse_example_spec(columns).items()))])
    initialize(tf, run)
    fed = {words: ([[0, 0], [0, 1], [1, 0]], ["b", "a", "q"], [2, 2])}
    run(found, {ids: [[0, 3], [1, -1]], **fed})
    run.attempt(found, {ids: [[0, 4], [1, -1]], **fed})


@story
def embeddings(tf, run):
    fc = tf.feature_column
    ids = tf.placeholder(tf.int64, [None, 2])
    first, second = (fc.categorical_column_with_identity(name, 4) for name in ("a", "b"))
    start = tf.constant_initializer(f32(4, 2))
    weighted = fc.weighted_categorical_column(first, "w")
    columns = [
        fc.embedding_column(first, 2, initializer=start),
        fc.embedding_column(weighted, 2, combiner="sum", initializer=start, trainable=False),
        fc.embedding_column(second, 2, combiner="sqrtn", initializer=start, max_norm=1.0),
        *fc.shared_embedding_columns([second, first], 2, initializer=start),
    ]
    features = {"a": ids, "b": ids[:, :1], "w": tf.constant([[0.5, 2.0], [3.0, 0.0]])}
    variables = {}
    found = fc.input_layer(features, columns, ["my"], cols_to_vars=variables)
    run.note([str(found.shape), names(variables)])
    run.note([v.name for v in tf.trainable_variables()])
    run.note([len(tf.get_collection("my")), len(tf.model_variables())])
    train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(tf.square(found)))
    initialize(tf, run)
    for _ in range(2):
        run([found, train], {ids: [[0, 3], [1, -1]]})
    run(found, {ids: [[0, 3], [1, -1]]})


@story
def with_random_numbers(tf, run):
    """Initial values draw by the number of nodes before them."""
    tf.set_random_seed(7)
    fc = tf.feature_column
    words = fc.categorical_column_with_hash_bucket("word", 5)
    columns = [fc.embedding_column(words, 3), fc.numeric_column("x")]
    features = {"word": tf.constant(["a", "b"]), "x": tf.constant([1.0, 2.0])}
    with tf.variable_scope("net", partitioner=tf.fixed_size_partitioner(2)):
        found = fc.input_layer(features, columns)
    hidden = tf.layers.dense(found, 2)
    run.note([v.name for v in tf.global_variables()])
    initialize(tf, run)
    run([found, hidden])


@story
def linear(tf, run):
    fc = tf.feature_column
    ids = fc.categorical_column_with_identity("id", 3)
    price = fc.numeric_column("price")
    columns = [
        price,
        ids,
        fc.bucketized_column(price, [1.0, 2.0]),
        fc.weighted_categorical_column(ids, "weight"),
        fc.crossed_column(["word", fc.bucketized_column(price, [1.5])], 10),
        fc.embedding_column(ids, 2, initializer=tf.ones_initializer()),
    ]
    x = tf.placeholder(tf.float32, [None, 1])
    features = {
        "price": x,
        "id": tf.constant([[0], [2]]),
        "word": tf.constant([["a"], ["b"]]),
        "weight": tf.constant([[2.0], [0.5]]),
    }
    variables = {}
    found = fc.linear_model(features, columns, units=2, cols_to_vars=variables)
    again = fc.linear_model(features, [price], sparse_combiner="mean", trainable=False)
    run.note([str(found.shape), str(again.shape), names(variables)])
    run.note([[v.name for v in tf.trainable_variables()], [v.name for v in tf.model_variables()]])
    loss = tf.reduce_sum(tf.square(found - [[1.0, 2.0], [3.0, 4.0]]))
    train = tf.train.GradientDescentOptimizer(0.05).minimize(loss)
    initialize(tf, run)
    for _ in range(3):
        run([found, loss, train], {x: [[1.0], [3.0]]})
    run(again, {x: [[1.0], [3.0]]})


@story
def files(tf, run):
    fc = tf.feature_column
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "words")
        with open(path, "w") as file:
            file.write("a\nb\nc\n")
        whole = fc.categorical_column_with_vocabulary_file("word", path, num_oov_buckets=2)
        some = fc.categorical_column_with_vocabulary_file("word", path, 2, default_value=1)
        run.note([whole.vocabulary_size, whole.num_buckets, some.num_buckets])
        run.note(whole.name)
    run.refused(lambda: fc.categorical_column_with_vocabulary_file("word", ""))
    run.refused(lambda: fc.categorical_column_with_vocabulary_file("word", "/no/such/file"))
    run.refused(lambda: fc.categorical_column_with_vocabulary_file("word", "f", 0))
    run.refused(lambda: fc.categorical_column_with_vocabulary_file("w", "f", 3, 1, default_value=1))


@story
def sequences(tf, run):
    fc, sequence_input_layer = tf.feature_column, tf.contrib.feature_column.sequence_input_layer
    steps = fc.sequence_categorical_column_with_identity("step", 4)
    columns = [
        fc.embedding_column(steps, 2, initializer=tf.constant_initializer(f32(4, 2))),
        fc.indicator_column(fc.sequence_categorical_column_with_hash_bucket("word", 3)),
        fc.indicator_column(
            fc.sequence_categorical_column_with_vocabulary_list("word2", ["a", "b"])
        ),
    ]
    indices, sizes = [[0, 0], [0, 1], [1, 0]], [2, 3]
    features = {
        "step": tf.SparseTensor(indices, tf.constant([3, 0, 2], tf.int64), sizes),
        "word": tf.SparseTensor(indices, ["a", "b", "c"], sizes),
        "word2": tf.SparseTensor(indices, ["a", "b", "c"], sizes),
    }
    found, lengths = sequence_input_layer(features, columns)
    run.note([str(found.shape), str(lengths.shape), [v.name for v in tf.global_variables()]])
    initialize(tf, run)
    run([found, lengths])
    run.refused(lambda: sequence_input_layer(features, [fc.numeric_column("x")]))
    run.refused(lambda: fc.input_layer(features, columns[:1]))
    plain = fc.embedding_column(fc.categorical_column_with_identity("step", 4), 2)
    run.refused(lambda: sequence_input_layer(features, [plain]))


@story
def wrong_columns(tf, run):
    fc = tf.feature_column
    number, ids = fc.numeric_column("x"), fc.categorical_column_with_identity("id", 3)
    hashed = fc.categorical_column_with_hash_bucket("h", 3)
    features = {"x": tf.constant([[1.0]]), "id": tf.constant([[1.5]]), "many": tf.zeros([3, 1])}
    for refused in (
        lambda: fc.numeric_column(3),
        lambda: fc.numeric_column("x", shape=[0]),
        lambda: fc.numeric_column("x", shape=[1.5]),
        lambda: fc.numeric_column("x", shape=[2], default_value=[1.0]),
        lambda: fc.numeric_column("x", dtype=tf.int32, default_value=1.5),
        lambda: fc.numeric_column("x", dtype=tf.string),
        lambda: fc.numeric_column("x", normalizer_fn=3),
        lambda: fc.bucketized_column(ids, [1.0]),
        lambda: fc.bucketized_column(number, [2.0, 1.0]),
        lambda: fc.bucketized_column(number, []),
        lambda: fc.bucketized_column(fc.numeric_column("x", shape=[2, 2]), [1.0]),
        lambda: fc.categorical_column_with_hash_bucket("h", 0),
        lambda: fc.categorical_column_with_hash_bucket("h", None),
        lambda: fc.categorical_column_with_hash_bucket("h", 2, tf.float32),
        lambda: fc.categorical_column_with_identity("id", 0),
        lambda: fc.categorical_column_with_identity("id", 3, default_value=3),
        lambda: fc.categorical_column_with_vocabulary_list("w", []),
        lambda: fc.categorical_column_with_vocabulary_list("w", ["a", "a"]),
        lambda: fc.categorical_column_with_vocabulary_list("w", ["a"], dtype=tf.int32),
        lambda: fc.categorical_column_with_vocabulary_list("w", ["a"], None, 0, 1),
        lambda: fc.weighted_categorical_column(ids, "w", dtype=tf.string),
        lambda: fc.crossed_column(["a"], 3),
        lambda: fc.crossed_column(["a", "b"], 0),
        lambda: fc.crossed_column(["a", hashed], 3),
        lambda: fc.crossed_column(["a", number], 3),
        lambda: fc.embedding_column(ids, 0),
        lambda: fc.embedding_column(ids, 2, initializer=3),
        lambda: fc.embedding_column(ids, 2, ckpt_to_load_from="c"),
        lambda: fc.shared_embedding_columns([ids, hashed], 2),
        lambda: fc.input_layer(features, []),
        lambda: fc.input_layer(features, [ids]),
        lambda: fc.input_layer(features, [number, number]),
        lambda: fc.input_layer(features, {"x": number}),
        lambda: fc.input_layer(features, ["x"]),
        lambda: fc.input_layer(features, [fc.numeric_column("none")]),
        lambda: fc.input_layer({"x": tf.constant(1.0)}, [number]),
        lambda: fc.input_layer(features, [number, fc.numeric_column("many")]),
        lambda: fc.input_layer(features, [fc.indicator_column(ids)]),
        lambda: fc.input_layer({"h": tf.constant([[1]])}, [fc.indicator_column(hashed)]),
        lambda: fc.make_parse_example_spec(["x"]),
        lambda: fc.make_parse_example_spec([number, fc.numeric_column("x", shape=2)]),
    ):
        run.refused(refused)


@story
def intervals(tf, run):
    """What falls into which interval: the boundaries, infinite numbers, integers that round."""
    bucketize = internal_module(tf, "python.ops.math_ops")._bucketize
    fed = tf.placeholder(tf.float32)
    found = bucketize(fed, boundaries=[-1.0, 0.1, 2.0])
    run.note(str(found.shape))
    run(found, {fed: [[-2.0, -1.0, 0.1], [2.0, float("inf"), float("-inf")]]})
    run(found, {fed: float("nan")})
    large = tf.constant([16777216, 16777217, -5], tf.int64)
    run(bucketize(large, boundaries=[0.0, 16777216.0]))
    run(bucketize(tf.constant([0.1, 0.3], tf.float64), boundaries=[0.1]))
    run(bucketize(tf.constant([1, 2]), boundaries=[]))


@story
def columns_in_configurations(tf, run):
    """Columns become plain data, and are made of it again."""
    fc = tf.feature_column
    written = internal_module(tf, "python.feature_column.serialization")
    price = fc.numeric_column("price", shape=2, default_value=[1.0, 2.0])
    words = fc.categorical_column_with_vocabulary_list("word", ["a", "b"], num_oov_buckets=1)
    hashed = fc.categorical_column_with_hash_bucket("h", 5)
    start = tf.constant_initializer(0.5)
    columns = [
        price,
        fc.bucketized_column(fc.numeric_column("age"), [1.0, 2.0]),
        fc.indicator_column(words),
        fc.weighted_categorical_column(words, "weight"),
        fc.indicator_column(fc.crossed_column(["h", words], 7, hash_key=3)),
        fc.embedding_column(hashed, 2, combiner="sum", initializer=start, max_norm=2.0),
        fc.sequence_numeric_column("speed"),
        fc.sequence_categorical_column_with_identity("id", 4),
    ]
    configs = written.serialize_feature_columns(columns)
    for config in configs:
        run.note(config_text(config))
    again = written.deserialize_feature_columns(configs)
    for column in columns + again:
        run.note(f"{column.name} {type(column).__name__}")
    run.note(str(again[2].categorical_column is again[3].categorical_column))
    features = {"h": tf.constant([["x"], ["y"]])}
    out = fc.input_layer(features, again[5])
    run(tf.global_variables_initializer())
    run(out)
    halved = fc.numeric_column("half", normalizer_fn=half)
    config = written.serialize_feature_column(halved)
    run.note(config_text(config))
    back = written.deserialize_feature_column(config, custom_objects={"half": half})
    run(fc.input_layer({"half": tf.constant([[3.0]])}, back))
    for refused in (
        lambda: written.serialize_feature_column(3),
        lambda: written.deserialize_feature_column(3),
        lambda: written.deserialize_feature_column({"class_name": "NumericColumn"}),
        lambda: written.deserialize_feature_column({"class_name": "None", "config": {}}),
    ):
        run.refused(refused)


def half(x):
    return x / 2.0


def config_text(config):
    """A configuration in one order, whatever order its fields have."""
    if isinstance(config, dict):
        return " ".join(["{", *(f"{k}: {config_text(config[k])}," for k in sorted(config)), "}"])
    if isinstance(config, (list, tuple)):
        return " ".join(["(", *map(config_text, config), ")"])
    return str(config)
