"""Networks of cuDNN, run: TensorFlow on a CPU runs the compatible cells with the same weights.

That both give the same numbers is what TensorFlow promises of them.
"""

import os

import numpy as np

from .arrays import unit
from .suite import Suite, internal_module

suite = Suite("cudnn_runs")

TIME, BATCH, DEPTH, UNITS, LAYERS = 4, 3, 3, 2, 2
LENGTHS = [4, 1, 2]
CELLS = {
    "CudnnLSTM": lambda tf: tf.contrib.cudnn_rnn.CudnnCompatibleLSTMCell(UNITS),
    "CudnnGRU": lambda tf: tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell(UNITS),
    "CudnnRNNTanh": lambda tf: tf.nn.rnn_cell.BasicRNNCell(UNITS, tf.tanh),
    "CudnnRNNRelu": lambda tf: tf.nn.rnn_cell.BasicRNNCell(UNITS, tf.nn.relu),
}
OPTIONS = {"rtol": 1e-4, "atol": 1e-5, "why": "the products and sums are of another order"}


def is_tensorflow(tf):
    return tf.__name__ == "tensorflow"


def weights_of(kind, directions, depth=DEPTH):
    """The weights of the cells, layer after layer, and their biases."""
    weights, biases = [], []
    for part in range(LAYERS * directions):
        width = depth if part < directions else directions * UNITS
        gates = {"CudnnLSTM": 4, "CudnnGRU": 2}.get(kind, 1)
        weights.append(unit(width + UNITS, gates * UNITS, at=part) * 0.5)
        biases.append(unit(gates * UNITS, at=part))
        if kind == "CudnnGRU":
            weights += [unit(width, UNITS, at=part + 5), unit(UNITS, UNITS, at=part + 9)]
            biases += [unit(UNITS, at=part + 2), unit(UNITS, at=part + 4)]
    return weights, biases


def as_states(kind, parts):
    """h, and c of an LSTM."""
    states = (unit(parts, BATCH, UNITS, at=1), unit(parts, BATCH, UNITS, at=2))
    return states if kind == "CudnnLSTM" else states[:1]


def by_cells(tf, kind, x, states, both, lengths):
    """(outputs, states at the end, the variables: weights, then biases)"""
    cell = tf.nn.rnn_cell.LSTMStateTuple
    parts = [
        cell(states[1][i], states[0][i]) if len(states) == 2 else states[0][i]
        for i in range(states[0].shape[0])
    ]
    if both:
        outputs, *ends = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
            *([CELLS[kind](tf) for _ in range(LAYERS)] for _ in range(2)),
            x,
            parts[::2],
            parts[1::2],
            sequence_length=lengths,
            time_major=True,
        )
        ends = [end for i in range(LAYERS) for end in (ends[0][i], ends[1][i])]
    else:
        stacked = tf.nn.rnn_cell.MultiRNNCell([CELLS[kind](tf) for _ in range(LAYERS)])
        outputs, ends = tf.nn.dynamic_rnn(
            stacked, x, lengths, initial_state=tuple(parts), time_major=True
        )
    if len(states) == 2:
        ends = [tf.stack([end.h for end in ends]), tf.stack([end.c for end in ends])]
    else:
        ends = [tf.stack(list(ends))]
    variables = tf.trainable_variables()
    kernels = [v for v in variables if v.op.name.endswith("kernel")]
    return outputs, ends, kernels + [v for v in variables if v.op.name.endswith("bias")]


def assigned(variables, arrays):
    return [variable.assign(arrays[i]) for i, variable in enumerate(variables)]


def noted(run, tensors, of_weights):
    for tensor in [*tensors, *of_weights]:
        run(tensor)


def network(name, kind, both=False, lengths=None, input_mode="linear_input", version_2=False):
    """Adds a network's outputs, and the gradients of a sum of all it gives."""

    def program(tf, run):
        directions = 2 if both else 1
        weights, biases = weights_of(kind, directions)
        x = tf.constant(unit(TIME, BATCH, DEPTH))
        states = [tf.constant(a) for a in as_states(kind, LAYERS * directions)]
        if is_tensorflow(tf):
            outputs, ends, variables = by_cells(tf, kind, x, states, both, lengths)
            run.session.run(assigned(variables, [*weights, *biases]))
            loss = sum(tf.reduce_sum(tf.square(made)) for made in [outputs, *ends])
            gradients = tf.gradients(loss, [x, *states, *variables])
            noted(run, [outputs, *ends], gradients)
            return
        layer = getattr(tf.contrib.cudnn_rnn, kind)(
            LAYERS, UNITS, direction="bidirectional" if both else "unidirectional"
        )
        os.environ["TF_CUDNN_RNN_USE_V2"] = "1" if version_2 else "0"
        try:
            outputs, ends = layer(x, tuple(states), sequence_lengths=lengths)
        finally:
            del os.environ["TF_CUDNN_RNN_USE_V2"]
        run.session.run(layer.saveable.restore([tf.constant(a) for a in [*weights, *biases]], None))
        loss = sum(tf.reduce_sum(tf.square(made)) for made in [outputs, *ends])
        *gradients, of_params = tf.gradients(loss, [x, *states, layer.kernel])
        of_weights, of_biases = layer.saveable.format_converter.opaque_to_tf_canonical(of_params)
        # cuDNN has two biases where a cell has one, which is their sum.
        alone = 3 if kind == "CudnnGRU" else 1
        of_biases = [b if i % alone else b * 0.5 for i, b in enumerate(of_biases)]
        noted(run, [outputs, *ends], [*gradients, *of_weights, *of_biases])

    suite.case(name, program, grad=False, **OPTIONS)


network("lstm", "CudnnLSTM")
network("lstm_both_ways", "CudnnLSTM", both=True)
network("lstm_both_ways_lengths", "CudnnLSTM", both=True, lengths=LENGTHS)
network("gru", "CudnnGRU", version_2=True)
network("gru_both_ways_lengths", "CudnnGRU", both=True, lengths=LENGTHS)
network("tanh_lengths", "CudnnRNNTanh", lengths=LENGTHS)
network("relu_both_ways", "CudnnRNNRelu", both=True)


def projected(tf, run):
    """An LSTM whose state is projected, the batch first."""
    units, size, length = 3, 2, [4, 2]
    x = tf.constant(unit(2, TIME, DEPTH))
    h, c = unit(1, 2, size, at=1), unit(1, 2, units, at=2)
    kernel, bias = unit(DEPTH + size, 4 * units), unit(4 * units)
    projection = unit(units, size, at=3)
    if is_tensorflow(tf):
        cell = tf.nn.rnn_cell.LSTMCell(units, num_proj=size, forget_bias=0.0)
        state = tf.nn.rnn_cell.LSTMStateTuple(tf.constant(c[0]), tf.constant(h[0]))
        outputs, end = tf.nn.dynamic_rnn(cell, x, length, initial_state=state)
        variables = tf.trainable_variables()
        run.session.run(assigned(variables, (kernel, bias, projection)))
        size_of_all = 4 * units * (DEPTH + size) + units * size + 8 * units
        made = [outputs, end.h, end.c]
        noted(run, made, tf.gradients([outputs, end.h, end.c], [x, *variables]))
        run.note([size_of_all])
        return
    ops = internal_module(tf, "contrib.cudnn_rnn.python.ops.cudnn_rnn_ops")
    model = ops.CudnnLSTM(1, units, DEPTH, num_proj=size)
    converter = tf.contrib.cudnn_rnn.CudnnParamsFormatConverterLSTM(1, units, DEPTH, num_proj=size)
    arrays = [tf.constant(kernel), tf.constant(bias)]
    params = tf.Variable(
        converter.tf_canonical_to_opaque(arrays, [tf.constant(projection)]), validate_shape=False
    )
    states = [tf.constant(np.swapaxes(a, 0, 1)) for a in (h, c)]
    outputs, end_h, end_c = model(x, *states, params, sequence_lengths=length, time_major=False)
    run.session.run(tf.global_variables_initializer())
    made = [outputs, end_h[:, 0], end_c[:, 0]]
    of_x, of_params = tf.gradients(made, [x, params])
    of_kernel, of_bias, of_projection = converter.opaque_to_tf_canonical(of_params)
    noted(run, made, [of_x, of_kernel[0], of_bias[0] * 0.5, of_projection[0]])
    run.note([int(run.session.run(model.params_size()))])


suite.case("projected", projected, grad=False, **OPTIONS)


def skipping(tf, run):
    """The gates take the input as it is: as by matrices of ones on the diagonal."""
    x = tf.constant(unit(TIME, BATCH, UNITS))
    (kernel,), (bias,) = [unit(2 * UNITS, 4 * UNITS)], [unit(4 * UNITS)]
    kernel[:UNITS] = np.concatenate([np.eye(UNITS)] * 4, axis=1)
    if is_tensorflow(tf):
        cell = tf.nn.rnn_cell.MultiRNNCell([CELLS["CudnnLSTM"](tf)])
        outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype="float32", time_major=True)
        run.session.run(assigned(tf.trainable_variables(), (kernel, bias)))
        noted(run, [outputs], tf.gradients(outputs, [x]))
        run(tf.trainable_variables()[0])
        return
    layer = tf.contrib.cudnn_rnn.CudnnLSTM(1, UNITS, input_mode="skip_input")
    outputs, _ = layer(x)
    run.session.run(layer.saveable.restore([tf.constant(kernel), tf.constant(bias)], None))
    noted(run, [outputs], tf.gradients(outputs, [x]))
    run(layer.saveable.specs[0].tensor)


suite.case("skipping", skipping, grad=False, **OPTIONS)
