"""Networks that are known by name. Numbers are those of TensorFlow 1.15."""

import json
import sys

import numpy as np
import pytest

import stillflow as tf
from stillflow.keras.utils import files

applications = tf.keras.applications


@pytest.fixture(autouse=True)
def cleared():
    yield
    tf.keras.backend.clear_session()


# Name, size of pictures, options; parameters, layers, nodes, the last layer, first probabilities.
SMALL = [
    ("MobileNet", 64, {"alpha": 0.25, "classes": 7}, 220343, 93, 2418, "act_softmax", [0.14285715]),
]
LARGE = [
    ("VGG16", 32, {"include_top": False}, 14714688, 19, 322, "block5_pool", [0, 0, 0]),
    ("MobileNetV2", 64, {"alpha": 0.35, "classes": 7}, 419175, 157, 4530, "Logits", [0.14285715]),
    ("ResNet50", 64, {"classes": 5}, 23597957, 177, 5139, "probs", [0.20626426, 0.19589388]),
    ("ResNet50V2", 64, {"classes": 5}, 23575045, 192, 4622, "probs", [0.19832678, 0.20176342]),
    ("DenseNet121", 64, {"classes": 5}, 7042629, 429, 10561, "fc1000", [0.19738463, 0.19968057]),
    (
        *("NASNetMobile", 64, {"classes": 5}, 4275001, 771, 19210, "predictions"),
        [0.04767906, 0.06683029],
    ),
    ("Xception", 96, {"classes": 5}, 20871725, 134, 4023, "predictions", [0.20000044, 0.20000185]),
    (
        *("InceptionV3", 96, {"classes": 5}, 21813029, 313, 7499, "predictions"),
        [0.20000173, 0.19994487],
    ),
]


@pytest.mark.parametrize(
    ("name", "size", "options", "parameters", "layers", "nodes", "last", "first"),
    [*SMALL, *(pytest.param(*each, marks=pytest.mark.slow) for each in LARGE)],
)
def test_networks(name, size, options, parameters, layers, nodes, last, first):
    pytest.importorskip("keras_applications")
    tf.keras.backend.clear_session()
    tf.set_random_seed(3)
    model = getattr(applications, name)(weights=None, input_shape=(size, size, 3), **options)
    x = np.linspace(0, 1, size * size * 3).reshape(1, size, size, 3)
    probabilities = model.predict(x).ravel()
    assert (model.count_params(), len(model.layers)) == (parameters, layers)
    assert model.layers[-1].name == last
    assert len(tf.get_default_graph().get_operations()) == nodes
    np.testing.assert_allclose(probabilities[: len(first)], first, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("vgg16", [151.061, -16.779, -123.68, -100.939, -114.779, -122.68]),
        ("mobilenet", [-1.0, -0.2157, 1.0, -0.9922, -0.9843, -0.9765]),
        ("densenet", [-2.1179, -0.285, 2.64, -2.1008, -2.0007, -1.7522]),
    ],
)
def test_pixels_are_brought_to_a_range(module, expected):
    pytest.importorskip("keras_applications")
    x = np.array([[[[0.0, 100, 255], [1, 2, 3]]]])
    ready = getattr(applications, module).preprocess_input(x)
    np.testing.assert_allclose(ready.ravel(), expected, atol=1e-4)


def test_classes_by_their_names(tmp_path, monkeypatch):
    pytest.importorskip("keras_applications")
    from keras_applications import imagenet_utils

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(imagenet_utils, "CLASS_INDEX", None)
    path = tmp_path / ".keras" / "models" / "imagenet_class_index.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({str(n): [f"n{n}", f"kind {n}"] for n in range(1000)}))
    monkeypatch.setattr(files, "validate_file", lambda *_: True)
    rows = np.zeros((1, 1000))
    rows[0, 7] = 0.75
    [[best]] = applications.vgg16.decode_predictions(rows, top=1)
    assert best == ("n7", "kind 7", 0.75)


def test_weights_that_are_not_there(tmp_path, monkeypatch):
    pytest.importorskip("keras_applications")

    def refuse(*args):
        raise files.URLError("no network")

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(files.urllib.request, "urlretrieve", refuse)
    with pytest.raises(Exception, match=r"(?s)URL fetch failure.*by hand: .*models.*\.h5"):
        applications.MobileNet(alpha=0.25, input_shape=(128, 128, 3))


def test_without_the_package_it_says_what_to_install(monkeypatch):
    for name in [each for each in sys.modules if each.startswith("keras_applications.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "keras_applications", None)
    with pytest.raises(ImportError, match=r"pip install 'stillflow\[keras\]'"):
        applications.vgg16.VGG16(weights=None)
