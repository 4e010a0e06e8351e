"""Recurrent layers of `tf.keras`, their cells and wrappers: names, numbers, configurations."""

import numpy as np

from .arrays import unit
from .described_layers import sorted_items
from .observe import flatten
from .suite import Suite

suite = Suite("keras_recurrent")

X = unit(2, 5, 3)
PICTURES = unit(2, 3, 6, 6, 2)
MASK = np.array([[1, 1, 0, 1, 0], [0, 1, 1, 1, 1]], bool)


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(
        fn.__name__, fn, grad=False, atol=1e-5, why="rounding adds up over the steps and gradients"
    )
    return fn


def names(weights):
    return [weight.name for weight in weights]


def trained(tf, run, layer, x=None, fed=X, **options):
    """Runs a layer with its gradients, then two steps of training."""
    x = tf.placeholder(tf.float32, [None, *fed.shape[1:]], "x") if x is None else x
    outputs = flatten(layer(x, **options))
    run.note([[y.name, str(y.shape)] for y in outputs])
    run.note([names(layer.weights), sorted_items(layer.get_config())])
    loss = sum(tf.reduce_sum(y * y) for y in outputs)
    run(tf.global_variables_initializer())
    run([outputs, tf.gradients(loss, layer.trainable_weights)], {x: fed})
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    for _ in range(2):
        run([loss, step], {x: fed})


@story
def simple(tf, run):
    tf.set_random_seed(1)
    layer = tf.keras.layers.SimpleRNN(4, kernel_regularizer="l2", activity_regularizer="l1")
    trained(tf, run, layer)
    run(layer.losses, {layer_input(layer): X})


def layer_input(layer):
    """The placeholder that a layer was called on, for what it keeps of its outputs."""
    return layer.losses[0].graph.get_tensor_by_name("x:0")


@story
def gru(tf, run):
    tf.set_random_seed(2)
    trained(tf, run, tf.keras.layers.GRU(4))


@story
def gru_at_once(tf, run):
    tf.set_random_seed(3)
    layer = tf.keras.layers.GRU(4, implementation=2, return_sequences=True, use_bias=False)
    trained(tf, run, layer)


@story
def gru_reset_after(tf, run):
    tf.set_random_seed(4)
    options = {"reset_after": True, "return_state": True}
    trained(tf, run, tf.keras.layers.GRU(4, go_backwards=True, **options))


@story
def gru_unrolled(tf, run):
    tf.set_random_seed(5)
    options = {"reset_after": True, "return_sequences": True, "implementation": 2}
    trained(tf, run, tf.keras.layers.GRU(3, unroll=True, **options))


@story
def lstm(tf, run):
    tf.set_random_seed(6)
    trained(tf, run, tf.keras.layers.LSTM(4))


@story
def lstm_at_once(tf, run):
    tf.set_random_seed(7)
    options = {"return_sequences": True, "return_state": True, "bias_initializer": "ones"}
    trained(tf, run, tf.keras.layers.LSTM(4, implementation=2, **options))


@story
def lstm_time_major(tf, run):
    tf.set_random_seed(8)
    options = {"use_bias": False, "activation": None, "recurrent_activation": "sigmoid"}
    x = tf.placeholder(tf.float32, [5, None, 3], "x")
    fed = np.swapaxes(X, 0, 1)
    trained(tf, run, tf.keras.layers.LSTM(4, time_major=True, **options), x, fed)


@story
def dropout(tf, run):
    tf.set_random_seed(9)
    np.random.seed(9)
    layers = tf.keras.layers
    rates = {"dropout": 0.3, "recurrent_dropout": 0.2}
    trained(tf, run, layers.LSTM(4, **rates), training=True)
    trained(tf, run, layers.GRU(4, implementation=2, **rates), training=True)
    trained(tf, run, layers.SimpleRNN(4, **rates), training=False)


@story
def dropout_by_phase(tf, run):
    tf.set_random_seed(10)
    np.random.seed(10)
    trained(tf, run, tf.keras.layers.GRU(4, dropout=0.3, recurrent_dropout=0.2))


@story
def masked(tf, run):
    tf.set_random_seed(11)
    mask = tf.constant(MASK)
    trained(tf, run, tf.keras.layers.LSTM(4, return_sequences=True), mask=mask)
    x = tf.placeholder(tf.float32, [None, 5, 3], "x")
    trained(tf, run, tf.keras.layers.SimpleRNN(4, unroll=True), x, mask=mask)


@story
def stacked(tf, run):
    tf.set_random_seed(12)
    layers = tf.keras.layers
    cells = [layers.LSTMCell(4), layers.GRUCell(3), layers.SimpleRNNCell(2)]
    trained(tf, run, layers.RNN(cells, return_state=True))


@story
def stacked_in_reverse(tf, run):
    tf.set_random_seed(13)
    layers = tf.keras.layers
    cells = [layers.LSTMCell(3), layers.LSTMCell(3)]
    cell = layers.StackedRNNCells(cells, reverse_state_order=True)
    trained(tf, run, layers.RNN(cell, return_state=True, return_sequences=True))


@story
def peepholes(tf, run):
    tf.set_random_seed(14)
    for implementation in (1, 2):
        cell = tf.keras.experimental.PeepholeLSTMCell(4, implementation=implementation)
        trained(tf, run, tf.keras.layers.RNN(cell))


@story
def cells_of_tensorflow(tf, run):
    tf.set_random_seed(15)
    cells = tf.nn.rnn_cell
    trained(tf, run, tf.keras.layers.RNN(cells.BasicLSTMCell(4)))
    layer = tf.keras.layers.RNN([cells.BasicRNNCell(4), cells.GRUCell(3)])
    x = tf.placeholder(tf.float32, [None, 5, 3], "x")
    y = layer(x)
    run(tf.global_variables_initializer())
    run(y, {x: X})
    run.note(names(layer.weights))


@story
def cells_in_dynamic_rnn(tf, run):
    tf.set_random_seed(16)
    layers = tf.keras.layers
    x = tf.placeholder(tf.float32, [2, 5, 3], "x")
    stack = layers.StackedRNNCells([layers.LSTMCell(4), layers.GRUCell(3)])
    for cell in (layers.LSTMCell(4), layers.GRUCell(3), layers.SimpleRNNCell(2), stack):
        outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
        run(tf.global_variables_initializer())
        run.note(names(cell.weights))
        run([outputs, tf.contrib.framework.nest.flatten(state)], {x: X})
    outputs, _ = tf.nn.static_rnn(layers.GRUCell(4), tf.unstack(x, axis=1), dtype=tf.float32)
    run(tf.global_variables_initializer())
    run(outputs, {x: X})


@story
def stateful(tf, run):
    tf.set_random_seed(17)
    backend, layers = tf.keras.backend, tf.keras.layers
    x = tf.placeholder(tf.float32, [2, 5, 3], "x")
    backend.manual_variable_initialization(True)
    for layer in (layers.LSTM(4, stateful=True), layers.GRU(4, stateful=True, return_state=True)):
        outputs = flatten(layer(x))
        run(tf.global_variables_initializer())
        run.note([names(layer.states), names(layer.weights)])
        for _ in range(2):
            run([outputs, layer.updates], {x: X})
        layer.reset_states()
        run(outputs, {x: X})
        layer.reset_states([np.ones((2, 4), np.float32)] * len(layer.states))
        run(outputs, {x: X})
        run.refused(lambda layer=layer: layer.reset_states([np.ones((2, 4))] * 3))
    backend.manual_variable_initialization(False)


@story
def initial_states(tf, run):
    tf.set_random_seed(18)
    layers = tf.keras.layers
    x = tf.placeholder(tf.float32, [None, 5, 3], "x")
    trained(tf, run, layers.LSTM(4), x, initial_state=[tf.ones([2, 4]), tf.zeros([2, 4])])
    inputs = [tf.keras.Input([5, 3]), tf.keras.Input([4]), tf.keras.Input([4])]
    outputs = layers.LSTM(4, return_state=True)(inputs[0], initial_state=inputs[1:])
    model = tf.keras.Model(inputs, outputs)
    run.note(sorted_items(model.get_config()))
    run.note(names(tf.keras.Model.from_config(model.get_config()).weights))


@story
def constants(tf, run):
    backend, layers = tf.keras.backend, tf.keras.layers

    class Shifted(layers.Layer):
        def __init__(self, units, **kwargs):
            self.units = self.state_size = units
            super().__init__(**kwargs)

        def build(self, input_shape):
            features = input_shape[0][-1] if isinstance(input_shape, list) else input_shape[-1]
            self.kernel = self.add_weight("kernel", (features, self.units), initializer="ones")
            self.built = True

        def call(self, inputs, states, constants):
            output = backend.dot(inputs, self.kernel) + states[0] + constants[0]
            return output, [output]

        def get_config(self):
            return dict(super().get_config(), units=self.units)

    inputs = [tf.keras.Input([5, 3]), tf.keras.Input([4])]
    layer = layers.RNN(Shifted(4))
    output = layer(inputs[0], constants=inputs[1])
    run(tf.global_variables_initializer())
    run(output, {inputs[0]: X, inputs[1]: unit(2, 4)})
    model = tf.keras.Model(inputs, output)
    again = tf.keras.Model.from_config(model.get_config(), custom_objects={"Shifted": Shifted})
    run.note([sorted_items(layer.get_config()), names(again.weights)])
    run.refused(lambda: layers.RNN(layers.LSTMCell(3))(inputs[0], constants=inputs[1]))


@story
def bidirectional(tf, run):
    tf.set_random_seed(19)
    layers = tf.keras.layers
    trained(tf, run, layers.Bidirectional(layers.LSTM(4)))
    x = tf.placeholder(tf.float32, [None, 5, 3], "x")
    for mode in ("sum", "ave", "mul", None):
        layer = layers.Bidirectional(layers.SimpleRNN(4, return_sequences=True), merge_mode=mode)
        outputs = layer(x)
        run(tf.global_variables_initializer())
        run(outputs, {x: X})
        run.note(str(layer.compute_output_shape(x.shape)) if mode else names(outputs))


@story
def bidirectional_of_two(tf, run):
    tf.set_random_seed(20)
    layers = tf.keras.layers
    back = layers.GRU(2, return_sequences=True, go_backwards=True)
    layer = layers.Bidirectional(layers.LSTM(4, return_sequences=True), backward_layer=back)
    trained(tf, run, layer, mask=tf.constant(MASK))


@story
def bidirectional_from_states(tf, run):
    inputs = [tf.keras.Input([5, 3]), *(tf.keras.Input([4]) for _ in range(4))]
    layer = tf.keras.layers.Bidirectional(tf.keras.layers.LSTM(4, return_state=True))
    outputs = layer(inputs[0], initial_state=inputs[1:])
    model = tf.keras.Model(inputs, outputs)
    run.note(sorted_items(model.get_config()))
    run.note(names(tf.keras.Model.from_config(model.get_config()).weights))


@story
def time_distributed(tf, run):
    tf.set_random_seed(21)
    layers = tf.keras.layers

    class Doubled(layers.Layer):
        def call(self, inputs):
            return inputs * 2

    trained(tf, run, layers.TimeDistributed(layers.Dense(4)))
    x = tf.placeholder(tf.float32, [2, 5, 3], "x")
    run(layers.TimeDistributed(Doubled())(x), {x: X})
    run(layers.TimeDistributed(layers.Dropout(0.5))(x, training=False), {x: X})
    sequences = layers.Masking()(tf.keras.Input([5, 3]))
    run.note(layers.TimeDistributed(layers.Dense(2))(sequences)._keras_mask.name)


@story
def pictures(tf, run):
    tf.set_random_seed(22)
    layers = tf.keras.layers
    trained(tf, run, layers.ConvLSTM2D(2, 3), fed=PICTURES)
    options = {"strides": 2, "padding": "same", "return_sequences": True, "return_state": True}
    x = tf.placeholder(tf.float32, [2, 3, 6, 6, 2], "x")
    layer = layers.ConvLSTM2D(2, 3, use_bias=False, **options)
    outputs = layer(x)
    run(tf.global_variables_initializer())
    run(outputs, {x: PICTURES})
    run.note(str(layer.compute_output_shape(x.shape)))


@story
def stateful_pictures(tf, run):
    tf.set_random_seed(23)
    np.random.seed(23)
    backend = tf.keras.backend
    options = {"data_format": "channels_first", "stateful": True, "recurrent_dropout": 0.2}
    x = tf.placeholder(tf.float32, [2, 3, 2, 6, 6], "x")
    fed = PICTURES.reshape(2, 3, 2, 6, 6)
    backend.manual_variable_initialization(True)
    layer = tf.keras.layers.ConvLSTM2D(2, 3, dropout=0.1, **options)
    output = layer(x, training=True)
    run(tf.global_variables_initializer())
    run.note(names(layer.states))
    for _ in range(2):
        run([output, layer.updates], {x: fed})
    layer.reset_states()
    run(layer.states)
    backend.manual_variable_initialization(False)


@story
def cudnn(tf, run):
    """TensorFlow runs these on GPUs alone."""
    layers = tf.keras.layers
    x = tf.placeholder(tf.float32, [2, 5, 3], "x")
    for layer in (
        layers.CuDNNLSTM(4),
        layers.CuDNNGRU(4, return_sequences=True, return_state=True),
        layers.CuDNNLSTM(4, stateful=True, go_backwards=True, batch_input_shape=(2, 5, 3)),
    ):
        outputs = flatten(layer(x))
        run.note([names(layer.weights), sorted_items(layer.get_config())])
        run.note([[y.name, str(y.shape)] for y in outputs])
    run.refused(lambda: layers.CuDNNGRU(3)(x, mask=tf.constant(MASK)))


@story
def version_2(tf, run):
    tf.set_random_seed(24)
    layers = tf.compat.v2.keras.layers
    trained(tf, run, layers.LSTM(4))
    x = tf.placeholder(tf.float32, [2, 5, 3], "x")
    outputs = [
        layers.GRU(4, return_sequences=True)(x),
        tf.keras.layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)])(x),
    ]
    run(tf.global_variables_initializer())
    run(outputs, {x: X})


@story
def wrapped_cells(tf, run):
    tf.set_random_seed(25)
    nn, layers = tf.compat.v2.nn, tf.keras.layers
    x = tf.placeholder(tf.float32, [2, 5, 3], "x")
    dropped = nn.RNNCellDropoutWrapper(layers.LSTMCell(3), 0.5, 0.6, 0.7, seed=3)
    wrapped = nn.RNNCellResidualWrapper(dropped)
    placed = nn.RNNCellDeviceWrapper(layers.GRUCell(3), "/cpu:0")
    # In a loop TensorFlow leaves to chance which turn draws first.
    outputs = [layers.RNN(wrapped, unroll=True)(x), layers.RNN(placed)(x)]
    run(tf.global_variables_initializer())
    run(outputs, {x: X})
    run.note([names(wrapped.weights), sorted_items(wrapped.get_config())])
    run.note(type(placed).from_config(placed.get_config()).name)


@story
def refused(tf, run):
    layers, zeros = tf.keras.layers, tf.zeros
    x = tf.placeholder(tf.float32, [None, 5, 3], "x")
    lstm, both = layers.LSTM, layers.Bidirectional
    run.refused(lambda: layers.RNN(3))
    run.refused(lambda: layers.RNN(layers.Dense(3)))
    run.refused(lambda: lstm(3, unroll=True)(tf.placeholder(tf.float32, [None, None, 3])))
    run.refused(lambda: lstm(3)(tf.placeholder(tf.float32, [None, 3])))
    run.refused(lambda: lstm(3, stateful=True)(x))
    run.refused(lambda: lstm(3).reset_states())
    for sizes in ([3], [3, 3, 3], [4, 4]):
        run.refused(lambda s=sizes: lstm(3)(x, initial_state=[zeros([2, n]) for n in s]))
    run.refused(lambda: lstm(3)(x, initial_state=[zeros([2, 3]), tf.keras.Input([3])]))
    run.refused(lambda: lstm(3, of_nothing=2))
    run.refused(lambda: layers.TimeDistributed(layers.Dense(3))(zeros([3, 3])))
    run.refused(lambda: both(3))
    run.refused(lambda: both(lstm(3), merge_mode="x"))
    run.refused(lambda: both(lstm(3), backward_layer=lstm(3)))
    back = lstm(3, go_backwards=True, stateful=True)
    run.refused(lambda: both(lstm(3), backward_layer=back))
    run.refused(lambda: both(lstm(3))(x, initial_state=[zeros([2, 3])] * 3))
    run.refused(lambda: layers.Wrapper(3))
    run.refused(lambda: layers.ConvLSTM2D(3, 3, unroll=True))
    run.refused(lambda: layers.AbstractRNNCell().state_size)
