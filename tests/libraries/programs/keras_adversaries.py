"""Keras 2.2.4 with several models or losses: twins, adversaries, a style carried over."""

import keras
import keras.backend as K
import numpy as np
from keras import layers, models
from keras_beginnings import leave_nothing_to_chance, pictures, start, totals


def twins():
    """Whether two pictures are of one class, by the distance of what one network makes of them."""
    x, labels = pictures(96)
    half = models.Sequential(
        [layers.Flatten(input_shape=(12, 12, 1)), layers.Dense(8, activation="relu")]
    )
    first, second = layers.Input((12, 12, 1)), layers.Input((12, 12, 1))

    def distance(of):
        squares = K.sum(K.square(of[0] - of[1]), axis=1, keepdims=True)
        return K.sqrt(K.maximum(squares, K.epsilon()))

    def contrastive(same, apart):
        same = K.cast(same, "float32")
        return K.mean(same * K.square(apart) + (1 - same) * K.square(K.maximum(1 - apart, 0)))

    def accuracy(same, apart):
        return K.mean(K.equal(same, K.cast(apart < 0.5, same.dtype)))

    apart = layers.Lambda(distance, output_shape=lambda shapes: (shapes[0][0], 1))
    model = models.Model([first, second], apart([half(first), half(second)]))
    model.compile(keras.optimizers.RMSprop(), contrastive, metrics=[accuracy])
    pairs, same = [x[::2], x[1::2]], labels[::2] == labels[1::2]
    return dict(model.fit(pairs, same, 16, 3, verbose=0).history, weights=totals(model))


def adversaries():
    """A generator and a discriminator in turn, by `train_on_batch`."""
    x, _ = pictures(48)
    tell = models.Sequential()
    tell.add(layers.Conv2D(4, 3, strides=2, padding="same", input_shape=(12, 12, 1)))
    tell.add(layers.LeakyReLU(0.2))
    tell.add(layers.Flatten())
    tell.add(layers.Dense(1, activation="sigmoid"))
    tell.compile(keras.optimizers.Adam(0.01, 0.5), "binary_crossentropy", metrics=["accuracy"])
    make = models.Sequential()
    make.add(layers.Dense(6 * 6 * 4, input_dim=5))
    make.add(layers.Reshape((6, 6, 4)))
    make.add(layers.BatchNormalization(momentum=0.8))
    make.add(layers.UpSampling2D())
    make.add(layers.Conv2D(1, 3, padding="same", activation="tanh"))
    tell.trainable = False
    noise = layers.Input((5,))
    both = models.Model(noise, tell(make(noise)))
    both.compile(keras.optimizers.Adam(0.01, 0.5), "binary_crossentropy")
    seen = []
    for step in range(6):
        drawn = np.random.normal(size=(8, 5))
        told = tell.train_on_batch(x[step * 8 : step * 8 + 8], np.ones((8, 1)))
        told += tell.train_on_batch(make.predict(drawn), np.zeros((8, 1)))
        seen.append([*told, both.train_on_batch(drawn, np.ones((8, 1)))])
    return {"losses": seen, "weights": totals(both)}


def classified_adversaries():
    """Adversaries that know of classes: two outputs, losses by name, weights of samples."""
    x, labels = pictures(48)
    image, noise, wanted = layers.Input((12, 12, 1)), layers.Input((5,)), layers.Input((1,))
    y = layers.Dropout(0.3)(layers.Conv2D(4, 3, strides=2, activation="relu")(image))
    y = layers.Flatten()(y)
    real = layers.Dense(1, activation="sigmoid", name="real")(y)
    kind = layers.Dense(3, activation="softmax", name="kind")(y)
    tell = models.Model(image, [real, kind])
    losses = {"real": "binary_crossentropy", "kind": "sparse_categorical_crossentropy"}
    tell.compile(keras.optimizers.Adam(0.01, 0.5), losses, loss_weights={"real": 1.0, "kind": 0.5})
    chosen = layers.Flatten()(
        layers.Embedding(3, 5, embeddings_initializer="glorot_normal")(wanted)
    )
    y = layers.Dense(3 * 3 * 4, activation="relu")(layers.multiply([noise, chosen]))
    y = layers.Conv2DTranspose(4, 5, strides=2, padding="same")(layers.Reshape((3, 3, 4))(y))
    y = layers.BatchNormalization()(layers.PReLU()(y))
    y = layers.Conv2DTranspose(1, 5, strides=2, padding="same", activation="tanh")(y)
    make = models.Model([noise, wanted], y)
    tell.trainable = False
    both = models.Model([noise, wanted], tell(make([noise, wanted])))
    both.compile(keras.optimizers.Adam(0.01, 0.5), ["binary_crossentropy", losses["kind"]])
    seen = []
    for step in range(4):
        drawn, of = np.random.normal(size=(8, 5)), np.random.randint(3, size=(8, 1))
        at = slice(step * 8, step * 8 + 8)
        images = np.concatenate([x[at], make.predict([drawn, of])])
        targets = [np.repeat([0.95, 0.0], 8), np.concatenate([labels[at, None], of])]
        weights = [np.ones(16), np.repeat([2.0, 0.0], 8)]
        told = tell.train_on_batch(images, targets, sample_weight=weights)
        seen.append(told + both.train_on_batch([drawn, of], [np.ones(8), of]))
    return {"losses": seen, "weights": totals(both)}


def style():
    """A picture that has the content of one and the style of another, by gradients for L-BFGS."""
    rng = np.random.RandomState(0)
    content, manner, mixed = (K.variable(rng.rand(1, 16, 16, 3)) for _ in range(3))
    shown = K.placeholder((1, 16, 16, 3))
    see = K.concatenate([content, manner, shown], axis=0)
    first = layers.Conv2D(6, 3, activation="relu", padding="same")(layers.Input(tensor=see))
    second = layers.Conv2D(6, 3, activation="relu")(layers.AveragePooling2D()(first))

    def gram(features):
        flat = K.batch_flatten(K.permute_dimensions(features, (2, 0, 1)))
        return K.dot(flat, K.transpose(flat))

    loss = 0.02 * K.sum(K.square(second[2] - second[0]))
    for features in (first, second):
        loss = loss + K.sum(K.square(gram(features[1]) - gram(features[2]))) / 1e4
    across = K.square(shown[:, :-1, :-1] - shown[:, 1:, :-1])
    down = K.square(shown[:, :-1, :-1] - shown[:, :-1, 1:])
    loss = loss + K.sum(K.pow(across + down, 1.25))
    evaluate = K.function([shown], [loss, *K.gradients(loss, [shown])])
    picture, seen = K.get_value(mixed), []
    for _ in range(8):
        value, slope = evaluate([picture])
        picture = picture - 0.01 * slope
        seen.append(value)
    return {"losses": seen, "picture": picture[0, :2, :2]}


def main():
    leave_nothing_to_chance()
    numbers = {}
    for seed, program in enumerate((twins, adversaries, classified_adversaries, style)):
        start(seed)
        found = program()
        numbers.update({program.__name__ + " " + name: found[name] for name in found})
    return numbers
