"""What callbacks do that is not compared with TensorFlow: folders, servers, slow methods."""

import http.server
import json
import threading
import urllib.parse

import numpy as np
import pytest

import stillflow as tf

XS = np.linspace(-1, 1, 30, dtype=np.float32).reshape(10, 3)


@pytest.fixture
def model():
    with tf.Graph().as_default(), tf.Session():
        model = tf.keras.models.Sequential([tf.keras.layers.Dense(1, input_shape=(3,))])
        model.compile("sgd", "mse")
        yield model


@pytest.fixture
def server():
    """A server that keeps what is posted to it."""

    class Keeping(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.server.kept.append((self.path, self.headers["Content-Type"], body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Keeping) as server:
        server.kept = []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def test_epochs_are_posted(model, server):
    root = f"http://127.0.0.1:{server.server_address[1]}"
    for as_json in (False, True):
        monitor = tf.keras.callbacks.RemoteMonitor(root, send_as_json=as_json)
        model.fit(XS, XS[:, :1], verbose=0, callbacks=[monitor])
    (path, kind, form), (_, json_kind, text) = server.kept
    assert path == "/publish/epoch/end/"
    assert (kind, json_kind) == ("application/x-www-form-urlencoded", "application/json")
    (data,) = urllib.parse.parse_qs(form)["data"]
    for told in (json.loads(data), json.loads(text)):
        assert told["epoch"] == 0
        assert told["loss"] > 0


def test_a_server_that_is_not_there_is_a_warning(model, caplog):
    monitor = tf.keras.callbacks.RemoteMonitor("http://127.0.0.1:9")
    model.fit(XS, XS[:, :1], verbose=0, callbacks=[monitor])
    assert "could not reach RemoteMonitor root server at http://127.0.0.1:9" in caplog.text


def test_embeddings_are_saved_for_the_projector(tmp_path):
    words = np.arange(20).reshape(10, 2) % 5
    with tf.Graph().as_default(), tf.Session():
        keras = tf.keras
        layers = [
            keras.layers.Embedding(5, 3, input_length=2, name="words"),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
        ]
        model = keras.models.Sequential(layers)
        model.compile("sgd", "mse")
        board = keras.callbacks.TensorBoard(
            tmp_path,
            embeddings_freq=1,
            embeddings_data=words,
            embeddings_metadata="labels.tsv",
            batch_size=4,
        )
        model.fit(words, XS[:, :1], epochs=2, verbose=0, callbacks=[board])
        table = model.get_weights()[0]
        without = keras.callbacks.TensorBoard(tmp_path, embeddings_freq=1)
        with pytest.raises(ValueError, match="embeddings_data must be provided"):
            model.fit(words, XS[:, :1], verbose=0, callbacks=[without])
    saved = tf.train.load_variable(str(tmp_path / "keras_embedding.ckpt-1"), "words_embedding")
    assert np.allclose(saved, table[words].reshape(10, 6))
    config = (tmp_path / "projector_config.pbtxt").read_text()
    assert 'tensor_name: "words_embedding:0"' in config
    assert 'metadata_path: "labels.tsv"' in config


def test_a_slow_method_is_told(model, caplog, monkeypatch):
    from stillflow.keras.callbacks import callback_list

    monkeypatch.setattr(callback_list, "_SLOW_SECONDS", 0.0)
    monkeypatch.setattr(callback_list, "_SLOW_SHARE", 0.0)
    model.fit(XS, XS[:, :1], verbose=0)
    assert "Method (on_train_batch_end) is slow compared to the batch update" in caplog.text


def test_one_callback_alone_is_refused(model):
    with pytest.raises(TypeError, match="to be a list of callbacks"):
        model.fit(XS, XS[:, :1], verbose=0, callbacks=tf.keras.callbacks.Callback())


def test_targets_that_are_forgotten_are_asked_for(model, caplog):
    model.fit(XS, verbose=0)
    model.train_on_batch(XS)
    assert caplog.text.count("There are no targets") == 2
    for run in (model.evaluate, model.test_on_batch):
        with pytest.raises(tf.errors.InvalidArgumentError, match="You must feed a value"):
            run(XS)
    assert caplog.text.count("There are no targets") == 4
