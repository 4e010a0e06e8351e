"""A convolutional network of Keras 2.2.4: `tf1_keras.py epoch [BATCHES] | predict`.

Either one epoch of batches of 128 on random images, 60,000 if nothing else is said; or what
predicting 10,000 takes once that has been done, in seconds. Keras is installed from PyPI.
"""

import os
import sys
import time

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "libraries"))
import library_folders  # noqa: E402

sys.path[:0] = library_folders.folders("keras_pictures")
import keras  # noqa: E402
from keras import layers  # noqa: E402

model = keras.models.Sequential()
model.add(layers.Conv2D(32, (3, 3), activation="relu", input_shape=(28, 28, 1)))
model.add(layers.Conv2D(64, (3, 3), activation="relu"))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Dropout(0.25))
model.add(layers.Flatten())
model.add(layers.Dense(128, activation="relu"))
model.add(layers.Dropout(0.5))
model.add(layers.Dense(10, activation="softmax"))
model.compile(keras.optimizers.Adadelta(), "categorical_crossentropy", metrics=["accuracy"])

random = np.random.RandomState(1)
if sys.argv[1] == "epoch":
    count = 128 * int(sys.argv[2]) if len(sys.argv) > 2 else 60000
    images = random.rand(count, 28, 28, 1).astype(np.float32)
    classes = keras.utils.to_categorical(random.randint(0, 10, count), 10)
    model.fit(images, classes, batch_size=128, epochs=1, verbose=2)
else:
    images = random.rand(10000, 28, 28, 1).astype(np.float32)
    model.predict(images)
    start = time.time()
    model.predict(images)
    print(time.time() - start)
