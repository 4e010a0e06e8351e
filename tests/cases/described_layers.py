"""What layers and cells were made with, told as plain data, and made anew of it."""

from .suite import Suite

suite = Suite("described_layers")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def sorted_items(config):
    """A configuration whose order does not matter, of what is the same in all Pythons."""
    if not isinstance(config, dict):
        return repr(config)
    return [[key, sorted_items(config[key])] for key in sorted(config)]


def noted(run, *layers):
    for layer in layers:
        run.note(sorted_items(layer.get_config()))


@story
def layers(tf, run):
    relu = tf.nn.relu
    noted(
        run,
        tf.layers.Layer(name="plain"),
        tf.layers.Dense(3, activation=relu, kernel_initializer=tf.ones_initializer()),
        tf.layers.Conv2D(3, 2, padding="same", dtype=tf.float64),
        tf.layers.SeparableConv1D(3, 2, depth_multiplier=2),
        tf.layers.BatchNormalization(axis=1, scale=False),
        tf.layers.MaxPooling2D(2, 1, data_format="channels_first"),
        tf.layers.Dropout(0.25, seed=3),
        tf.layers.Flatten(),
    )
    noted(run, tf.layers.Dense.from_config(tf.layers.Dense(2, use_bias=False).get_config()))


@story
def own_layers(tf, run):
    class Silent(tf.layers.Layer):
        def __init__(self, size, **kwargs):
            super().__init__(**kwargs)
            self.size = size

    class Plain(tf.layers.Layer):
        pass

    noted(run, Plain(name="own"))
    run.refused(lambda: Silent(3).get_config())


@story
def cells(tf, run):
    cell = tf.nn.rnn_cell
    noted(
        run,
        cell.BasicRNNCell(2, activation=tf.nn.relu),
        cell.BasicLSTMCell(2, forget_bias=0.5, name="named"),
        cell.LSTMCell(2, initializer=tf.constant_initializer(0.5), num_proj=1, cell_clip=3.0),
        cell.MultiRNNCell([cell.GRUCell(2)]),
        tf.contrib.rnn.UGRNNCell(2),
    )
    noted(run, cell.GRUCell.from_config(cell.GRUCell(2, bias_initializer="ones").get_config()))


@story
def wrappers(tf, run):
    cell = tf.nn.rnn_cell
    wrapped = [
        cell.DeviceWrapper(cell.GRUCell(2), "/cpu:0"),
        cell.ResidualWrapper(cell.GRUCell(2)),
        cell.DropoutWrapper(cell.GRUCell(2), input_keep_prob=0.5, seed=3),
    ]
    noted(run, *wrapped)
    for wrapper in wrapped:
        config = wrapper.get_config()
        run.refused(lambda: type(wrapper).from_config(config))  # noqa: B023
        config["cell"] = cell.GRUCell.from_config(config["cell"]["config"])
        noted(run, type(wrapper).from_config(config))


@story
def functions_of_wrappers(tf, run):
    factor = 3

    def added(inputs, outputs):
        return inputs + outputs * factor

    x = tf.constant([[1.0, 2.0]])
    ones = tf.ones_initializer()
    residual = tf.nn.rnn_cell.ResidualWrapper(
        tf.nn.rnn_cell.GRUCell(2, kernel_initializer=ones), added
    )
    config = residual.get_config()
    run.note([config["residual_fn_type"], config["residule_fn_module"] == added.__module__])
    config["cell"] = tf.nn.rnn_cell.GRUCell.from_config(config["cell"]["config"])
    again = tf.nn.rnn_cell.ResidualWrapper.from_config(config)
    run.note(sorted(config) == sorted(residual.get_config()))
    y, state = again(x, x)
    run(tf.global_variables_initializer())
    run([y, state])
    kept = tf.nn.rnn_cell.DropoutWrapper(
        tf.nn.rnn_cell.GRUCell(2), dropout_state_filter_visitor=lambda state: state is None
    )
    config = kept.get_config()
    config["cell"] = tf.nn.rnn_cell.GRUCell(2)
    visitor = tf.nn.rnn_cell.DropoutWrapper.from_config(config)._dropout_state_filter
    run.note([visitor(None), visitor(1), config["dropout_fn_type"]])
    config["dropout_fn_type"] = "unknown"
    run.refused(lambda: tf.nn.rnn_cell.DropoutWrapper.from_config(config))
