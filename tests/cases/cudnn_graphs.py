"""Networks of cuDNN, built and differentiated: TensorFlow has no kernel of theirs on a CPU.

Node for node, and what they save.
"""

from .suite import Suite, internal_module

suite = Suite("cudnn_graphs")


def built(fn):
    """Adds `fn(tf, run)`, which builds a graph and notes what it sees."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def network(kind, **options):
    """Adds a network that is trained and saved."""

    def program(tf, run):
        calls = options.get("calls", [{}])
        given = {name: value for name, value in options.items() if name != "calls"}
        layer = getattr(tf.contrib.cudnn_rnn, kind)(2, 3, **given)
        x = tf.placeholder(tf.float32, [5, 4, 3], "x")
        for call in calls:
            outputs, state = layer(x, **call)
            run.note([str(tensor.shape) for tensor in (outputs, *state)])
        loss = tf.reduce_sum(outputs)
        if calls[-1].get("training", True):
            tf.train.GradientDescentOptimizer(0.1).minimize(loss)
        run.note([variable.name for variable in tf.trainable_variables()])
        run.note([spec.name for spec in layer.saveable.specs])
        run.note([layer.rnn_mode, layer.num_dirs, layer.input_size, layer.input_mode])
        run.note([list(shape) for shape in layer.canonical_weight_shapes])
        tf.train.Saver()

    name = "_".join([kind, *(str(value) for value in options.values() if isinstance(value, str))])
    suite.case(f"{name}_{len(suite)}", program, grad=False)


for kind in ("CudnnLSTM", "CudnnGRU", "CudnnRNNTanh", "CudnnRNNRelu"):
    network(kind)
    network(kind, direction="bidirectional", dropout=0.5, seed=7)
network("CudnnLSTM", input_mode="skip_input", calls=[{"time_major": False}, {"training": False}])
network("CudnnGRU", input_mode="auto_select", calls=[{"sequence_lengths": [5, 4, 3, 2]}])


@built
def functions(tf, run):
    ops = internal_module(tf, "contrib.cudnn_rnn.python.ops.cudnn_rnn_ops")
    for kind in ("CudnnGRU", "CudnnRNNTanh", "CudnnRNNRelu"):
        model = getattr(ops, kind)(2, 3, 4, direction="bidirectional")
        model.params_size()
        params = tf.placeholder(tf.float32, [None])
        weights, biases = model.params_to_canonical(params)
        model.canonical_to_params(weights, biases)
        made = model(tf.zeros([5, 4, 4]), tf.zeros([4, 4, 3]), params)
        run.note([str(tensor.shape) for tensor in made])
    model = ops.CudnnLSTM(1, 3, 4, num_proj=2)
    model.params_size()
    params = tf.placeholder(tf.float32, [None])
    weights, biases = model.params_to_canonical(params)
    model.canonical_to_params(weights, biases)
    made = model(tf.zeros([5, 4, 4]), tf.zeros([1, 4, 2]), tf.zeros([1, 4, 3]), params)
    run.note([str(tensor.shape) for tensor in made])
    converter = tf.contrib.cudnn_rnn.CudnnParamsFormatConverterLSTM(1, 3, 4, num_proj=2)
    weights, biases, projections = converter.opaque_to_tf_canonical(params)
    converter.tf_canonical_to_opaque([*weights, *biases], projections)


@built
def misused(tf, run):
    cudnn = tf.contrib.cudnn_rnn
    run.refused(lambda: cudnn.CudnnLSTM(1, 2, direction="sideways"))
    run.refused(lambda: cudnn.CudnnLSTM(1, 2, input_mode="none"))
    run.refused(lambda: cudnn.CudnnLSTM(1, 2, dtype=tf.int32))
    run.refused(lambda: cudnn.CudnnLSTM(1, 2)(tf.zeros([2, 3])))
    run.refused(lambda: cudnn.CudnnLSTM(1, 2)(tf.placeholder(tf.float32, [2, 3, None])))
    layer = cudnn.CudnnLSTM(1, 2)
    run.refused(lambda: layer.input_size)
    run.refused(lambda: layer.canonical_weight_shapes)
    run.refused(lambda: layer.call(tf.zeros([2, 3, 2]), initial_state=[1, 2]))
    outputs, _ = layer(tf.zeros([2, 3, 2]), training=False)
    run.refused(lambda: tf.gradients(outputs, layer.kernel))
    run.refused(layer._create_saveable)
