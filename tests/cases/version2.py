"""`tf.compat.v2` where it spells things otherwise, and `tf.Module`."""

import numpy as np

from .suite import Suite

suite = Suite("version2")

ROWS = np.array([[0.5, -1.0, 2.0], [3.0, 0.25, -0.5]], np.float32)
PICTURE = (np.arange(32, dtype=np.float32).reshape(1, 4, 4, 2) - 9) / 7


def story(fn):
    """Adds `fn(v2, tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, lambda tf, run: fn(tf.compat.v2, tf, run), grad=False)
    return fn


@story
def reductions(v2, tf, run):
    x = v2.constant(ROWS)
    run(
        [
            v2.reduce_sum(x, 1, True),
            v2.reduce_mean(x, [0]),
            v2.reduce_max(x, 0, False, "largest"),
            v2.reduce_min(x),
            v2.reduce_prod(x, -1),
            v2.reduce_logsumexp(x, 1, True),
            v2.reduce_all(x > -2, 0),
            v2.reduce_any(x > 2, axis=1),
            v2.math.reduce_sum(x, keepdims=True),
            v2.math.count_nonzero(x > 0, 1, dtype=tf.int32),
            v2.argmax(x, 1, tf.int32),
            v2.argmin(x, 0),
            v2.norm(x, 1, 1),
            v2.linalg.norm(x, axis=0, keepdims=True),
            v2.math.l2_normalize(x, 1),
        ]
    )


@story
def arrays(v2, tf, run):
    x = v2.convert_to_tensor(ROWS, None, tf.float32, "rows")
    whole = v2.convert_to_tensor(2, dtype_hint=tf.float32)
    run(
        [
            v2.shape(x, tf.int64),
            v2.size(x, tf.int64, "many"),
            v2.zeros_like(x, tf.int32),
            v2.ones_like(input=x),
            v2.expand_dims(x, 0),
            v2.squeeze(v2.expand_dims(x, -1), [-1]),
            v2.transpose(x, [1, 0], name="turned"),
            v2.gather(x, [1, 0, 1], axis=1),
            v2.gather_nd(x, [[1, 2], [0, 0]]),
            v2.boolean_mask(x, [True, False]),
            v2.pad(x, [[1, 0], [0, 1]], "CONSTANT", 7),
            v2.reverse_sequence(x, [2, 1], 1, 0),
            v2.where(x > 0, x, 0.0),
            v2.where([[True], [False]], x, [1.0, 2.0, 3.0]),
            whole,
        ]
    )


@story
def networks(v2, tf, run):
    x = v2.constant(PICTURE)
    kernel = v2.constant(np.linspace(-1, 1, 36).reshape(3, 3, 2, 2), tf.float32)
    logits = v2.constant(ROWS)
    labels = v2.nn.softmax(logits[::-1], axis=-1)
    mean, variance = v2.nn.moments(x, [1, 2], None, True)
    run(
        [
            v2.nn.conv2d(x, kernel, 1, "SAME"),
            v2.nn.conv2d(x, kernel, [1, 2], "VALID", dilations=1),
            v2.nn.conv2d_transpose(x, kernel, [1, 8, 8, 2], 2),
            v2.nn.depthwise_conv2d(x, kernel, [1, 1, 1, 1], "SAME"),
            v2.nn.convolution(x, kernel, padding="VALID"),
            v2.nn.avg_pool2d(x, 2, 2, "VALID"),
            v2.nn.max_pool(x, 2, 2, "VALID"),
            v2.nn.space_to_depth(x, 2),
            v2.nn.crelu(logits),
            v2.nn.log_softmax(logits, 0),
            v2.nn.softmax_cross_entropy_with_logits(labels, logits),
            v2.nn.sparse_softmax_cross_entropy_with_logits([0, 2], logits),
            v2.nn.sigmoid_cross_entropy_with_logits(labels, logits),
            v2.nn.weighted_cross_entropy_with_logits(labels, logits, 2.0),
            v2.nn.embedding_lookup([logits, logits * 2], [0, 1, 3]),
            mean,
            variance,
        ]
    )


@story
def random_numbers(v2, tf, run):
    v2.random.set_seed(3)
    run([v2.random.poisson([4], [1.0, 20.0]), v2.random.normal([2], seed=1)])
    run([v2.nn.dropout(v2.constant(ROWS), 0.5, seed=4)])
    run([v2.random.stateless_uniform([2], [1, 2]), v2.random.stateless_normal([2], [1, 2])])


@story
def control(v2, tf, run):
    x = v2.constant(3.0)
    halved = v2.while_loop(lambda y: y > 1, lambda y: [y / 2], [x])
    counted = v2.while_loop(lambda i: i < 9, lambda i: (i + 2,), (1,), maximum_iterations=3)
    chosen = v2.cond(x > 2, lambda: [x], lambda: [x * 2])
    cased = v2.case([(x > 4, lambda: x), (x > 2, lambda: -x)], exclusive=True)
    assert isinstance(halved, list), halved
    assert isinstance(chosen, list), chosen
    run([halved, counted, chosen, cased, v2.tuple([x, x * 2])])


@story
def checks(v2, tf, run):
    x = tf.placeholder(tf.float32, [3], "x")
    with tf.control_dependencies(
        [
            v2.debugging.assert_greater(x, 0.0, "positive", 2),
            v2.debugging.assert_rank(x, 1, "a vector"),
            v2.debugging.assert_all_finite(x, "finite"),
        ]
    ):
        y = tf.identity(x)
    run(y, {x: [1, 2, 3]})


@story
def derivatives(v2, tf, run):
    with tf.device("/cpu:0"):
        x = v2.constant([1.0, 2.0])
        y = v2.reduce_sum(x**3)
    run([v2.gradients(y, x), v2.hessians(y, x)])


@story
def scopes(v2, tf, run):
    with v2.name_scope("a") as a, v2.name_scope("b") as b:
        x = v2.constant(1.0, name="x")
    with v2.name_scope(a):
        y = v2.constant(2.0, name="x")
    assert (a, b) == ("a/", "a/b/")
    run([x, y, v2.math.bincount([1, 2, 1], name="counts")])


@story
def modules(v2, tf, run):
    class Dense(tf.Module):
        def __init__(self, units, name=None):
            super().__init__(name=name)
            with self.name_scope:
                self.w = tf.Variable(tf.ones([units]), name="w")
                self.steps = tf.Variable(0, name="steps", trainable=False)

        @tf.Module.with_name_scope
        def __call__(self, x):
            return x * self.w

    class TwoLayers(tf.Module):
        def __init__(self):
            super().__init__()
            self.layers = {"second": Dense(2, "upper"), "first": Dense(2)}
            self.again = self.layers["first"]

    net = TwoLayers()
    y = net.again(net.layers["second"](tf.constant([2.0, 3.0])))
    run(tf.global_variables_initializer())
    run([y, *net.variables])
    names = [net.name, *(m.name for m in net.submodules), *(v.name for v in net.variables)]
    run(tf.constant([*names, y.name, str(len(net.trainable_variables))]))


@story
def records_and_windows(v2, tf, run):
    """What version 2 spells otherwise: parsing, pooling, dilation."""
    picture, window = v2.constant(PICTURE), v2.ones([2, 2, 2])
    ones = [1, 1, 1, 1]
    run(v2.nn.max_pool_with_argmax(picture, [1, 2, 2, 1], [1, 2, 2, 1], "VALID"))
    run(v2.nn.dilation2d(picture, window, [1, 2, 2, 1], "VALID", "NHWC", ones))
    run(v2.nn.erosion2d(picture, window, [1, 2, 2, 1], "VALID", "NHWC", ones))
    run.refused(lambda: v2.nn.erosion2d(picture, window, ones, "VALID", "NCHW", ones))
    run(v2.io.decode_csv(["1,a,NA", "2,b,3"], [[0], [9.0]], ",", True, "NA", [0, 2]))
    run(v2.io.decode_raw([b"\x01\x00\x02"], tf.uint8, True, 4))
    numbers = tf.train.Feature(int64_list=tf.train.Int64List(value=[3, 4]))
    example = tf.train.Example(features=tf.train.Features(feature={"x": numbers}))
    features = {"x": v2.io.FixedLenFeature([2], tf.int64)}
    run(v2.io.parse_example([example.SerializeToString()], features, ["its name"])["x"])
    run(v2.io.parse_single_example(example.SerializeToString(), features, name="one")["x"])
    rows = tf.SparseTensor([[0, 1], [1, 0]], [1.0, 2.0], [2, 2])
    run(v2.io.serialize_many_sparse(rows, tf.string, "rows"))
    table = v2.lookup.StaticHashTable(v2.lookup.KeyValueTensorInitializer(["a"], [1]), -1)
    run(tf.tables_initializer())
    run(table.lookup(tf.constant(["a", "b"])))


@story
def datasets(v2, tf, run):
    ways, data = v2.data.experimental, v2.data.Dataset
    both = [data.range(3), data.range(10, 13)]
    for dataset in (
        ways.choose_from_datasets(both, data.range(2).repeat(3)),
        ways.sample_from_datasets(both, [0.5, 0.5], seed=3),
        ways.Counter(2, 3).take(3),
        ways.RandomDataset(4).take(2),
    ):
        run(tf.data.make_one_shot_iterator(dataset.batch(6)).get_next())
