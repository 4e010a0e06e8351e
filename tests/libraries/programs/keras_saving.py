"""Keras 2.2.4: models in files and read again, layers and losses of one's own, threads of data."""

import os

import keras
import keras.backend as K
import numpy as np
from keras import layers, models
from keras_beginnings import leave_nothing_to_chance, one_hot, pictures, start, totals


class Scaled(layers.Layer):
    """A dense layer of one's own."""

    def __init__(self, units, **kwargs):
        self.units = units
        super().__init__(**kwargs)

    def build(self, input_shape):
        shape = (input_shape[1], self.units)
        self.kernel = self.add_weight("kernel", shape, initializer="uniform")
        self.scale = self.add_weight("scale", (), initializer="ones", trainable=True)
        super().build(input_shape)

    def call(self, x):
        return self.scale * K.dot(x, self.kernel)

    def compute_output_shape(self, input_shape):
        return input_shape[0], self.units

    def get_config(self):
        return dict(super().get_config(), units=self.units)


class Rows(keras.utils.Sequence):
    """Batches by number."""

    def __init__(self, x, y, size):
        self.x, self.y, self.size = x, y, size

    def __len__(self):
        return len(self.x) // self.size

    def __getitem__(self, index):
        at = slice(index * self.size, (index + 1) * self.size)
        return self.x[at], self.y[at]


def apart(y, y_guessed):
    return K.mean(K.abs(y - y_guessed), axis=-1)


def data():
    x, labels = pictures(48)
    return x.reshape(48, -1), one_hot(labels)


def resumed():
    """Trained, saved with the state of its optimizer, loaded, trained on: as if never saved."""
    x, y = data()
    known = {"Scaled": Scaled, "apart": apart}
    model = models.Sequential(
        [Scaled(6, input_shape=(144,)), layers.Dense(3, activation="softmax")]
    )
    model.compile(
        keras.optimizers.Adam(amsgrad=True), apart, metrics=["mse", "categorical_accuracy"]
    )
    first = model.fit(x, y, 16, 2, verbose=0, shuffle=False).history["loss"]
    model.save("model.h5")
    loaded = models.load_model("model.h5", custom_objects=known)
    histories = [m.fit(x, y, 16, 2, verbose=0, shuffle=False).history for m in (model, loaded)]
    assert histories[0] == histories[1]
    with keras.utils.CustomObjectScope(known):
        described = models.model_from_json(model.to_json())
        described.set_weights(model.get_weights())
        again = models.Sequential.from_config(model.get_config())
    again.load_weights("model.h5")
    predicted = [described.predict(x[:2]), again.predict(x[:2])]
    return {"first": first, "on": histories[0]["loss"], "predicted": predicted}


def watched():
    """Callbacks: the best model in a file, an early end, rates, lines of numbers, summaries."""
    x, y = data()
    model = models.Sequential(
        [layers.Dense(6, activation="tanh", input_shape=(144,), name="first")]
    )
    model.add(layers.Dense(3, activation="softmax", name="second"))
    model.compile(keras.optimizers.SGD(0.5), "categorical_crossentropy", metrics=["acc"])
    callbacks = [
        keras.callbacks.ModelCheckpoint("best.h5", monitor="val_loss", save_best_only=True),
        keras.callbacks.EarlyStopping("val_loss", min_delta=0.01, patience=1),
        keras.callbacks.LearningRateScheduler(lambda epoch: 0.5 / (1 + epoch)),
        keras.callbacks.CSVLogger("log.csv"),
        keras.callbacks.TensorBoard("logs", histogram_freq=1, write_grads=True),
        keras.callbacks.TerminateOnNaN(),
    ]
    history = model.fit(x, y, 8, 12, 0, callbacks, validation_data=(x[:16], y[:16])).history
    best = models.load_model("best.h5")
    rows = np.genfromtxt("log.csv", delimiter=",", skip_header=1)
    assert os.listdir("logs")
    return dict(history, best=best.evaluate(x, y, verbose=0), rows=rows)


def fed_by_threads():
    """A `Sequence`, a generator, weights by class; part of the weights kept as they are."""
    x, y = data()
    base = models.Sequential([layers.Dense(6, activation="elu", input_shape=(144,))])
    base.layers[0].trainable = False
    model = models.Sequential([base, layers.Dropout(0.5), layers.Dense(3, activation="softmax")])
    model.compile(
        keras.optimizers.Adamax(), "kullback_leibler_divergence", weighted_metrics=["acc"]
    )
    weights = {0: 1, 1: 2, 2: 3}
    by_number = model.fit_generator(
        Rows(x, y, 16), epochs=2, verbose=0, shuffle=False, class_weight=weights
    )
    rows = ((x[i : i + 8], y[i : i + 8], np.ones(8)) for i in range(0, 32, 8))
    in_turn = model.fit_generator(rows, 4, verbose=0)
    scores = model.evaluate_generator(Rows(x, y, 16), workers=2)
    predicted = model.predict_generator(Rows(x, y, 16), workers=2)[:2]
    return {
        "losses": by_number.history["loss"] + in_turn.history["loss"],
        "scores": scores,
        "predicted": predicted,
        "weights": totals(model),
    }


def networks():
    """Models of keras.applications without weights: what they hold, and what they give."""
    mobile = keras.applications.MobileNet((32, 32, 3), alpha=0.25, weights=None, classes=4)
    residual = keras.applications.ResNet50(False, None, input_shape=(32, 32, 3), pooling="avg")
    x = keras.applications.mobilenet.preprocess_input(255 * np.random.rand(2, 32, 32, 3))
    return {
        "predicted": mobile.predict(x),
        "features": residual.predict(x)[:, :8],
        "parameters": [mobile.count_params(), residual.count_params(), len(residual.layers)],
    }


def main():
    leave_nothing_to_chance()
    numbers = {}
    for seed, program in enumerate((resumed, watched, fed_by_threads, networks)):
        start(seed)
        found = program()
        numbers.update({program.__name__ + " " + name: found[name] for name in found})
    return numbers
