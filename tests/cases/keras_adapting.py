"""Layers of Keras that learn from data by `adapt`, in graphs: nodes, variables and refusals."""

import numpy as np

from .suite import Suite, internal_module

suite = Suite("keras_adapting")

ROWS = np.square(np.arange(12.0)).reshape(6, 2) / 8
GRID = np.square(np.arange(24.0) - 9).reshape(4, 2, 3) / 16


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def normalization(tf):
    """The class of the layer in graphs."""
    return internal_module(tf, "python.keras.layers.preprocessing.normalization_v1").Normalization


def state(layer):
    return [[v.name for v in layer.weights], layer.get_weights()]


@story
def arrays(tf, run):
    for axis in (-1, 1, [1, 2], (2,)):
        layer = normalization(tf)(axis=axis)
        layer.adapt(GRID)
        run.note([list(layer.state_variables), layer.trainable_weights, *state(layer)])
        run.note([sorted(layer.get_config()), layer.get_config()["dtype"]])
        run(layer(tf.constant(GRID, tf.float32)))
        layer.adapt(GRID[:1] + 3, reset_state=False)
        run.note(state(layer))
        layer.adapt(GRID[2:])
        run.note(state(layer))


@story
def elements_of_datasets(tf, run):
    rows = tf.data.Dataset.from_tensor_slices(ROWS)
    layers = [normalization(tf)(name=name) for name in ("rows", "batches", "floats")]
    layers[0].adapt(rows)
    layers[1].adapt(rows.batch(4))
    layers[2].adapt(rows.map(lambda row: tf.cast(row, tf.float32)).batch(2))
    run.note([state(layer) for layer in layers])
    layers[1].adapt(rows.take(3).batch(2), reset_state=False)
    run.note(state(layers[1]))


@story
def models(tf, run):
    x = tf.keras.Input((2,))
    layer = normalization(tf)(name="scaled")
    model = tf.keras.Model(x, layer(x))
    run.note([str(model.output.shape), model.count_params()])
    layer.adapt(ROWS)
    run.note(model.predict(ROWS[:2].astype("float32")))
    own = {"Normalization": normalization(tf)}
    again = tf.keras.Model.from_config(model.get_config(), custom_objects=own)
    again.set_weights(model.get_weights())
    run.note(again.predict(ROWS[:2].astype("float32")))
    again.layers[1].adapt(ROWS[:3], reset_state=False)
    run.note(again.get_weights())
    run.refused(lambda: tf.keras.layers.deserialize(tf.keras.layers.serialize(layer)))


@story
def weights_that_are_set(tf, run):
    layer = normalization(tf)()
    layer.build((2,))
    layer.set_weights([np.array([1.5, 2.0]), np.array([4.0, 1.0])])
    run.note(state(layer))
    run(layer(tf.constant([[1.0, 3.0]])))
    run.refused(lambda: layer.adapt(ROWS, reset_state=False))
    run.refused(lambda: layer.set_weights([np.ones(2)]))
    layer.set_weights([np.array([1.5, 2.0]), np.array([4.0, 1.0]), np.array(3)])
    layer.adapt(ROWS, reset_state=False)
    run.note(state(layer))


@story
def refusals(tf, run):
    run.refused(lambda: normalization(tf)(axis=0))
    layer = normalization(tf)()
    for data in (3, [[1.0, 2.0]]):
        run.refused(lambda data=data: layer.adapt(data))
    endless = tf.data.Dataset.from_tensors(ROWS).repeat()
    run.refused(lambda: layer.adapt(endless))
    run.refused(lambda: layer.adapt(tf.data.Dataset.from_tensors((ROWS, ROWS))))
    run.refused(lambda: layer.adapt(ROWS, reset_state=False))
    run.refused(lambda: layer._set_state_variables({"mean": [1.0, 2.0]}))
    run.refused(lambda: normalization(tf)()(tf.keras.Input((None,))))
    run.refused(lambda: normalization(tf)(axis=3).adapt(ROWS))
    layer.adapt(ROWS)
    run.refused(lambda: layer.adapt(tf.data.Dataset.from_tensors((ROWS, ROWS))))
    run.refused(lambda: layer.adapt(GRID, reset_state=False))


@story
def layers_for_eager_mode(tf, run):
    """What the class of version 2 does in a graph: its assignments are never run."""
    path = "python.keras.layers.preprocessing.normalization"
    layer = internal_module(tf, path).Normalization(name="later")
    layer.adapt(ROWS)
    run.note(state(layer))
    run.refused(lambda: layer.adapt(ROWS, reset_state=False))
    run.refused(lambda: layer.adapt(tf.data.Dataset.from_tensors(ROWS)))


@story
def combiners_of_a_programs_own(tf, run):
    base = internal_module(tf, "python.keras.engine.base_preprocessing_layer")
    version1 = internal_module(tf, "python.keras.engine.base_preprocessing_layer_v1")

    class Widest(base.Combiner):
        def compute(self, batch_values, accumulator=None):
            found = np.max(batch_values)
            return found if accumulator is None else self.merge([accumulator, found])

        def merge(self, accumulators):
            return max(accumulators)

        def extract(self, accumulator):
            return {"widest": accumulator}

        def restore(self, output):
            return output["widest"]

    class Scaled(base.CombinerPreprocessingLayer):
        def __init__(self, **kwargs):
            super().__init__(combiner=Widest(), **kwargs)

        def build(self, input_shape):
            self.widest = self._add_state_variable("widest", (), tf.float32, "ones")
            super().build(input_shape)

        def call(self, inputs):
            return inputs / self.widest

    class ScaledInGraphs(Scaled, version1.CombinerPreprocessingLayer):
        pass

    layer = ScaledInGraphs(name="scaled")
    run.refused(lambda: layer._set_state_variables({"widest": 2.0}))
    layer.adapt(tf.data.Dataset.from_tensor_slices(ROWS[:4]))
    run.note(state(layer))
    layer.adapt(ROWS, reset_state=False)
    run.note(state(layer))
    run(layer(tf.constant([[2.0, 4.0]])))
    run.note([repr(Widest()), isinstance(layer, base.PreprocessingLayer)])
