"""What Python and NumPy values become: constants, types, shapes, feeds and fetches.

Each case is an expression, and its own id. Its value is compared, a tensor's by running it, or how
it fails.
"""

import collections
import fractions

import numpy as np

from .suite import Suite

suite = Suite("conversions")

#: Why only the exception's class is compared.
OTHERS_WORDS = "worded by Python or NumPy"
INTERNAL = "names TensorFlow's internals"


class ArrayLike:
    """An object that NumPy can make an array of, as pandas' are."""

    def __init__(self, *arguments):
        self.array = np.array(*arguments)

    def __array__(self, dtype=None, copy=None):
        return self.array if dtype is None else self.array.astype(dtype)


class Attrs:
    """A class as the package `attrs` makes them."""

    class Field:
        def __init__(self, name):
            self.name = name

    __attrs_attrs__ = (Field("x"), Field("y"))

    def __init__(self, x, y):
        self.x, self.y = x, y


Pair = collections.namedtuple("Pair", "left right")


class Scope:
    """What expressions may name, in the default graph of `tf`."""

    def __init__(self, tf):
        self.tf = tf
        self.names = {
            "tf": tf,
            "np": np,
            "defaultdict": collections.defaultdict,
            "ordered": collections.OrderedDict,
            "deque": collections.deque,
            "fraction": fractions.Fraction,
            "ArrayLike": ArrayLike,
            "Attrs": Attrs,
            "Pair": Pair,
            "fed": self.fed,
            "ran": self.ran,
            "x": self.x,
            "kinds": self.kinds,
            "proto": self.proto,
            "shape": tf.TensorShape,
            "dim": tf.Dimension,
            "var": self.var,
            "modes": self.modes,
        }

    def fed(self, dtype, value, sizes=None):
        """What a run makes of a fed value."""
        tensor = self.tf.placeholder(dtype, sizes, "p")
        with self.tf.Session() as session:
            return session.run(self.tf.identity(tensor), {tensor: value})

    def ran(self, fetches, feeds="{}"):
        """What a run of some tensors gives; the arguments are expressions."""
        tf = self.tf
        names = dict(self.names, a=tf.constant(1, name="a"), b=tf.constant(2, name="b"))
        names["p"], names["q"] = [tf.placeholder(tf.int32, name=name) for name in "pq"]
        names["n"] = tf.no_op(name="n")
        names["r"] = tf.IndexedSlices(tf.constant([1.0]), tf.constant([0]))
        with tf.Session() as session:
            return session.run(eval(fetches, names), eval(feeds, names))

    def x(self, *sizes, **options):
        return self.tf.placeholder(options.get("dtype", self.tf.float32), sizes)

    def var(self, value=1.0):
        return self.tf.Variable(value)

    def modes(self, variable):
        """What is recorded of a variable, and how many are trainable."""
        trainable = len(self.tf.trainable_variables())
        named = variable.synchronization.name, variable.aggregation.name
        return str((variable.trainable, named, trainable))

    def kinds(self, make):
        """What `make()` builds: each node's type, name, output type and shape."""
        make()
        return [
            "{} {} {} {}".format(op.type, op.name, *described(op.outputs))
            for op in self.tf.get_default_graph().get_operations()
        ]

    def proto(self, *arguments, **options):
        """The bytes of `tf.make_tensor_proto`, as text."""
        return self.tf.make_tensor_proto(*arguments, **options).SerializeToString().hex()


def described(outputs):
    """The type and shape of an operation's first output."""
    return (outputs[0].dtype.name, str(outputs[0].shape)) if outputs else ("", "")


def expressions(text, why=""):
    """Adds each line of `text` as a case; with `why`, its message is not compared."""
    for line in text.strip().splitlines():
        suite.case(line.strip(), lambda tf, line=line: eval(line.strip(), Scope(tf).names), why=why)


# Constants: Python values of a given type.

expressions("""
    tf.constant(True, tf.float32)
    tf.constant([True], tf.float32)
    tf.constant([True, 2.5], tf.float32)
    tf.constant([True, 2], tf.int32)
    tf.constant(True, tf.uint8)
    tf.constant(True, tf.complex64)
    tf.constant(-1, tf.uint8)
    tf.constant([-1, 300], tf.uint8)
    tf.constant(128, tf.int8)
    tf.constant(70000, tf.uint16)
    tf.constant(2**31, tf.int32)
    tf.constant(-2**31 - 1, tf.int32)
    tf.constant([2**40 + 7], tf.int32)
    tf.constant(2**32 + 5, tf.uint32)
    tf.constant(2**64 - 1, tf.uint32)
    tf.constant(-2**63, tf.uint64)
    tf.constant([2**63, -1], tf.uint64)
    tf.constant(2**63, tf.int64)
    tf.constant(2**63, tf.uint8)
    tf.constant(2**64, tf.uint64)
    tf.constant(10**30, tf.float32)
    tf.constant(10**400, tf.float32)
    tf.constant(1e40, tf.float32)
    tf.constant(fraction(1, 2), tf.float32)
    tf.constant([fraction(1, 2)])
    tf.constant(1.0, tf.int32)
    tf.constant([np.float32(1)], tf.int32)
    tf.constant([np.int32(1)], tf.float32)
    tf.constant(1j, tf.float32)
    tf.constant([1j], tf.float64)
    tf.constant(1, tf.bool)
    tf.constant("a", tf.bool)
    tf.constant(1, tf.string)
    tf.constant(["a", 1], tf.string)
    tf.constant(None, tf.float32)
    tf.constant([None], tf.float32)
    tf.constant(shape([2, 3]), tf.int64)
    tf.constant(dim(3), tf.float32)
    tf.constant([dim(3), 2], tf.int32)
    tf.constant(1, tf.qint8)
    tf.constant([1, 2], tf.quint8)
    tf.constant([(1,), (2,)], tf.quint8)
    tf.constant([(-5,)], tf.qint32)
    tf.constant(range(3), tf.float32)
    tf.constant(1, tf.resource)
    tf.constant(1, tf.variant)
    tf.constant(1, None)
""")
expressions(
    """
    tf.constant([np.bool_(True)], tf.bool)
    tf.constant([dim(None), 2], tf.int32)
    """,
    why=OTHERS_WORDS,
)

# Constants whose type is their own.

expressions("""
    tf.constant([True, 2])
    tf.constant([True, 2.5])
    tf.constant([2, 2**40])
    tf.constant([2, 2**40, 1.5])
    tf.constant(2**63)
    tf.constant(-2**63)
    tf.constant([np.int64(1), 2])
    tf.constant([np.int8(1), 2])
    tf.constant([np.float64(1.5), 2])
    tf.constant([np.float32(1.5)])
    tf.constant([np.uint8(1), np.uint8(2)])
    tf.constant(1e40)
    tf.constant(1j)
    tf.constant([])
    tf.constant([[]])
    tf.constant(ArrayLike([1, 2], np.int64))
    tf.constant(ArrayLike([1.5, 2]))
    tf.constant(ArrayLike([1.5, 2]), tf.int32)
    tf.constant(ArrayLike([1, 2], np.int8), tf.float32)
    tf.constant(ArrayLike(["a"]))
    tf.constant(bytearray(b"abc"))
    tf.constant(memoryview(b"abc"))
    tf.constant(np.array([2**40 + 5, -1]), tf.uint8)
    tf.constant(np.array([1.5, 2], object), tf.float32)
    tf.constant(np.array([1, 2], object), tf.int32)
    tf.constant(np.array([2**33 + 1], object), tf.int32)
    tf.constant(np.array(["1", "2"]), tf.int32)
    tf.constant(np.array([1, 2], object))
    tf.constant(np.array([1, 2]), tf.string)
    tf.constant(np.array([b"a", "b"], object))
    tf.constant([np.array([1, 2]), np.array([3, 4])])
    tf.constant([[3, 4.0], [np.array(1.0), 2.0]])
    tf.constant([np.array([1.0, 2]), [3, 4.0]])
    tf.constant(range(3))
    tf.constant([range(3), range(3)])
    tf.constant(deque([1, 2]))
    tf.constant(shape([2, 3]))
    tf.constant([dim(3), 2])
    tf.constant([[1, 2], [3]])
    tf.constant([[1, 2], 3])
    tf.constant([1, [2, 3]])
    tf.constant([[1], [2, 3]], tf.float32)
    tf.constant([["a"], ["b", "c"]], tf.string)
    tf.constant(["a", 1])
    tf.constant([1, None])
    tf.constant({"a": 1})
    tf.constant([tf.constant(1)])
""")
expressions(
    """
    tf.constant(dim(3))
    tf.constant(tf.float32)
    """,
    why=INTERNAL,
)

# Constants of a given shape.

expressions("""
    tf.constant(0.0, shape=[0])
    tf.constant(1, shape=[0, 3])
    tf.constant("a", shape=[0])
    tf.constant([1, 2], tf.int64, shape=[2, 0])
    tf.constant([], shape=[2])
    tf.constant([], shape=[])
    tf.constant(np.array([]), shape=[2])
    tf.constant(np.array([1, 2]), shape=[0])
    tf.constant([1, 2], shape=[])
    tf.constant([1, 2, 3], shape=(5,))
    tf.constant(["a", "b"], shape=[3])
    tf.constant([1, 2, 3], shape=[-1])
    tf.constant([1, 2, 3, 4], shape=[2, 2], verify_shape=True)
    tf.constant([1, 2], shape=[2], verify_shape=True)
    tf.constant(1, shape=[2.5])
    tf.constant(1, shape=[np.int64(2)])
    tf.constant(1, shape=shape([2]))
    tf.constant(1, shape=tf.constant([2]))
    tf.constant(None, shape=[0])
""")
expressions(
    """
    tf.constant([1, 2, 3], shape=5)
    tf.constant([1, 2, 3], shape=[None, 2])
    tf.constant([1, 2, 3], shape=shape(None))
    """,
    why=OTHERS_WORDS,
)

# TensorProtos.

expressions("""
    proto([1, 1, 1])
    proto([1, 2, 3], shape=[5])
    proto("a", shape=[2])
    proto([True, True])
    proto(np.ones(3, np.float16))
    proto([], shape=[2])
    proto([(1,), (2,)], tf.qint8)
    proto([(1,), (1,)], tf.quint16)
    proto([[(1,)], [(1,)]], tf.quint16)
    proto((1,), tf.qint8)
    proto([(300,)], tf.quint8)
    proto(np.array([1, 2], np.uint8), tf.quint8)
    proto([1, 2], shape=[2, 1], allow_broadcast=True)
    proto([1, 2], shape=[3], allow_broadcast=True)
    proto([1], shape=[3], allow_broadcast=True)
    proto([[1]], shape=[3], allow_broadcast=True)
    proto(1, shape=[3], allow_broadcast=True, verify_shape=True)
    proto(1, shape=[3], verify_shape=True)
    proto(None)
    tf.make_ndarray(tf.make_tensor_proto([(1,), (2,)], tf.qint8))["qint8"]
    tf.make_ndarray(tf.make_tensor_proto([1, 2, 3], shape=[5]))
    tf.make_ndarray(tf.make_tensor_proto([], shape=[2]))
""")

# Attributes as protos have them.

expressions("""
    tf.make_ndarray(tf.constant([1, 2]).op.get_attr("value"))
    tf.make_ndarray(tf.constant("a").op.get_attr("value"))
    tf.make_ndarray(tf.constant([(1,)], tf.qint8).op.get_attr("value"))["qint8"]
    tf.TensorShape(x(None, 2).op.get_attr("shape"))
    tf.TensorShape(tf.placeholder(tf.float32).op.get_attr("shape"))
    x(2).op.get_attr("dtype")
    tf.identity_n([tf.constant(1), tf.constant(2.0)])[0].op.get_attr("T")
    tf.nn.conv2d(x(1, 2, 2, 1), x(1, 1, 1, 1), [1, 1, 1, 1], "SAME").op.get_attr("padding")
    tf.nn.conv2d(x(1, 2, 2, 1), x(1, 1, 1, 1), [1, 1, 1, 1], "SAME").op.get_attr("strides")
    tf.squeeze([[1]]).op.get_attr("squeeze_dims")
    tf.squeeze([[1]]).op.get_attr("nothing")
    var().op.get_attr("shared_name")
    tf.stack([tf.constant(1), tf.constant(2)]).op.get_attr("axis")
""")

# Types.

expressions("""
    tf.as_dtype(None)
    tf.as_dtype(int)
    tf.as_dtype(str)
    tf.as_dtype(bytes)
    tf.as_dtype(object)
    tf.as_dtype(complex)
    tf.as_dtype("f4")
    tf.as_dtype("int")
    tf.as_dtype("str")
    tf.as_dtype("half")
    tf.as_dtype("half_ref")
    tf.as_dtype("float_ref")
    tf.as_dtype(b"float32")
    tf.as_dtype(101)
    tf.as_dtype(np.dtype("S3"))
    tf.as_dtype(np.dtype([("qint8", np.int8)]))
    tf.as_dtype(np.intc)
    tf.as_dtype(tf.qint16.as_numpy_dtype)
    tf.as_dtype(tf.bfloat16.as_numpy_dtype)
    str(tf.qint32.as_numpy_dtype)
    tf.bool.as_numpy_dtype is bool
    tf.string.as_numpy_dtype is object
    tf.string.min
    tf.string.max
    tf.bool.min
    tf.complex64.max
    tf.float32.limits
    tf.uint8.limits
    tf.int64.limits
    tf.DType(1)
    tf.DType(101)
    tf.DType(1) == tf.float32
    tf.DType(0)
    repr(tf.DType(1))
    tf.string.size
    tf.qint32.size
    tf.resource.size
    tf.string == str
    tf.float32 == tf.constant(1.0)
    tf.float32.is_compatible_with(None)
    tf.float32.is_compatible_with("float32_ref")
    tf.as_dtype("float32_ref").is_compatible_with("float32")
    tf.placeholder(None)
    tf.placeholder(str)
    tf.zeros([2], None)
    tf.ones([2], dtype=None)
    tf.cast(1.0, None)
    tf.eye(2, dtype=None)
    tf.zeros_initializer(None)
    tf.truncated_normal_initializer(dtype=None)
    tf.random_normal([2], dtype=None)
    tf.get_variable("v", [2], dtype=None).dtype
    tf.get_variable("v", [2], dtype=var().dtype).dtype
    tf.get_variable("v", initializer=1.0, dtype=var().dtype).dtype
    tf.placeholder(var().dtype).dtype
    tf.cast(1, var().dtype).dtype
    tf.argmax([1.0], output_type=None)
    tf.unique([1], out_idx=None)
""")
expressions(
    """
    int(tf.float32)
    tf.bool.limits
    tf.float16.limits
    tf.DType("a")
    tf.DType()
    tf.as_dtype([tf.float32])
    tf.as_dtype(np.longdouble)
    tf.Variable(1.0, dtype=var().dtype)
    tf.convert_to_tensor(1, var().dtype)
    """,
    why=OTHERS_WORDS,
)

# Static shapes.

expressions("""
    dim(3) + None
    dim(3) + "a"
    dim(3) + 2.5
    dim(3) * "a"
    [1] * dim(3)
    7 // dim(3)
    2 / dim(3)
    dim(3) / 2.0
    dim(None) == dim(None)
    dim(3) == None
    dim(3) != "a"
    dim(3) < "a"
    dim(3) < None
    dim(3) in {3: 1}
    dim(2) + shape([1])
    shape([1]) + dim(2)
    [2, 3] + shape([4])
    (2, None) + shape([4])
    2 + shape([4])
    [2] + shape(None)
    shape([4]) + [2, 3]
    "a" + shape([1])
    shape([2, None]) == shape([2, None])
    shape([2, None]) == [2, None]
    shape([2, None]) != shape([2, None])
    shape([2, None]) in [shape([2, None])]
    shape([2, 3]) == (2, 3)
    shape(None) == shape(None)
    shape(None) == shape([2])
    shape(None) != shape([2])
    shape([2]) == "a"
    shape([2]) == [2.5]
    shape([2]) == object()
    len({shape([2, 3])})
    x(2, None).shape == [2, None]
    shape([1, 2])[2]
    shape([1, 2])["a"]
    shape(None)[0:2]
    shape(None)[0:2:2]
    shape("3")
    shape(["3"])
    shape(b"ab")
    shape([1, 2]).is_compatible_with("a")
    shape(np.array(3))
    tf.placeholder(tf.float32, "2").shape
    tf.placeholder(tf.float32, [2.5]).shape
    tf.placeholder(tf.float32, [-1]).shape
    tf.placeholder(tf.float32, 2).shape
    tf.placeholder(tf.float32, tf.constant([1])).shape
    tf.constant([1.0, 2]).set_shape([3])
    tf.constant([1.0, 2]).set_shape([])
    tf.constant([1.0, 2]).set_shape("a")
""")
expressions(
    """
    "a" + dim(3)
    2.5 + dim(3)
    dim([4])
    dim(object())
    shape([[1]])
    tf.placeholder(tf.float32, [[1]])
    """,
    why=OTHERS_WORDS,
)

# What becomes of a variable's modes.

expressions("""
    modes(tf.Variable(1.0, synchronization=tf.VariableSynchronization.ON_READ))
    modes(tf.Variable(1.0, True, synchronization=tf.VariableSynchronization.ON_READ))
    modes(tf.Variable(1.0, synchronization=3, aggregation=1))
    modes(tf.Variable(1.0, synchronization=None, aggregation=None))
    modes(tf.Variable(1.0, synchronization="a"))
    modes(tf.Variable(1.0, aggregation="a", name="v"))
    modes(tf.Variable(1.0, trainable=0))
    modes(tf.get_variable("v", [], synchronization=tf.VariableSynchronization.ON_READ))
    modes(tf.get_variable("v", [], trainable=None))
    modes(tf.get_variable("v", [], synchronization="a"))
""")

# What is converted on the way into an operation.

expressions("""
    kinds(lambda: x(2) + True)
    kinds(lambda: True + x(2))
    kinds(lambda: x(2, dtype=tf.uint8) - 1)
    kinds(lambda: x(2, dtype=tf.uint8) + 256)
    kinds(lambda: x(2, dtype=tf.int32) + 2**31)
    kinds(lambda: x(2, dtype=tf.int32) + 2**70)
    kinds(lambda: x(2) + 1j)
    kinds(lambda: x(2) + np.array([True, False]))
    kinds(lambda: x(2) + dim(3))
    kinds(lambda: dim(3) + x(2))
    kinds(lambda: x(2, dtype=tf.int32) * dim(3))
    kinds(lambda: x(2, dtype=tf.int32) + shape([1, 2]))
    kinds(lambda: tf.add(1.0, True))
    kinds(lambda: tf.equal(x(2), True))
    kinds(lambda: tf.reshape(x(2, 3), [dim(3), 2]))
    kinds(lambda: tf.reshape(x(2, 3), [np.int64(6)]))
    kinds(lambda: tf.reshape(x(2, 3), [np.int64(3), tf.constant(2)]))
    kinds(lambda: tf.zeros([None, 2]))
    kinds(lambda: tf.ones(None))
    kinds(lambda: tf.zeros(shape([2, None])))
    kinds(lambda: tf.zeros([2, 2**31]))
    kinds(lambda: tf.zeros([tf.constant(2), 3]))
    kinds(lambda: tf.stack([np.array([1, 2]), np.array([3, 4])]))
    kinds(lambda: tf.stack([np.array([1, 2]), [3, 4]]))
    kinds(lambda: tf.stack([1, True]))
    kinds(lambda: tf.concat([np.array([1, 2]), np.array([3, 4])], 0))
    kinds(lambda: tf.concat([[1, 2], [3, 4.0]], 0))
    kinds(lambda: tf.reduce_sum([np.ones(2), np.ones(2)]))
    kinds(lambda: tf.one_hot([1, 2], 3, True, 0))
    kinds(lambda: tf.one_hot([1, 2], 3, True, False, dtype=tf.float32))
    kinds(lambda: tf.Variable(True, dtype=tf.float32))
    kinds(lambda: tf.Variable(-1, dtype=tf.uint8))
    kinds(lambda: tf.Variable(ArrayLike([1.0, 2])))
    kinds(lambda: tf.Variable(0.0).assign_add(True))
    kinds(lambda: tf.clip_by_value(x(2), False, True))
    kinds(lambda: tf.losses.mean_squared_error(x(2), x(2), weights=True))
    kinds(lambda: tf.convert_to_tensor(1.5, preferred_dtype=tf.int32))
    kinds(lambda: tf.convert_to_tensor([tf.constant(1.0), True]))
    kinds(lambda: tf.convert_to_tensor(shape([2, 2**31])))
    kinds(lambda: tf.convert_to_tensor(shape([2, 2**31]), tf.int32))
    kinds(lambda: tf.convert_to_tensor(shape([2, 3]), tf.float32))
    kinds(lambda: tf.convert_to_tensor(shape([2, None])))
    kinds(lambda: tf.convert_to_tensor(tf.no_op(), tf.float32))
    np.array(tf.constant(1.0))
    np.exp(tf.constant(1.0))
    np.float32(2) * tf.constant([1.0, 1.0])
""")

# Feeds.

expressions("""
    fed(tf.int32, [2**31])
    fed(tf.int32, 2**31)
    fed(tf.int32, np.array([2**31]))
    fed(tf.uint8, [-1, 300])
    fed(tf.uint64, [-1])
    fed(tf.uint8, -1)
    fed(tf.uint8, 300.7)
    fed(tf.int32, 1e10)
    fed(tf.int32, 2**64)
    fed(tf.int32, [2**64])
    fed(tf.int64, 2**63)
    fed(tf.float32, 16777217)
    fed(tf.float32, [16777217])
    fed(tf.float16, 2049)
    fed(tf.float16, 70000)
    fed(tf.float32, 10**400)
    fed(tf.float32, 2**64)
    fed(tf.float32, True)
    fed(tf.bool, [2, 0])
    fed(tf.bool, "")
    fed(tf.float32, [1j])
    fed(tf.complex64, 1)
    fed(tf.float32, [1, None])
    fed(tf.float32, ["1.5", "2"])
    fed(tf.float32, np.array([1.5, 2], object))
    fed(tf.int32, np.array([2**40, 2], object))
    fed(tf.float32, ArrayLike([1.5]))
    fed(tf.float32, [tf.constant(1.0)])
    fed(tf.int32, [[tf.constant(1)]])
    fed(tf.string, "a")
    fed(tf.string, ["a", b"b"])
    fed(tf.string, np.array(["a", b"b"], object))
    fed(tf.string, np.array([["a"]]))
    fed(tf.string, 1)
    fed(tf.string, ["a", 1])
    fed(tf.string, [None])
    fed(tf.string, [["a"], ["b", "c"]])
    fed(tf.float32, var())
    fed(tf.float32, [1, 2], [3])
""")
expressions(
    """
    fed(tf.bool, 2)
    fed(tf.float32, 1j)
    fed(tf.int32, [1j])
    fed(tf.int32, [None])
    fed(tf.float32, [[1], [1, 2]])
    fed(tf.float32, {1, 2})
    """,
    why=OTHERS_WORDS,
)

# What may be a key of `feed_dict`.

expressions("""
    ran("p + q", "{(p, q): (1, 2)}")
    ran("p + q", "{(p, q): [1, 2]}")
    ran("p + q", "{(p, (q,)): (1, (2,))}")
    ran("p + q", "{(p, (q,)): (1, 2)}")
    ran("p + q", "{(p, q): {'a': 1, 'b': 2}}")
    ran("p + q", "{Pair(p, q): Pair(1, 2)}")
    ran("p + q", "{(p, 'q:0'): (1, 2)}")
    ran("p + q", "{(p, q): (np.array([1, 2]), np.array([3, 4]))}")
    ran("p + q", "{p: 1, 'p:0': 2, q: 3}")
    ran("p + q", "{(): (), p: 1, q: 2}")
    ran("p + 0", "{b'p:0': 3}")
    ran("p + 0", "{b'p': 3}")
    ran("p + 0", "{p.op: 3}")
    ran("p + 0", "defaultdict(int, {p: 1})")
    ran("p + 0", "[(p, 1)]")
    ran("p + 0", "{p: 1, None: 1}")
    ran("[r.values + 0, r.indices + 0]", "{r: ([2.0], [1])}")
    ran("[r.values + 0, r.indices + 0]", "{r: ([2.0], [1], None)}")
    ran("a + 0", "{a: 5}")
""")
expressions(
    """
    ran("p + q", "{(p, q): (1,)}")
    ran("p + q", "{(p, q): ([1, 2], [3, 4])}")
    ran("p + q", "{(p, q): (1, 2), p: 4}")
    ran("p + q", "{(p, p): (1, 2), q: 4}")
    ran("r.values + 0", "{r: 5}")
    """,
    why=INTERNAL,
)

# What may be fetched.

expressions("""
    ran("b'a:0'")
    ran("[b'a:0', 'b:0', b'n']")
    ran("[]")
    ran("[(), {}]")
    ran("Pair(a, (b, a))")
    ran("dict(defaultdict(list, {'x': a}))")
    ran("defaultdict(list, {'x': a})")['x']
    ran("ordered([('x', a), ('y', [b])])")
    ran("Attrs(a, [b])").y
    ran("[Attrs(a, b)]")[0].x
    ran("{1: a, 'x': b}")
    ran("r")
    ran("None")
    ran("'a:1'")
    ran("'zzz'")
    ran("b'zzz:0'")
""")
expressions(
    """
    ran("{a}")
    ran("deque([a])")
    ran("{'x': a}.values()")
    """,
    why=OTHERS_WORDS,
)
