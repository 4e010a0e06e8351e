"""A program that saves or restores lookup tables, under either TensorFlow or Stillflow.

    python tables_exchange.py save PREFIX
    python tables_exchange.py restore PREFIX

Prints what the tables hold as JSON. `tests/golden/checkpoint/tables*` is what TensorFlow 1.15 saved
and printed.
"""

import json
import sys


def run(tf, action, prefix):
    """Returns what the tables hold when they are saved, or after they are restored."""
    lookup = tf.contrib.lookup
    with tf.Graph().as_default(), tf.Session() as session:
        words = lookup.MutableHashTable(tf.string, tf.int64, -1, name="words")
        rows = lookup.MutableHashTable(tf.int64, tf.float32, [0.0, 0.0], name="rows")
        dense = lookup.MutableDenseHashTable(
            tf.string, tf.int32, -1, empty_key="", deleted_key="-", initial_num_buckets=8
        )
        numbers = tf.Variable([1.0, 2.0], name="numbers")
        text = tf.constant(["a", "b", "a longer word", "c"])
        fill = [
            words.insert(text, tf.constant([1, 2, 3, 4], tf.int64)),
            rows.insert(tf.constant([3, 5], tf.int64), [[1.0, 2.0], [3.0, 4.0]]),
            dense.insert(text, [1, 2, 3, 4]),
        ]
        saver = tf.train.Saver()
        session.run([numbers.initializer, fill])
        session.run(dense.erase(text[1:2]))
        if action == "save":
            saver.save(session, prefix, write_meta_graph=False, write_state=False)
        else:
            session.run([words.remove(text), dense.erase(text), numbers.assign([0.0, 0.0])])
            saver.restore(session, prefix)
        found = {
            "words": words.lookup(text),
            "rows": rows.lookup(tf.constant([3, 4, 5], tf.int64)),
            "dense": dense.lookup(text),
            "buckets": dense.export(),
            "sizes": [words.size(), rows.size(), dense.size()],
            "numbers": numbers,
        }
        return {key: plain(value) for key, value in session.run(found).items()}


def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, bytes):
        return value.decode()
    return plain(value.tolist()) if hasattr(value, "tolist") else value


if __name__ == "__main__":
    import tensorflow

    print(json.dumps(run(tensorflow, *sys.argv[1:])))
