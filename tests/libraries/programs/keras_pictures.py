"""Keras 2.2.4 on pictures: a perceptron, a convolutional network, autoencoders."""

import keras
import keras.backend as K
import numpy as np
from keras import layers, losses, models
from keras_beginnings import leave_nothing_to_chance, one_hot, pictures, start, totals


def perceptron():
    x, labels = pictures(96)
    model = models.Sequential(
        [
            layers.Flatten(input_shape=(12, 12, 1)),
            layers.Dense(24, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(24, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(3, activation="softmax"),
        ]
    )
    rmsprop = keras.optimizers.RMSprop()
    model.compile(rmsprop, "categorical_crossentropy", metrics=["accuracy"])
    y = one_hot(labels)
    history = model.fit(x, y, 16, 4, verbose=0, validation_split=0.25).history
    return dict(history, scores=model.evaluate(x, y, verbose=0), weights=totals(model))


def convolutional():
    x, labels = pictures(80)
    model = models.Sequential()
    model.add(layers.Conv2D(8, (3, 3), activation="relu", input_shape=(12, 12, 1)))
    model.add(layers.Conv2D(8, (3, 3), activation="relu"))
    model.add(layers.BatchNormalization())
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Dropout(0.25))
    model.add(layers.Flatten())
    model.add(layers.Dense(16, activation="relu", kernel_regularizer="l2"))
    model.add(layers.Dense(3, activation="softmax"))
    adadelta = keras.optimizers.Adadelta()
    model.compile(adadelta, "sparse_categorical_crossentropy", metrics=["accuracy"])
    halving = keras.callbacks.ReduceLROnPlateau("loss", 0.5, patience=0, min_delta=0.5)
    history = model.fit(x, labels, 16, 3, verbose=0, callbacks=[halving]).history
    return dict(history, predicted=model.predict(x[:4]), weights=totals(model))


def augmented():
    """What `ImageDataGenerator` makes of pictures, in `fit_generator`."""
    x, labels = pictures(48)
    model = models.Sequential(
        [
            layers.SeparableConv2D(6, 3, padding="same", input_shape=(12, 12, 1)),
            layers.Activation("relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True), "categorical_crossentropy"
    )
    generator = keras.preprocessing.image.ImageDataGenerator(
        featurewise_center=True, rotation_range=20, width_shift_range=0.2, horizontal_flip=True
    )
    generator.fit(x)
    batches = generator.flow(x, one_hot(labels), batch_size=16)
    history = model.fit_generator(batches, 3, epochs=2, verbose=0, workers=0).history
    return dict(history, weights=totals(model))


def autoencoder():
    x, _ = pictures(64)
    pixels = layers.Input((12, 12, 1))
    y = layers.Conv2D(8, 3, activation="relu", padding="same")(pixels)
    y = layers.MaxPooling2D(2, padding="same")(y)
    encoded = layers.Conv2D(4, 3, activation="relu", padding="same", name="encoded")(y)
    y = layers.UpSampling2D(2)(encoded)
    y = layers.Conv2DTranspose(4, 3, activation="relu", padding="same")(y)
    decoded = layers.Conv2D(1, 3, activation="sigmoid", padding="same")(y)
    model = models.Model(pixels, decoded)
    model.compile("adam", "binary_crossentropy")
    history = model.fit(x, x, 16, 3, verbose=0).history
    return dict(history, codes=models.Model(pixels, encoded).predict(x[:1]))


def variational():
    x = pictures(64)[0].reshape(64, 144)
    pixels = layers.Input((144,))
    hidden = layers.Dense(16, activation="relu")(pixels)
    mean, log_variance = layers.Dense(2)(hidden), layers.Dense(2)(hidden)

    def drawn(of):
        mean, log_variance = of
        noise = K.random_normal(K.shape(mean), seed=5)
        return mean + K.exp(0.5 * log_variance) * noise

    z = layers.Lambda(drawn, (2,), name="z")([mean, log_variance])
    latent = layers.Input((2,))
    image = layers.Dense(144, activation="sigmoid")(layers.Dense(16, activation="relu")(latent))
    decoder = models.Model(latent, image, name="decoder")
    model = models.Model(pixels, decoder(z))
    likelihood = 144 * losses.binary_crossentropy(pixels, model.outputs[0])
    divergence = -0.5 * K.sum(1 + log_variance - K.square(mean) - K.exp(log_variance), axis=-1)
    model.add_loss(K.mean(likelihood + divergence))
    model.compile("adam")
    history = model.fit(x, batch_size=16, epochs=3, verbose=0).history
    return dict(history, pictures=decoder.predict(np.array([[1.0, -1.0]])))


def main():
    leave_nothing_to_chance()
    numbers = {}
    for seed, program in enumerate(
        (perceptron, convolutional, augmented, autoencoder, variational)
    ):
        start(seed)
        found = program()
        numbers.update({program.__name__ + " " + name: found[name] for name in found})
    return numbers
