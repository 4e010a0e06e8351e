"""A language model of characters: trains on a text, saves itself, and writes on.

    python char_lstm.py train [--text FILE ...] [--steps 1500]
    python char_lstm.py sample [--start "The "] [--length 400]

Without --text it reads the documentation of this repository.
"""

import argparse
import collections
import glob
import json
import os
import sys
import time

import numpy as np
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))
DOCS = os.path.join(HERE, "..", "..", "docs", "*.md")

UNITS, LAYERS = 128, 2
BATCH, STEPS_BACK = 32, 50  # sequences at a time, and how far back a gradient goes
RATE, CLIP = 0.002, 5.0
KEEP = 0.9  # of what one layer hands to the next
SEED = 1


class Alphabet:
    """The characters of a text, numbered by how often they occur."""

    def __init__(self, characters):
        self.characters = characters
        self.numbers = {character: i for i, character in enumerate(characters)}

    @classmethod
    def of(cls, text):
        counts = collections.Counter(text)
        return cls("".join(sorted(counts, key=lambda c: (-counts[c], c))))

    def encode(self, text):
        return np.array([self.numbers[c] for c in text if c in self.numbers], np.int32)

    def decode(self, numbers):
        return "".join(self.characters[i] for i in numbers)


class Model:
    """Two LSTMs, one upon the other, which say how likely each next character is.

    Attributes:
      characters: i32[batch, time], fed.
      start, end: the states before and behind these characters.
      scores: f32[batch * time, alphabet].
    """

    def __init__(self, size, batch, keep=1.0):
        self.characters = tf.placeholder(tf.int32, [batch, None], name="characters")
        cells = [tf.nn.rnn_cell.BasicLSTMCell(UNITS) for _ in range(LAYERS)]
        if keep < 1:
            cells = [tf.nn.rnn_cell.DropoutWrapper(c, output_keep_prob=keep) for c in cells]
        stack = tf.nn.rnn_cell.MultiRNNCell(cells)
        self.start = stack.zero_state(batch, tf.float32)
        one_hot = tf.one_hot(self.characters, size)
        outputs, self.end = tf.nn.dynamic_rnn(stack, one_hot, initial_state=self.start)
        flat = tf.reshape(outputs, [-1, UNITS])
        w = tf.get_variable("scores/w", [UNITS, size])
        b = tf.get_variable("scores/b", [size], initializer=tf.zeros_initializer())
        self.scores = tf.nn.xw_plus_b(flat, w, b)


def read(paths):
    texts = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            texts.append(file.read())
    return "\n".join(texts)


def batches(numbers):
    """Endless (is it the start?, i32[BATCH, STEPS_BACK + 1]); each goes on where the last ended."""
    length = len(numbers) // BATCH
    if length <= STEPS_BACK:
        sys.exit(f"The text is too short: {len(numbers)} characters.")
    rows = numbers[: length * BATCH].reshape(BATCH, length)
    while True:
        for at in range(0, length - STEPS_BACK, STEPS_BACK):
            yield at == 0, rows[:, at : at + STEPS_BACK + 1]


def train(paths, steps, folder):
    text = read(paths)
    alphabet = Alphabet.of(text)
    print(f"{len(text)} characters, {len(alphabet.characters)} different")
    tf.set_random_seed(SEED)
    model = Model(len(alphabet.characters), BATCH, KEEP)
    following = tf.placeholder(tf.int32, [BATCH, None], name="following")
    loss = tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=tf.reshape(following, [-1]), logits=model.scores
        )
    )
    variables = tf.trainable_variables()
    gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), CLIP)
    step = tf.train.AdamOptimizer(RATE).apply_gradients(zip(gradients, variables))
    saver = tf.train.Saver()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        zeros = session.run(model.start)
        state, since = zeros, time.time()
        for i, (is_start, rows) in zip(range(1, steps + 1), batches(alphabet.encode(text))):
            feeds = {model.characters: rows[:, :-1], following: rows[:, 1:]}
            feeds[model.start] = zeros if is_start else state
            _, found, state = session.run([step, loss, model.end], feeds)
            if i % 100 == 0 or i == steps:
                took = time.time() - since
                print(f"step {i:5d}   loss {found:.4f}   {i / took:.1f} steps/s")
        if not os.path.isdir(folder):
            os.makedirs(folder)
        saver.save(session, os.path.join(folder, "char_lstm"))
    with open(os.path.join(folder, "alphabet.json"), "w") as file:
        json.dump(alphabet.characters, file)


def sample(folder, start, length, temperature):
    path = os.path.join(folder, "alphabet.json")
    if not os.path.exists(path):
        sys.exit(f"No model in {folder}: train one first.")
    with open(path) as file:
        alphabet = Alphabet(json.load(file))
    tf.set_random_seed(SEED)
    model = Model(len(alphabet.characters), batch=1)
    # Drawn of what is likely: the lower the temperature, the likelier.
    drawn = tf.multinomial(model.scores[-1:] / temperature, 1)
    with tf.Session() as session:
        tf.train.Saver().restore(session, os.path.join(folder, "char_lstm"))
        state = session.run(model.start)
        numbers = list(alphabet.encode(start))
        fed = [numbers]
        for _ in range(length):
            feeds = {model.characters: fed, model.start: state}
            following, state = session.run([drawn, model.end], feeds)
            numbers.append(following[0, 0])
            fed = following
    print(alphabet.decode(numbers))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["train", "sample"])
    parser.add_argument("--text", nargs="+", default=sorted(glob.glob(DOCS)))
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--model", default=os.path.join(HERE, "model"))
    parser.add_argument("--start", default="The ")
    parser.add_argument("--length", type=int, default=400)
    parser.add_argument("--temperature", type=float, default=0.7)
    options = parser.parse_args()
    if options.what == "train":
        train(options.text, options.steps, options.model)
    else:
        sample(options.model, options.start, options.length, options.temperature)


if __name__ == "__main__":
    main()
