"""Keras 2.2.4 on sequences: opinions, sums written out, text made letter by letter."""

import keras
import numpy as np
from keras import layers, models
from keras_beginnings import leave_nothing_to_chance, one_hot, start, totals


def opinions():
    """Made reviews of words by number, those above 30 kind, the rest not; longer ones are cut."""
    rng = np.random.RandomState(0)
    reviews = [rng.randint(1, 60, size=rng.randint(4, 20)) for _ in range(96)]
    kind = np.array([review.mean() > 30 for review in reviews])
    x = keras.preprocessing.sequence.pad_sequences(reviews, maxlen=12)
    model = models.Sequential()
    model.add(layers.Embedding(60, 8, mask_zero=True))
    model.add(layers.LSTM(8, dropout=0.2, recurrent_dropout=0.2))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(x[:64], kind[:64], 16, 3, verbose=0, validation_data=(x[64:], kind[64:]))
    return dict(history.history, weights=totals(model))


def filtered():
    """The same of windows of words, and both ways through them."""
    rng = np.random.RandomState(1)
    x = rng.randint(1, 60, size=(64, 12))
    words = layers.Input((12,))
    y = layers.Embedding(60, 8)(words)
    y = layers.Conv1D(8, 3, padding="valid", activation="relu")(layers.SpatialDropout1D(0.2)(y))
    y = layers.MaxPooling1D(2)(y)
    y = layers.Bidirectional(layers.GRU(6, return_sequences=True))(y)
    y = layers.TimeDistributed(layers.Dense(4, activation="tanh"))(y)
    y = layers.concatenate([layers.GlobalMaxPooling1D()(y), layers.Flatten()(y)])
    model = models.Model(words, layers.Dense(1, activation="sigmoid")(y))
    model.compile(keras.optimizers.Adagrad(0.05), "binary_crossentropy")
    history = model.fit(x, x.mean(1) > 30, 16, 3, verbose=0).history
    return dict(history, weights=totals(model))


def sums():
    """`12+7  ` to `19 `, letter by letter: one network reads, another writes."""
    letters = "0123456789+ "
    rng = np.random.RandomState(2)

    def encoded(texts):
        return np.array([[np.eye(len(letters))[letters.index(c)] for c in text] for text in texts])

    pairs = rng.randint(100, size=(96, 2))
    x = encoded(["{}+{}".format(*pair).ljust(5) for pair in pairs])
    y = encoded([str(pair.sum()).ljust(3) for pair in pairs])
    model = models.Sequential()
    model.add(layers.LSTM(16, input_shape=(5, len(letters))))
    model.add(layers.RepeatVector(3))
    model.add(layers.LSTM(16, return_sequences=True))
    model.add(layers.TimeDistributed(layers.Dense(len(letters), activation="softmax")))
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, 16, 3, verbose=0).history
    return dict(history, predicted=model.predict(x[:2]))


def translated():
    """An encoder whose states a decoder starts from; decoding one step at a time."""
    rng = np.random.RandomState(3)
    source, target = (one_hot(rng.randint(6, size=(48, 5))) for _ in range(2))
    given, told = layers.Input((None, 6)), layers.Input((None, 6))
    _, h, c = layers.LSTM(8, return_state=True)(given)
    decoder = layers.LSTM(8, return_sequences=True, return_state=True)
    written, _, _ = decoder(told, initial_state=[h, c])
    choose = layers.Dense(6, activation="softmax")
    model = models.Model([given, told], choose(written))
    model.compile("rmsprop", "categorical_crossentropy")
    history = model.fit([source, target], np.roll(target, -1, 1), 12, 3, verbose=0).history
    states = [layers.Input((8,)), layers.Input((8,))]
    step, h2, c2 = decoder(told, initial_state=states)
    encode, decode = (
        models.Model(given, [h, c]),
        models.Model([told, *states], [choose(step), h2, c2]),
    )
    held, chosen = encode.predict(source[:1]), []
    for _ in range(4):
        likely, *held = decode.predict([target[:1, :1], *held])
        chosen.append(likely)
    return dict(history, chosen=chosen)


def written():
    """The next letter after eight; what a callback writes after each epoch."""
    text = "the rain in spain stays mainly in the plain " * 6
    letters = sorted(set(text))
    x = np.array([[letters.index(c) for c in text[i : i + 8]] for i in range(0, 240, 2)])
    y = np.array([letters.index(text[i + 8]) for i in range(0, 240, 2)])
    model = models.Sequential([layers.LSTM(16, input_shape=(8, len(letters)))])
    model.add(layers.Dense(len(letters), activation="softmax"))
    model.compile(keras.optimizers.RMSprop(lr=0.01), "categorical_crossentropy")
    seen = []

    def write(epoch, _):
        window = list(x[0])
        for _ in range(6):
            likely = model.predict(np.eye(len(letters))[window[-8:]][None], verbose=0)[0]
            window.append(int(np.argmax(likely)))
        seen.append(window[8:])

    writing = keras.callbacks.LambdaCallback(on_epoch_end=write)
    samples = one_hot(x), one_hot(y, len(letters))
    history = model.fit(samples[0], samples[1], 24, 3, verbose=0, callbacks=[writing]).history
    return dict(history, seen=seen)


def carried_over():
    """States that stay from batch to batch."""
    rng = np.random.RandomState(4)
    x = rng.rand(16, 4, 2)
    model = models.Sequential()
    model.add(layers.GRU(5, stateful=True, batch_input_shape=(4, 4, 2), return_sequences=True))
    model.add(layers.SimpleRNN(3, stateful=True))
    model.add(layers.Dense(1))
    model.compile("sgd", "mse")
    seen = []
    for _ in range(2):
        seen.append(model.fit(x, x.sum((1, 2)), 4, 1, shuffle=False, verbose=0).history["loss"])
        model.reset_states()
    return {"losses": seen, "predicted": model.predict(x, batch_size=4)}


def main():
    leave_nothing_to_chance()
    numbers = {}
    programs = (opinions, filtered, sums, translated, written, carried_over)
    for seed, program in enumerate(programs):
        start(seed)
        found = program()
        numbers.update({program.__name__ + " " + name: found[name] for name in found})
    return numbers
