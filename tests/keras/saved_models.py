"""Models that TensorFlow 1.15 has saved, and that tests save: for either TensorFlow."""

import numpy as np

X = np.array([[1.0, 2.0], [3.0, -4.0]], np.float32)
Y = np.array([[1.0], [-1.0]], np.float32)


def keras(tf):
    """Two layers, one after the other."""
    initial = tf.keras.initializers.glorot_uniform(seed=4)
    model = tf.keras.Sequential(
        [
            tf.keras.layers.Dense(
                3, activation="relu", input_shape=(2,), kernel_initializer=initial, name="first"
            ),
            tf.keras.layers.Dense(1, kernel_initializer=initial, name="second"),
        ]
    )
    model.compile(tf.keras.optimizers.SGD(0.1, momentum=0.9), "mse")
    return model


def keras_subclass(tf):
    """A class of a program, in which is a layer of a program that has losses of three kinds."""

    class Scaled(tf.keras.layers.Layer):
        def build(self, shape):
            square = tf.keras.regularizers.l2(0.1)
            self.scale = self.add_weight("scale", (2,), initializer="ones", regularizer=square)
            super().build(shape)

        def call(self, inputs, training=None):
            self.add_loss(0.01 * tf.reduce_sum(inputs), inputs=inputs)
            outputs = inputs * self.scale
            return outputs * 2.0 if training else outputs

    class Small(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.scaled = Scaled(activity_regularizer=tf.keras.regularizers.l1(0.05))
            initial = tf.keras.initializers.glorot_uniform(seed=4)
            self.parts = [tf.keras.layers.Dense(1, kernel_initializer=initial, name="last")]

        def call(self, inputs, training=None):
            return self.parts[0](self.scaled(inputs, training=training))

    model = Small()
    model.compile(tf.keras.optimizers.SGD(0.01, momentum=0.9), "mse")
    return model


MODELS = {"keras": keras, "keras_subclass": keras_subclass}
