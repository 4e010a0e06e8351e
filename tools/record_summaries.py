"""Records what TensorFlow 1.15's `tf.summary` makes of the cases in `tests/summaries`.

Run it with TensorFlow 1.15's own Python, from anywhere: python tools/record_summaries.py
It rewrites `tests/golden/summaries/summaries.json` and the event file beside it.
"""

import json
import os
import sys

import tensorflow as tf

TESTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests")
sys.path[:0] = [TESTS, os.path.join(TESTS, "summaries")]

from summary_cases import CASES  # noqa: E402
from summary_observing import observed  # noqa: E402

GOLDEN = os.path.join(TESTS, "golden", "summaries")


def record_cases():
    lines = [
        json.dumps(name) + ": " + json.dumps(observed(tf, fn), sort_keys=True)
        for name, fn in CASES.items()
    ]
    with open(os.path.join(GOLDEN, "summaries.json"), "w") as file:
        file.write('{"source": "TensorFlow ' + tf.__version__ + '",\n"cases": {\n')
        file.write(",\n".join(lines) + "\n}}\n")


def record_event_file():
    """An event file with a graph, scalars and text, under a name of its own."""
    with tf.Graph().as_default() as graph:
        loss = tf.summary.scalar("loss", tf.placeholder_with_default(0.5, [], name="value"))
        note = tf.summary.text("note", tf.constant("hello"))
        with tf.Session() as session:
            writer = tf.summary.FileWriter(GOLDEN, graph, filename_suffix=".tensorflow")
            for step in range(3):
                writer.add_summary(session.run(loss, {"value:0": step / 4.0}), step)
                writer.add_summary(session.run(note), step)
            writer.close()
    made = next(name for name in os.listdir(GOLDEN) if name.endswith(".tensorflow"))
    os.replace(os.path.join(GOLDEN, made), os.path.join(GOLDEN, "events.tensorflow"))


if __name__ == "__main__":
    tf.get_logger().setLevel("ERROR")
    record_cases()
    record_event_file()
