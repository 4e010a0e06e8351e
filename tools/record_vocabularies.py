"""Records the files of vocabulary processors that TensorFlow 1.15 writes.

Run it with TensorFlow 1.15's own Python, from anywhere:

    python tools/record_vocabularies.py

It rewrites `tests/golden/learn/`: pickles of protocol 0, as Python 2 wrote them, and 3.
"""

import os
import pickle

import tensorflow as tf

FOLDER = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "golden", "learn"
)

if __name__ == "__main__":
    words = tf.contrib.learn.preprocessing.VocabularyProcessor(4)
    words.fit(["the cat is über all", "the mat"])
    words.save(os.path.join(FOLDER, "words.3"))
    with open(os.path.join(FOLDER, "words.0"), "wb") as file:
        file.write(pickle.dumps(words, protocol=0))
    trimmed = tf.contrib.learn.preprocessing.VocabularyProcessor(4, min_frequency=1)
    trimmed.fit(["the cat is über all", "the mat"])
    trimmed.save(os.path.join(FOLDER, "trimmed.3"))
