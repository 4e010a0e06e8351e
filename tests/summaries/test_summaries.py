"""Summaries are those of TensorFlow 1.15: graphs, tags, buckets, pixels, samples, refusals."""

import base64
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from summary_cases import CASES
from summary_observing import observed

import stillflow as tf

RECORDED = json.loads(
    (Path(__file__).parents[1] / "golden" / "summaries" / "summaries.json").read_text()
)["cases"]


def content(recorded):
    """The Summary of an observation, and the pixels of its images: two encoders' files differ."""
    summary = tf.Summary.FromString(base64.b64decode(recorded["summary"]))
    pixels = []
    for value in summary.value:
        if value.HasField("image"):
            image = Image.open(io.BytesIO(value.image.encoded_image_string))
            pixels.append((image.mode, np.asarray(image).tolist()))
            value.image.ClearField("encoded_image_string")
    return summary.SerializeToString(), pixels


def test_every_case_is_recorded():
    assert list(CASES) == list(RECORDED)


@pytest.mark.parametrize("name", CASES)
def test_it_is_tensorflows(name):
    got, want = observed(tf, CASES[name]), RECORDED[name]
    if "error" in want:
        assert got == want
    else:
        assert got.get("graph") == want["graph"], got
        assert content(got) == content(want)


def test_merge_all_of_nothing_is_none():
    with tf.Graph().as_default():
        assert tf.summary.merge_all() is None


def test_a_summary_beside_a_training_step():
    """The run is compiled around the summary op, and its value is what the step computed."""
    with tf.Graph().as_default(), tf.Session() as sess:
        w = tf.Variable([3.0, 4.0])
        loss = tf.reduce_sum(w * w)
        step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
        merged = tf.summary.merge([tf.summary.scalar("loss", loss), tf.summary.histogram("w", w)])
        sess.run(tf.global_variables_initializer())
        _, serialized, now = sess.run([step, merged, loss])
        assert tf.Summary.FromString(serialized).value[0].simple_value == now


def test_the_description_of_a_tensor_summary_node():
    node = tf.NodeDef(op="TensorSummary")
    node.attr["description"].s = b'{"typeHint": "mine"}'
    assert tf.summary.get_summary_description(node).type_hint == "mine"
    node.op = "ScalarSummary"
    with pytest.raises(ValueError, match="Can't get_summary_description on ScalarSummary"):
        tf.summary.get_summary_description(node)
