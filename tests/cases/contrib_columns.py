"""Programs that feed models through the feature columns of `tf.contrib.layers`."""

from .arrays import f32
from .suite import Suite, internal_module

suite = Suite("contrib_columns")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def initialize(tf, run):
    run([tf.global_variables_initializer(), tf.tables_initializer()])


def columns_and_features(tf):
    """Columns of categories by name, features for them, and what is fed."""
    layers = tf.contrib.layers
    columns = {
        "word": layers.sparse_column_with_hash_bucket("word", 5),
        "keyed": layers.sparse_column_with_hash_bucket("word", 7, hash_keys=[[1, 2], [3, 4]]),
        "id": layers.sparse_column_with_integerized_feature("id", 4),
        "listed": layers.sparse_column_with_keys("text", ["a", "b", "c"]),
    }
    columns["weighted"] = layers.weighted_sparse_column(columns["id"], "weight")
    features, fed = {}, {}
    for name, values in (("word", ["a", "b", "c"]), ("id", [3, 9, 2]), ("weight", [0.5, 2.0, 3.0])):
        dtype = {"word": tf.string, "id": tf.int64, "weight": tf.float32}[name]
        features[name] = tf.sparse_placeholder(dtype, [None, 2], name=name)
        fed[features[name]] = ([[0, 0], [0, 1], [1, 0]], values, [2, 2])
    for name, values in (
        ("text", [["a", "z"], ["", "c"]]),
        ("price", [[1.0], [30.0]]),
        ("pair", [[1.0, 2.0], [3.0, 4.0]]),
    ):
        dtype = tf.string if name == "text" else tf.float32
        features[name] = tf.placeholder(dtype, [None, len(values[0])], name=name)
        fed[features[name]] = values
    return columns, features, fed


@story
def network_inputs(tf, run):
    layers = tf.contrib.layers
    sparse, features, fed = columns_and_features(tf)
    start = tf.constant_initializer(f32(5, 2))
    price = layers.real_valued_column("price", normalizer=lambda x: x / 10.0)
    columns = [
        price,
        layers.real_valued_column("pair", dimension=2),
        layers.bucketized_column(price, [0.0, 1.0, 1.0, 2.0]),
        layers.one_hot_column(sparse["id"]),
        layers.one_hot_column(sparse["weighted"]),
        layers.one_hot_column(sparse["listed"]),
        layers.embedding_column(sparse["word"], 2, initializer=start),
        layers.embedding_column(
            sparse["weighted"],
            2,
            combiner="sum",
            initializer=tf.constant_initializer(f32(4, 2)),
        ),
        layers.embedding_column(
            layers.crossed_column([sparse["word"], sparse["listed"]], 5, hash_key=3),
            2,
            initializer=start,
            max_norm=1.0,
        ),
        *layers.shared_embedding_columns(
            [sparse["word"], layers.sparse_column_with_hash_bucket("text", 5)],
            2,
            initializer=start,
        ),
        layers.scattered_embedding_column("word", 8, 3, 11, initializer=tf.ones_initializer()),
    ]
    outputs = {}
    found = layers.input_from_feature_columns(
        features, columns, ["my"], cols_to_outs=outputs, scope="in"
    )
    run.note([str(found.shape), sorted(column.name for column in outputs)])
    run.note([v.name for v in tf.global_variables()])
    run.note([v.name for v in tf.get_collection("my")])
    initialize(tf, run)
    run(found, fed)
    run(tf.gradients(found, tf.trainable_variables()[-1]), fed)


@story
def weighted_sums(tf, run):
    layers = tf.contrib.layers
    sparse, features, fed = columns_and_features(tf)
    price = layers.real_valued_column("price")
    columns = [
        *sparse.values(),
        price,
        layers.bucketized_column(price, [10.0]),
        layers.crossed_column([sparse["word"], sparse["listed"]], 9),
    ]
    found, variables, bias = layers.weighted_sum_from_feature_columns(features, columns, 2)
    run.note([str(found.shape), bias.name])
    run.note(sorted([column.name, [v.name for v in vs]] for column, vs in variables.items()))
    joint, weights, _ = layers.joint_weighted_sum_from_feature_columns(
        features, [sparse["word"], sparse["id"], sparse["listed"]], 3
    )
    run.note([str(joint.shape), [v.name for v in weights]])
    loss = tf.reduce_sum(tf.square(found - 1.0)) + tf.reduce_sum(tf.square(joint - 2.0))
    train = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
    initialize(tf, run)
    for _ in range(3):
        run([found, joint, train], fed)


@story
def sequences(tf, run):
    layers = tf.contrib.layers
    ids = layers.sparse_column_with_integerized_feature("ids", 4)
    columns = [
        layers.embedding_column(ids, 2, initializer=tf.constant_initializer(f32(4, 2))),
        layers.one_hot_column(ids),
        layers.real_valued_column("x"),
    ]
    features = {
        "ids": tf.SparseTensor(
            [[0, 0, 0], [0, 1, 0], [1, 0, 0]], tf.constant([1, 2, 3], tf.int64), [2, 2, 1]
        ),
        "x": tf.constant(f32(2, 2, 1)),
    }
    found = layers.sequence_input_from_feature_columns(features, columns)
    run.note(str(found.shape))
    initialize(tf, run)
    run(found)
    crossed = layers.crossed_column([ids, layers.sparse_column_with_hash_bucket("w", 3)], 5)
    run.refused(lambda: layers.sequence_input_from_feature_columns(features, [crossed]))


@story
def features_of_columns(tf, run):
    """What is parsed, transformed, taken from placeholders, and inferred."""
    layers = tf.contrib.layers
    sparse, features, fed = columns_and_features(tf)
    columns = [*sparse.values(), layers.real_valued_column("price", default_value=1.5)]
    run.note(str(sorted(layers.create_feature_spec_for_parsing(columns).items())))
    placeholders = layers.make_place_holder_tensors_for_base_features(columns)
    run.note(sorted([name, str(tensor.shape)] for name, tensor in placeholders.items()))
    transformed = layers.transform_features(features, columns)
    initialize(tf, run)
    run([transformed[c] for c in (sparse["id"], sparse["listed"], columns[-1])], fed)
    inferred = layers.infer_real_valued_columns({"price": features["price"]})
    run.note([[column.name, column.dimension] for column in inferred])
    run.note([sparse["word"].length, sparse["weighted"].name, columns[-1].default_value])


@story
def wrong_columns(tf, run):
    layers = tf.contrib.layers
    sparse, features, _ = columns_and_features(tf)
    number = layers.real_valued_column("price")
    for refused in (
        lambda: layers.real_valued_column("x", dimension=0),
        lambda: layers.real_valued_column("x", dimension=None),
        lambda: layers.real_valued_column("x", dimension=1.5),
        lambda: layers.real_valued_column("x", dtype=tf.string),
        lambda: layers.real_valued_column("x", 2, default_value=[1.0]),
        lambda: layers.real_valued_column("x", dtype=tf.int32, default_value=1.5),
        lambda: layers.bucketized_column(sparse["word"], [1.0]),
        lambda: layers.bucketized_column(number, []),
        lambda: layers.bucketized_column(number, [2.0, 1.0]),
        lambda: layers.sparse_column_with_hash_bucket("w", 0),
        lambda: layers.sparse_column_with_hash_bucket("w", 3, dtype=tf.float32),
        lambda: layers.sparse_column_with_hash_bucket("w", 3, hash_keys=[[1]]),
        lambda: layers.sparse_column_with_integerized_feature("w", None),
        lambda: layers.sparse_column_with_integerized_feature("w", 3, dtype=tf.string),
        lambda: layers.sparse_column_with_vocabulary_file("w", "f"),
        lambda: layers.weighted_sparse_column(sparse["word"], "w", dtype=tf.string),
        lambda: layers.crossed_column([sparse["word"]], 5),
        lambda: layers.crossed_column([sparse["word"], number], 5),
        lambda: layers.crossed_column([sparse["word"], sparse["id"]], 1),
        lambda: layers.embedding_column(sparse["word"], 2, initializer=3),
        lambda: layers.shared_embedding_columns([], 2),
        lambda: layers.shared_embedding_columns([number, number], 2),
        lambda: layers.shared_embedding_columns([sparse["word"], sparse["id"]], 2),
        lambda: layers.scattered_embedding_column("w", 0, 2, 3),
        lambda: layers.input_from_feature_columns(features, {"x": number}),
        lambda: layers.input_from_feature_columns(features, [number, number]),
        lambda: layers.input_from_feature_columns(features, [sparse["word"]]),
        lambda: layers.create_feature_spec_for_parsing(["x"]),
    ):
        run.refused(refused)


@story
def older_crosses(tf, run):
    """`sparse_feature_cross`, whose hashes differ without a key."""
    module = internal_module(tf, "contrib.layers.python.ops.sparse_feature_cross_op")
    cross = module.sparse_feature_cross
    _, features, fed = columns_and_features(tf)
    inputs = [features["word"], features["id"], features["text"]]
    run(cross(inputs, hashed_output=True, num_buckets=100), fed)
    run(cross(inputs, hashed_output=True, hash_key=5), fed)
    run(cross(inputs[:1] + inputs[2:], name="words"), fed)
    look_up = internal_module(
        tf, "contrib.layers.python.layers.embedding_ops"
    ).scattered_embedding_lookup
    run(look_up(tf.constant(f32(6)), features["text"], 3, hash_key=7), fed)


@story
def columns_of_parsed_examples(tf, run):
    layers = tf.contrib.layers
    word = layers.sparse_column_with_hash_bucket("word", 5)
    columns = [
        layers.real_valued_column("price", default_value=2.5),
        layers.real_valued_column("pair", dimension=2),
        layers.embedding_column(word, 2, initializer=tf.constant_initializer(f32(5, 2))),
    ]
    examples = [
        written(tf, pair=[1.0, 2.0], word=[b"a", b"b"]),
        written(tf, price=[7.0], pair=[3.0, 4.0]),
    ]
    serialized = tf.placeholder(tf.string, [None], name="serialized")
    features = layers.parse_feature_columns_from_examples(serialized, columns)
    inputs = layers.input_from_feature_columns(features, columns)
    initialize(tf, run)
    return run([inputs, features[word]], {serialized: examples})


@story
def columns_of_parsed_sequences(tf, run):
    layers = tf.contrib.layers
    steps = tf.train.FeatureLists(
        feature_list={
            "speed": tf.train.FeatureList(
                feature=[
                    tf.train.Feature(float_list=tf.train.FloatList(value=[value]))
                    for value in (1.0, 2.0, 4.0)
                ]
            )
        }
    )
    context = tf.train.Example.FromString(written(tf, price=[7.0])).features
    example = tf.train.SequenceExample(context=context, feature_lists=steps)
    return run(
        layers.parse_feature_columns_from_sequence_examples(
            tf.constant(example.SerializeToString()),
            context_feature_columns=[layers.real_valued_column("price")],
            sequence_feature_columns=[layers.real_valued_column("speed")],
        )
    )


def written(tf, **features):
    """A serialized Example of features of floats or of words."""
    made = {}
    for name, values in features.items():
        if isinstance(values[0], bytes):
            made[name] = tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
        else:
            made[name] = tf.train.Feature(float_list=tf.train.FloatList(value=values))
    return tf.train.Example(features=tf.train.Features(feature=made)).SerializeToString()
