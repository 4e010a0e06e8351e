"""Texts and sequences made ready for models by `tf.keras.preprocessing`."""

import json
import random

import numpy as np

from .suite import Suite

suite = Suite("keras_preprocessing")

TEXTS = ["The cat sat on the mat.", "The dog sat on the log!", "Dogs and cats; living together"]


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def padded(tf, run):
    pad = tf.keras.preprocessing.sequence.pad_sequences
    rows = [[1, 2], [], [3, 4, 5], [6]]
    run.note([pad(rows), pad(rows, maxlen=2), pad(rows, maxlen=2, truncating="post")])
    run.note(pad(rows, padding="post", value=-1.5, dtype="float32"))
    run.note(pad([[[1, 2]], [[3, 4], [5, 6]]], maxlen=3))
    run.note(pad([["a"], ["b", "cd"]], dtype=object, value="none").tolist())
    run.refused(lambda: pad(iter(rows)))
    run.refused(lambda: pad([1, 2]))
    run.refused(lambda: pad(rows, padding="before"))
    run.refused(lambda: pad(rows, truncating="before"))
    run.refused(lambda: pad(rows, value="text"))
    run.refused(lambda: pad([[[1, 2]], [[3]]]))


@story
def neighbours(tf, run):
    sequence = tf.keras.preprocessing.sequence
    run.note(sequence.make_sampling_table(5, sampling_factor=0.01))
    run.note(
        sequence.skipgrams([1, 2, 0, 3, 4], 5, window_size=1, negative_samples=0, shuffle=False)
    )
    random.seed(3)
    run.note(sequence.skipgrams([1, 2, 0, 3, 4], 5, window_size=2, negative_samples=0.5))
    random.seed(4)
    table = sequence.make_sampling_table(6, sampling_factor=0.3)
    options = {"categorical": True, "sampling_table": table, "seed": 5}
    run.note(sequence.skipgrams(range(1, 6), 6, window_size=1, **options))


@story
def series(tf, run):
    Generator = tf.keras.preprocessing.sequence.TimeseriesGenerator
    data = np.arange(12).reshape(12, 1)
    for options in (
        {},
        {"sampling_rate": 2, "batch_size": 3},
        {"stride": 3, "batch_size": 2, "reverse": True},
        {"start_index": 2, "end_index": 9, "batch_size": 4},
    ):
        made = Generator(data, data * 10, length=4, **options)
        run.note([len(made), made[0], made[len(made) - 1], sorted(made.get_config())])
    np.random.seed(3)
    run.note(Generator(data, data, length=3, shuffle=True, batch_size=4)[0])
    run.note(json.loads(Generator([1, 2], [3, 4], length=1).to_json())["class_name"])
    run.refused(lambda: Generator(data, data[1:], length=3))
    run.refused(lambda: Generator(data, data, length=12))
    run.refused(lambda: Generator([1, b"2"], [3, 4], length=1).to_json())


@story
def words(tf, run):
    text = tf.keras.preprocessing.text
    run.note(text.text_to_word_sequence(TEXTS[0]))
    run.note(text.text_to_word_sequence("a,b--C", filters=",", lower=False, split="--"))
    run.note(text.hashing_trick(TEXTS[1], 20, hash_function="md5"))
    run.note(text.hashing_trick(TEXTS[1], 20, hash_function=len))
    run.note(len(text.one_hot(TEXTS[1], 20)))


@story
def tokens(tf, run):
    Tokenizer = tf.keras.preprocessing.text.Tokenizer
    for options in (
        {},
        {"num_words": 4},
        {"num_words": 5, "oov_token": "<none>"},
        {"char_level": True, "num_words": 8},
        {"lower": False, "filters": ".!", "split": "t"},
    ):
        tokenizer = Tokenizer(**options)
        tokenizer.fit_on_texts(TEXTS)
        run.note(sorted(tokenizer.word_index.items()))
        run.note([sorted(tokenizer.index_docs.items()), tokenizer.document_count])
        numbers = tokenizer.texts_to_sequences([*TEXTS, "the unknown bird", ["The", "cat"]])
        run.note([numbers, tokenizer.sequences_to_texts([*numbers, [99]])])
        for mode in ("binary", "count", "freq", "tfidf"):
            run.note(tokenizer.texts_to_matrix(TEXTS[:2], mode=mode))
        config = tokenizer.get_config()
        run.note([sorted(config), sorted(json.loads(config["word_counts"]).items())])


@story
def tokens_of_numbers(tf, run):
    tokenizer = tf.keras.preprocessing.text.Tokenizer(num_words=4)
    tokenizer.fit_on_sequences([[1, 2, 1], [2, 3, 7]])
    run.note(tokenizer.sequences_to_matrix([[1, 2, 2], []], mode="tfidf"))
    run.note(json.loads(tokenizer.to_json())["config"]["document_count"])


@story
def misused_tokens(tf, run):
    Tokenizer = tf.keras.preprocessing.text.Tokenizer
    run.refused(lambda: Tokenizer(words=3))
    run.refused(lambda: Tokenizer().sequences_to_matrix([[1]]))
    run.refused(lambda: Tokenizer(num_words=3).sequences_to_matrix([[1]], mode="tfidf"))
    run.refused(lambda: Tokenizer(num_words=3).sequences_to_matrix([[1]], mode="rare"))
