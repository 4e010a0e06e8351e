"""Runs cases under whichever `tf` it is given, and writes down what happens as plain JSON data."""

import collections
import re

import numpy as np

#: How a case's inputs enter its graph: as placeholders of known shape, with an unknown first
#: size, of unknown rank, or as constants.
FED, PARTIAL, UNRANKED, CONSTANT = "fed", "partial", "unranked", "constant"

#: Larger arrays are recorded in part.
MAX_VALUES = 128

Built = collections.namedtuple("Built", "graph inputs outputs feeds")


def build(tf, case, mode, graph=None):
    """Builds `case`, in a graph of its own unless `graph` is given.

    Returns its Built, of which `outputs` is flat.
    """
    graph = graph or tf.Graph()
    with graph.as_default():
        inputs = [_input(tf, i, array, mode) for i, array in enumerate(case.inputs)]
        outputs = flatten(case.fn(tf, *inputs))
    feeds = {} if mode == CONSTANT else {inputs[i]: case.inputs[i] for i in range(len(inputs))}
    return Built(graph, inputs, outputs, feeds)


def _input(tf, i, array, mode):
    name, shape = f"x{i}", list(array.shape)
    if mode == CONSTANT:
        return tf.constant(array, name=name)
    if mode == PARTIAL and shape:
        shape[0] = None
    return tf.placeholder(array.dtype, None if mode == UNRANKED else shape, name=name)


def flatten(tree):
    """The leaves of nested lists, tuples and dicts (by key)."""
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree) for leaf in flatten(tree[key])]
    if isinstance(tree, (list, tuple)) and not _is_slices(tree):
        return [leaf for branch in tree for leaf in flatten(branch)]
    return [tree]


def _is_slices(value):
    return all(hasattr(value, part) for part in ("values", "indices", "dense_shape"))


def run(tf, built):
    """Runs a Built's outputs once. Returns one encoded value per output."""
    return run_together(tf, [built])[0]


def run_together(tf, builts):
    """Runs the outputs of Builts of one graph in one run. Returns `run`'s result for each."""
    fetches = [[out for out in built.outputs if _is_fetchable(out)] for built in builts]
    feeds = {tensor: value for built in builts for tensor, value in built.feeds.items()}
    with tf.Session(graph=builts[0].graph) as session:
        values = iter(flatten(session.run(fetches, feeds)))
    return [
        [encode(next(values) if _is_fetchable(out) else out) for out in built.outputs]
        for built in builts
    ]


def _is_fetchable(out):
    return hasattr(out, "graph")


def add_gradients(tf, built, values):
    """Replaces the outputs of `built` by the gradients of its float outputs.

    They are with respect to its float inputs, and weighted so that no two elements count alike;
    `values` are the encoded outputs.
    """
    pairs = [
        (built.outputs[i], weights(values[i]))
        for i in range(len(values))
        if _is_fetchable(built.outputs[i]) and is_float(values[i])
    ]
    xs = [x for x in built.inputs if x.dtype in (tf.float32, tf.float64)]
    if not pairs or not xs:
        return None
    with built.graph.as_default():
        ys = [y for y, _ in pairs]
        grads = tf.gradients(ys, xs, grad_ys=[tf.constant(w) for _, w in pairs])
    return built._replace(outputs=grads)


def is_float(value):
    """Whether `value`, an encoded output, is a float array."""
    return isinstance(value, list) and value[0] in ("float32", "float64")


def weights(value):
    """Gradient weights for `value`, an encoded output: its shape, within [0.5, 1.5]."""
    dtype, shape, _ = value
    steps = np.arange(int(np.prod(shape, dtype=np.int64))) * 37 % 64
    return (steps / 64 + 0.5).astype(dtype).reshape(shape)


def static_shapes(built):
    """The shape of each output as known while building: a list with None, or None."""
    return [_shape(out) for out in built.outputs if hasattr(out, "get_shape")]


def _shape(tensor):
    shape = tensor.get_shape()
    return None if shape.ndims is None else shape.as_list()


def graph_of(graph):
    """All that is compared of a graph."""
    return {"nodes": nodes(graph), "attributes": attributes(graph)}


def nodes(graph):
    """Each node of `graph`, in order: [type, name, inputs, control inputs].

    The control inputs are sorted, for their order means nothing and TensorFlow's is a hash's.
    """
    return [
        [
            op.type,
            op.name,
            [tensor.name for tensor in op.inputs],
            sorted(control.name for control in op.control_inputs),
        ]
        for op in graph.get_operations()
    ]


def attributes(graph):
    """{node name: {attribute: encoded value}} of the same nodes, less internal ones ("_class")."""
    return {
        node.name: {key: _attribute(node.attr[key]) for key in node.attr if key[0] != "_"}
        for node in graph.as_graph_def().node
    }


def _attribute(attr):
    """`attr`, an AttrValue, as JSON: a tensor by dtype and shape, all else by value."""
    kind = attr.WhichOneof("value")
    if kind == "tensor":
        dims = [d.size for d in attr.tensor.tensor_shape.dim]
        return ["tensor", attr.tensor.dtype, dims]
    if kind == "list":
        return [
            _plain(field.name, item) for field, items in attr.list.ListFields() for item in items
        ]
    return _plain(kind, getattr(attr, kind)) if kind else None


def _plain(kind, value):
    if kind == "s":
        return value.decode("latin-1")
    if kind == "shape":
        return None if value.unknown_rank else [d.size for d in value.dim]
    return value


class Run:
    """Runs fetches in one session of the default graph, and logs every result."""

    def __init__(self, tf, config=None):
        self.session = tf.Session(config=config)
        self.log = []
        self.stage = "build"

    def __call__(self, fetches, feeds=None):
        self.stage = "run"
        self.note(self.session.run(fetches, feeds))
        self.stage = "build"

    def note(self, value):
        """Logs `value` itself."""
        self.log.append(encode(value))

    def attempt(self, fetches, feeds=None):
        """Runs what may fail, and logs the error's class if it does."""
        try:
            self(fetches, feeds)
        except Exception as error:
            self.log.append({"error": type(error).__name__})

    def refused(self, build):
        """Logs how `build()` fails: the error's class and first sentence."""
        try:
            build()
        except Exception as error:
            self.log.append({"error": type(error).__name__, "sentence": first_sentence(str(error))})
        else:
            raise AssertionError("it was not refused")


class Telling:
    """Logs the values of eager tensors, and refusals."""

    def __init__(self):
        self.log = []

    def __call__(self, *values):
        self.log += [encode(_valued(value)) for value in values]

    refused = Run.refused


def _valued(value):
    """`value`, in which tensors and variables are arrays."""
    if isinstance(value, (list, tuple)):
        return [_valued(part) for part in value]
    if isinstance(value, dict):
        return {key: _valued(part) for key, part in value.items()}
    return value.numpy() if hasattr(value, "numpy") else value


def log_of(tf, program, config=None):
    """The log of `program(tf, run)` in a new graph."""
    with tf.Graph().as_default():
        run = Run(tf, config)
        with run.session:
            program(tf, run)
    return run.log


def failure_of(tf, case):
    """How a program fails, as `ending_of` says."""
    ending = ending_of(tf, case)
    assert "error" in ending, "it did not fail"
    return ending


def ending_of(tf, case):
    """What a program's runs gave, or how it fails.

    That is the exception's class, the stage, and the message's first sentence, which is left out
    where `case.why` says that it is not TensorFlow's.
    """
    with tf.Graph().as_default():
        run = Run(tf)
        try:
            with run.session.as_default():
                case.fn(tf, run)
        except Exception as error:
            return {
                "error": type(error).__name__,
                "stage": run.stage,
                "sentence": None if case.why else first_sentence(str(error)),
            }
        finally:
            run.session.close()
    return {"log": run.log}


def outcome_of(tf, case):
    """The value of `case.fn(tf)`, of tensors what a run gives, or how it fails."""
    with tf.Graph().as_default() as graph:
        try:
            value = case.fn(tf)
            with tf.Session(graph=graph) as session:
                return {"value": _outcome(tf, session, value)}
        except Exception as error:
            sentence = None if case.why else first_sentence(str(error))
            return {"error": type(error).__name__, "sentence": sentence}


def _outcome(tf, session, value):
    """`value` as JSON: a tensor by name and value, a type or shape by its text."""
    if isinstance(value, tf.Tensor):
        return {value.name: encode(session.run(value))}
    if isinstance(value, (tf.DType, tf.TensorShape, tf.Dimension)):
        return repr(value)
    if isinstance(value, bytes):
        return {"bytes": value.decode("latin-1")}
    if isinstance(value, (list, tuple)):
        return [_outcome(tf, session, item) for item in value]
    return encode(value)


def hostile_values(tf, case):
    """What `case.fn` gives for each of its numbers: among many of its kind, and alone.

    TensorFlow's kernels compute the first with vector instructions, whose limits are others.
    """
    (numbers,) = case.inputs
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None])
        y = case.fn(tf, x)
        with tf.Session(graph=graph) as session:
            many = session.run(y, {x: np.repeat(numbers, 16)})[::16]
            alone = [session.run(y, {x: [number]})[0] for number in numbers]
    return {"many": encode(many), "alone": encode(np.array(alone))}


#: What ends a first sentence, or begins what shape inference and type checks list besides.
SENTENCE_END = re.compile(
    r"\n|\.(?= [A-Z(])|,? and with (?:computed )?input|(?<=allowed values): ",
)


def first_sentence(message):
    """The first sentence of an error message, without its full stop.

    Of several root errors, it is the first one's, without the function that it is of. Of what
    arrays and stacks are called, by node and number, only the beginning counts.
    """
    called = r"(TensorArray |_tensor_array_grads|Stack\[)(?:\w+/)*(\w+?)(?:_\d+)+"
    message = re.sub(called, r"\1\2", message)
    message = re.sub(r"^\d+ root error\(s\) found\.\n  \(0\) [A-Z][a-z ]+: ", "", message)
    message = re.sub(r"^\{\{function_node \S+\}\} ", "", message)
    return SENTENCE_END.split(message)[0].strip().rstrip(".")


def encode(value):
    """`value`, as a run returns it, as JSON that `numpy.array` reads back bit for bit.

    An array becomes [dtype, shape, flat values], a float32 by its shortest spelling. Of a large
    array there are only the first and the last values.
    """
    if value is None or (isinstance(value, (bool, int, float, str)) and not _is_numpy(value)):
        return {"python": value}
    if _is_slices(value):
        return {"slices": [encode(part) for part in (value.values, value.indices)]}
    if isinstance(value, (list, tuple)):
        return {"tuple": [encode(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": {str(key): encode(value[key]) for key in sorted(value)}}
    return _encode_array(np.asarray(value))


def _is_numpy(value):
    return isinstance(value, np.generic)


def _encode_array(array):
    shape, flat = list(array.shape), array.ravel()
    if flat.size > MAX_VALUES:
        flat = np.concatenate([flat[: MAX_VALUES // 8], flat[-MAX_VALUES // 8 :]])
    if array.dtype.kind in "OS":
        texts = [t.decode("latin-1") if isinstance(t, bytes) else t for t in flat.tolist()]
        return ["string", shape, texts]
    if array.dtype.kind == "f":
        return [array.dtype.name, shape, [float(str(item)) for item in flat]]
    if array.dtype.kind == "c":
        return [array.dtype.name, shape, [str(item) for item in flat.tolist()]]
    return [array.dtype.name, shape, flat.tolist()]
