"""What of TensorFlow's random ops is recorded; read by the recorder (Python 3.7) and the tests."""

import collections

import numpy as np

#: Several runs of `fn(tf)`, a tensor, in one session. `exact`: to the last bit on both tiers;
#: float64 and what is computed from it may differ in that bit.
#: `both`: also on the XLA tier, which compiles for about a second.
Stream = collections.namedtuple("Stream", "id fn exact both")

RUNS = 3
SHAPES = [[], [0], [1], [3], [4], [5], [7, 11], [1000]]
FLOATS = ["bfloat16", "float16", "float32", "float64"]
LARGE = [[784, 500], [1000000]]
COMPILED = [([7, 11], "float32"), ([7, 11], "float64"), ([0], "float32")]

STREAMS = []


def stream(id, fn, exact=True, both=True):
    STREAMS.append(Stream(id, fn, exact, both))


def floats(name, shape, dtype):
    def build(tf):
        numbers = getattr(tf, name)(shape, dtype=getattr(tf, dtype), seed=12)
        # A program cannot read bfloat16 arrays everywhere.
        return tf.cast(numbers, tf.float32) if dtype == "bfloat16" else numbers

    return build


for name in ["random_uniform", "random_normal", "truncated_normal"]:
    for dtype in FLOATS:
        for shape in SHAPES:
            id = f"{name} {dtype} {shape}"
            exact = name == "random_uniform" or dtype != "float64"
            stream(id, floats(name, shape, dtype), exact, both=(shape, dtype) in COMPILED)
    for shape in LARGE:
        stream(f"{name} {shape}", floats(name, shape, "float32"), both=False)

stream("moments", lambda tf: tf.random_normal([5], 3.0, 0.5, seed=1), exact=False)
stream("bounds", lambda tf: tf.random_uniform([5], -3.0, 0.5, seed=1), exact=False)

INT32, INT64 = (-(2**31), 2**31 - 1), (-(2**63), 2**63 - 1)
for dtype, bounds in [("int32", INT32), ("int64", INT64)]:
    for low, high in [(0, 1), (-7, 1000), bounds]:
        for shape in [[], [0], [5], [1001]]:
            stream(
                f"integers {dtype} {low} {high} {shape}",
                lambda tf, low=low, high=high, shape=shape, dtype=dtype: tf.random_uniform(
                    shape, low, high, dtype=getattr(tf, dtype), seed=12
                ),
                both=shape == [5],
            )

for shape in [[], [0], [1], [2], [5], [6], [1001], [3, 0], [1, 4], [6, 2]]:
    stream(
        f"shuffle {shape}",
        lambda tf, shape=shape: tf.random_shuffle(
            tf.constant(np.arange(np.prod(shape, dtype=np.int32)).reshape(shape)), seed=12
        ),
        both=shape in ([], [3, 0], [6, 2]),
    )
stream("shuffle strings", lambda tf: tf.random_shuffle(["a", "b", "c", "d"], seed=12), both=False)

LOGITS = np.log(np.array([[1, 2, 3, 4], [7, 0.5, 0.5, 0.001], [1, 1, 1, 1]], np.float32))
for count in [0, 1, 4, 7]:
    stream(
        f"categories {count}",
        lambda tf, count=count: tf.multinomial(tf.constant(LOGITS), count, seed=12),
        both=count == 7,
    )
for dtype in ["float16", "float32", "float64"]:  # a CPU has no kernel for bfloat16
    stream(
        "categories " + dtype,
        lambda tf, dtype=dtype: tf.random.categorical(
            tf.cast(tf.constant(LOGITS), getattr(tf, dtype)), 50, dtype=tf.int32, seed=12
        ),
        both=False,
    )
INF = float("inf")
stream(
    "categories of infinite logits",
    lambda tf: tf.multinomial(
        [[0.0, INF, -INF], [-INF, -INF, -INF], [1e30, -1e30, 2.0]], 5, seed=12
    ),
)
stream("categories of no rows", lambda tf: tf.multinomial(tf.zeros([0, 3]), 2, seed=12))

ALPHAS = [0.05, 0.5, 0.99, 1.0, 1.5, 3.0, 50.0, 0.0, -0.25]
RATES = [0.0, 0.5, 5.0, 9.99, 10.0, 12.0, 100.0, 1e6, -1.0]
for dtype in ["float16", "float32", "float64"]:
    stream(
        "gamma " + dtype,
        lambda tf, dtype=dtype: tf.random_gamma([20], ALPHAS, dtype=getattr(tf, dtype), seed=12),
        exact=False,
        both=dtype == "float32",
    )
stream(
    "gamma with a rate",
    lambda tf: tf.random_gamma([2, 3], [[0.5], [4.0]], [1.0, 3.0], seed=1),
    exact=False,
    both=False,
)
stream("gamma of nothing", lambda tf: tf.random_gamma([0], [0.5, 4.0], seed=1))
stream("poisson", lambda tf: tf.random_poisson(RATES, [20], seed=12))
stream("poisson of nothing", lambda tf: tf.random_poisson(RATES, [0], seed=12), both=False)
stream(
    "poisson integers",
    lambda tf: tf.random_poisson(tf.constant([3, 30]), [4, 2], dtype=tf.int64, seed=1),
    both=False,
)


def gamma_gradients(tf):
    alpha, beta = tf.constant([0.3, 1.0, 2.5, 20.0]), tf.constant([[1.0], [3.0]])
    numbers = tf.random_gamma([3], alpha, beta, seed=3)
    of_alpha, of_beta = tf.gradients(tf.square(numbers), [alpha, beta])
    return tf.concat([of_alpha, tf.reshape(of_beta, [2])], 0)


stream("gradients of gammas", gamma_gradients, exact=False)

for seed in [[0, 0], [1, 2], [-1, 2**40]]:
    for name in ["stateless_normal", "stateless_uniform", "stateless_truncated_normal"]:
        stream(
            f"{name} {seed}",
            lambda tf, name=name, seed=seed: getattr(tf.random, name)([9], seed),
            both=seed[0] == -1,
        )
stream(
    "stateless integers",
    lambda tf: tf.random.stateless_uniform([9], tf.constant([1, -2]), -5, 50, dtype=tf.int64),
)
stream(
    "stateless categories",
    lambda tf: tf.random.stateless_categorical(tf.constant(LOGITS), 5, [3, 4]),
)


# Seeds ------------------------------------------------------------------------------------------


def graph_seed(tf):
    tf.set_random_seed(5)
    return tf.stack([tf.random_normal([2]), tf.random_normal([2])])


def both_seeds(tf):
    tf.set_random_seed(5)
    return tf.stack([tf.random_normal([2], seed=1), tf.random_normal([2], seed=2)])


def zero_seeds(tf):
    tf.set_random_seed(0)
    return tf.random_normal([3], seed=0)


def large_seeds(tf):
    tf.set_random_seed(2**31 - 1)  # which is taken as 0
    return tf.stack([tf.random_normal([2], seed=2**40 + 3), tf.random_normal([2], seed=-7)])


def equal_op_seeds(tf):
    return tf.stack([tf.random_normal([2], seed=1), tf.random_normal([2], seed=1)])


for fn in [graph_seed, both_seeds, zero_seeds, large_seeds, equal_op_seeds]:
    stream("seeds: " + fn.__name__, fn, both=False)


# Programs ---------------------------------------------------------------------------------------

#: Programs `fn(tf, run)` whose runs are compared.
PROGRAMS = collections.OrderedDict()


def program(fn):
    PROGRAMS[fn.__name__] = fn
    return fn


@program
def shapes_fed(tf, run):
    """A run reserves by its own size, so one of size 0 reserves nothing."""
    shape = tf.placeholder(tf.int32, [None])
    numbers = tf.random_uniform(shape, seed=12)
    for sizes in [[0], [3], [3, 0], [2, 2], [1], []]:
        run(numbers, {shape: np.array(sizes, np.int32)})


@program
def counter_carries(tf, run):
    """The numbers of the last runs lie past 2**32 blocks."""
    shape = tf.placeholder(tf.int32, [1])
    numbers = tf.random_uniform(shape, seed=12)
    last = numbers[-3:]
    for size in [4200000, 4200000, 4200000, 4200000, 5, 7]:
        run(last, {shape: np.array([size], np.int32)})


@program
def fetched_in_turn(tf, run):
    """Every run that needs an op moves its stream on, whatever else it fetches."""
    one, other = tf.random_normal([2], seed=1), tf.random_normal([2], seed=2)
    for fetches in [one, other, [one, other], tf.add(one, 1.0), [one, one], other]:
        run(fetches)


@program
def shuffled_batches(tf, run):
    """Shuffles reserve by the number of rows."""
    x = tf.placeholder(tf.float32)
    shuffled = tf.random_shuffle(x, seed=12)
    for rows in [5, 1, 9, 0, 5]:
        run(shuffled, {x: np.arange(rows * 2, dtype=np.float32).reshape(rows, 2)})


@program
def variables_of_random_values(tf, run):
    tf.set_random_seed(1)
    w = tf.Variable(tf.truncated_normal([2, 3], stddev=0.1))
    b = tf.Variable(tf.random_uniform([3]))
    start = tf.global_variables_initializer()
    for _ in range(2):
        run(start)
        run([w, b])


# Graphs -----------------------------------------------------------------------------------------

#: Programs whose nodes, attributes and static shapes are compared.
GRAPHS = collections.OrderedDict()


def graph(fn):
    GRAPHS[fn.__name__] = fn
    return fn


@graph
def shapes_of_every_kind(tf):
    tf.set_random_seed(5)
    known = tf.zeros([4])
    return [
        tf.random_normal([2, 3]),
        tf.random_normal((2,)),
        tf.random_normal([]),
        tf.random_normal(()),
        tf.random_normal(tf.TensorShape([2, 3])),
        tf.random_normal([tf.Dimension(3), 2]),
        tf.random_normal(np.array([2, 3])),
        tf.random_normal(np.array([2, 3], np.int32)),
        tf.random_normal(tf.constant([2, 3])),
        tf.random_normal(tf.shape(known)),
        tf.random_normal([tf.shape(known)[0], 2]),
        tf.random_normal([2**33, 0]),
        tf.random_normal([-1, 2]),
        tf.random_normal(tf.placeholder(tf.int64, [2])),
        tf.random_normal(tf.placeholder(tf.int32)),
    ]


@graph
def normals(tf):
    return [
        tf.random_normal([2], 1, 2, tf.float64, name="named"),
        tf.random_normal([2], tf.constant([1.0, 2.0]), seed=4),
        tf.random_normal([2], stddev=[1.0, 2.0]),
        tf.truncated_normal([2], dtype=tf.float16),
        tf.truncated_normal([2], 1.0, 0.1, seed=3, name="named"),
        tf.random.normal([2], dtype=tf.bfloat16),
        tf.random.truncated_normal([2]),
    ]


@graph
def uniforms(tf):
    tf.set_random_seed(5)
    return [
        tf.random_uniform([2, 3]),
        tf.random_uniform([2], -1, 1, seed=3),
        tf.random_uniform([2], maxval=tf.constant(2.0), name="named"),
        tf.random_uniform([2], 0, 10, tf.int32),
        tf.random_uniform([2], maxval=10, dtype=tf.int64, name="named"),
        tf.random.uniform([2], dtype="float64"),
    ]


@graph
def orders_and_choices(tf):
    tf.set_random_seed(5)
    return [
        tf.random_shuffle([1, 2, 3], name="named"),
        tf.random_shuffle(tf.zeros([4, 2])),
        tf.multinomial([[1.0, 2.0]], 3),
        tf.multinomial([[1.0, 2.0]], 3, name="named", output_dtype=tf.int32),
        tf.random.categorical([[1.0, 2.0]], tf.constant(3)),
        tf.multinomial(tf.placeholder(tf.float64), tf.placeholder(tf.int32)),
    ]


@graph
def gammas_and_poissons(tf):
    tf.set_random_seed(5)
    return [
        tf.random_gamma([2], [1.0, 2.0]),
        tf.random_gamma([2], tf.constant([1.0, 2.0]), beta=3.0, name="named"),
        tf.random.gamma([3], 2.0, dtype=tf.float64),
        tf.random_poisson(3.0, [2]),
        tf.random_poisson([3.0, 4.0], [2], tf.int32, name="named"),
    ]


@graph
def stateless(tf):
    return [
        tf.random.stateless_normal([2], [1, 2]),
        tf.random.stateless_normal([2], tf.constant([1, 2]), 1.0, 2.0, tf.float64, "named"),
        tf.random.stateless_truncated_normal([2], [1, 2]),
        tf.random.stateless_uniform([2], [1, 2]),
        tf.random.stateless_uniform([2], [1, 2], 0, 10, tf.int32),
        tf.random.stateless_multinomial([[1.0, 2.0]], 3, [1, 2]),
        tf.random.stateless_categorical([[1.0, 2.0]], 3, [1, 2]),
    ]


# Failures ---------------------------------------------------------------------------------------

#: Programs `fn(tf, run)` that fail; `why` where the message is not TensorFlow's.
Failure = collections.namedtuple("Failure", "id fn why")

FAILURES = []


def fails(id, fn, why=""):
    FAILURES.append(Failure(id, fn, why))


def fed(tf, value):
    """A tensor of unknown shape."""
    return tf.placeholder_with_default(value, None)


fails("scalar shape", lambda tf, run: tf.random_normal(3))
fails("shape of floats", lambda tf, run: tf.random_normal([2.0, 1.0]))
fails("shape of strings", lambda tf, run: tf.random_uniform(["a"]))
fails("no shape", lambda tf, run: tf.random_normal(None))
fails("negative size", lambda tf, run: run(tf.random_normal([-1])))
fails("scalar shape at run time", lambda tf, run: run(tf.random_normal(fed(tf, 3))))
fails("matrix shape at run time", lambda tf, run: run(tf.random_uniform(fed(tf, [[3]]))))
fails("integer normals", lambda tf, run: tf.random_normal([2], dtype=tf.int32))
fails("integer mean of an integer type", lambda tf, run: tf.random_normal([2], 0, 1, tf.int32))
fails("uniform uint8", lambda tf, run: tf.random_uniform([2], 0, 5, tf.uint8))
fails("no maxval", lambda tf, run: tf.random_uniform([2], dtype=tf.int32))
fails("fractional maxval", lambda tf, run: tf.random_uniform([2], 0, 2.5, tf.int32))
fails("empty range", lambda tf, run: run(tf.random_uniform([2], 5, 5, tf.int32)))
fails("vector minval", lambda tf, run: tf.random_uniform([2], [5], 6, tf.int32))
fails(
    "vector minval at run time",
    lambda tf, run: run(tf.random_uniform([2], fed(tf, [5]), 6, tf.int32)),
)
fails("logits of rank 1", lambda tf, run: tf.multinomial([0.0, 1.0], 1))
fails("logits of rank 1 at run time", lambda tf, run: run(tf.multinomial(fed(tf, [0.0]), 1)))
fails("no classes", lambda tf, run: run(tf.multinomial(tf.zeros([2, 0]), 1)))
fails("negative count", lambda tf, run: tf.multinomial([[0.0, 1.0]], -1))
fails("negative count at run time", lambda tf, run: run(tf.multinomial([[0.0]], fed(tf, -1))))
fails("scalar shape of gammas", lambda tf, run: tf.random_gamma(3, 1.0))
fails("stateless seed of three", lambda tf, run: tf.random.stateless_normal([2], [1, 2, 3]))
fails("scalar stateless seed", lambda tf, run: tf.random.stateless_normal([2], 1))
fails("stateless float seed", lambda tf, run: tf.random.stateless_normal([2], [1.0, 2.0]))
fails(
    "stateless seed of three at run time",
    lambda tf, run: run(tf.random.stateless_normal([2], fed(tf, [1, 2, 3]))),
)
fails("gradient of a shuffle", lambda tf, run: gradient_of(tf, tf.random_shuffle))


def gradient_of(tf, fn):
    x = tf.constant([1.0, 2.0])
    tf.gradients(fn(x), x)
