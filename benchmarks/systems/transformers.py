"""Transformers as programs of TensorFlow 1.x write them: one that is trained, one that samples."""

import numpy as np
import tensorflow as tf


def _norm(x, scope):
    with tf.variable_scope(scope):
        width = x.shape[-1].value
        scale = tf.get_variable("scale", [width], initializer=tf.ones_initializer())
        shift = tf.get_variable("shift", [width], initializer=tf.zeros_initializer())
        mean, variance = tf.nn.moments(x, [-1], keep_dims=True)
        return (x - mean) * tf.rsqrt(variance + 1e-6) * scale + shift


def _dense(x, columns, scope):
    """x: f[rows, n] -> f[rows, columns]"""
    with tf.variable_scope(scope):
        normal = tf.random_normal_initializer(stddev=0.02)
        w = tf.get_variable("w", [x.shape[-1].value, columns], initializer=normal)
        return tf.matmul(x, w) + tf.get_variable("b", [columns], initializer=tf.zeros_initializer())


def _gelu(x):
    return 0.5 * x * (1.0 + tf.tanh(0.7978846 * (x + 0.044715 * tf.pow(x, 3))))


def _heads(x, batch, heads):
    """x: f[batch * n, width] -> f[batch, heads, n, width / heads]"""
    split = tf.reshape(x, [batch, -1, heads, x.shape[-1].value // heads])
    return tf.transpose(split, [0, 2, 1, 3])


def _block(x, batch, heads, past, scope):
    """x: f[batch * n, width], and what was before -> the same shape; its keys and values."""
    width = x.shape[-1].value
    with tf.variable_scope(scope):
        parts = tf.split(_dense(_norm(x, "before"), 3 * width, "attention"), 3, axis=1)
        query, keys, values = [_heads(part, batch, heads) for part in parts]
        present = tf.stack([keys, values], axis=1)
        if past is not None:
            before, seen = tf.unstack(past, axis=1)
            keys, values = tf.concat([before, keys], 2), tf.concat([seen, values], 2)
        weights = tf.matmul(query, keys, transpose_b=True) * (width // heads) ** -0.5
        joined = tf.transpose(tf.matmul(tf.nn.softmax(weights), values), [0, 2, 1, 3])
        x = x + _dense(tf.reshape(joined, [-1, width]), width, "joined")
        return x + _dense(_gelu(_dense(_norm(x, "after"), 4 * width, "in")), width, "out"), present


def sampler(layers=4, width=128, heads=4, words=512, length=64):
    """What a language model says, word by word, keys and values of all before kept."""

    def said(word, past):
        with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
            normal = tf.random_normal_initializer(stddev=0.02)
            table = tf.get_variable("words", [words, width], initializer=normal)
            places = tf.get_variable("places", [length + 1, width], initializer=normal)
            x = tf.gather(table, word) + tf.gather(places, [tf.shape(past)[4]])
            presents = []
            for layer, own in enumerate(tf.unstack(past, axis=1)):
                x, present = _block(x, 1, heads, own, f"layer{layer}")
                presents.append(present)
            return tf.matmul(_norm(x, "last"), table, transpose_b=True), tf.stack(presents, axis=1)

    def turn(past, word, text):
        logits, present = said(word, past)
        best, _ = tf.nn.top_k(logits, 40)
        logits = tf.where(logits < best[:, -1:], tf.ones_like(logits) * -1e10, logits)
        word = tf.cast(tf.multinomial(logits, 1)[0], tf.int32)
        return [tf.concat([past, present], 4), word, tf.concat([text, word], 0)]

    past = tf.zeros([1, layers, 2, heads, 0, width // heads])
    shapes = [past.shape[:4].concatenate([None, width // heads]), [1], [None]]
    text = tf.while_loop(
        lambda *_: True,
        turn,
        [past, tf.zeros([1], tf.int32), tf.zeros([0], tf.int32)],
        [tf.TensorShape(shape) for shape in shapes],
        maximum_iterations=length,
        back_prop=False,
    )[2]
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    step = lambda: session.run(text)
    step.warm_steps = 120
    return step


def pretraining(layers=2, width=128, heads=2, words=30522, batch=8, length=128, hidden=20):
    """A small BERT: some words of each text are to be guessed from the others; Adam, clipped."""
    text = tf.placeholder(tf.int32, [batch, length])
    places = tf.placeholder(tf.int32, [batch * hidden])
    answers = tf.placeholder(tf.int32, [batch * hidden])
    normal = tf.truncated_normal_initializer(stddev=0.02)
    table = tf.get_variable("words", [words, width], initializer=normal)
    rows = tf.get_variable("places", [length, width], initializer=normal)
    x = tf.reshape(tf.gather(table, text) + rows, [-1, width])
    x = tf.nn.dropout(_norm(x, "first"), keep_prob=0.9)
    for layer in range(layers):
        x, _ = _block(x, batch, heads, None, f"layer{layer}")
        x = tf.nn.dropout(x, keep_prob=0.9)
    chosen = _norm(_gelu(_dense(tf.gather(x, places), width, "guess")), "guessed")
    logits = tf.matmul(chosen, table, transpose_b=True)
    logits += tf.get_variable("bias", [words], initializer=tf.zeros_initializer())
    chances = tf.nn.log_softmax(logits)
    loss = -tf.reduce_mean(tf.reduce_sum(chances * tf.one_hot(answers, words), 1))
    variables = tf.trainable_variables()
    slopes, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 1.0)
    optimizer = tf.train.AdamOptimizer(1e-4)
    train = optimizer.apply_gradients(zip(slopes, variables), tf.train.get_or_create_global_step())
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    random = np.random.RandomState(8)
    fed = {
        text: random.randint(0, words, (batch, length)),
        places: random.randint(0, batch * length, batch * hidden),
        answers: random.randint(0, words, batch * hidden),
    }
    step = lambda: session.run([train, loss], feed_dict=fed)
    step.warm_steps = 30
    return step
