"""What the public tree says of names that it lacks, and what `import stillflow` shows."""

import pkgutil
import sys
from types import ModuleType

import pytest

import stillflow
import stillflow.api as tf
from stillflow.api import _missing


@pytest.fixture
def tree_module(monkeypatch, tmp_path):
    """A module that stands for tf.layers, without any of its names."""
    module = ModuleType("stillflow.api.layers")
    module.__file__ = str(tmp_path / "layers.py")
    (tmp_path / "layers.pyi").touch()
    monkeypatch.setitem(sys.modules, module.__name__, module)
    module.__getattr__, module.__dir__ = _missing.fallback(module.__name__)
    return module


def test_a_name_of_tensorflow_is_named(tree_module):
    """The error says whose name it is, where to look, and is of both useful classes."""
    with pytest.raises(_missing.MissingNameError) as error:
        _ = tree_module.conv2d
    assert str(error.value) == (
        "tf.layers.conv2d is in TensorFlow 1.15 but not yet in Stillflow.\n"
        "  `stillflow names tf.layers` lists what is there and what is missing."
    )
    assert isinstance(error.value, AttributeError)
    assert isinstance(error.value, NotImplementedError)
    assert not hasattr(tree_module, "conv2d")
    assert getattr(tree_module, "conv2d", 1) == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "conv2",
            r"module 'tensorflow.layers' has no attribute 'conv2'. Did you mean tf.layers.co",
        ),
        ("reduce_mean", r"has no attribute 'reduce_mean'. Did you mean tf.reduce_mean or tf.math"),
        ("qqqqqqq", r"has no attribute 'qqqqqqq'$"),
        ("_private", r"has no attribute '_private'$"),
    ],
)
def test_a_name_that_tensorflow_never_had(tree_module, name, message):
    """A plain AttributeError in TensorFlow's words, with the nearest names."""
    with pytest.raises(AttributeError, match=message) as error:
        getattr(tree_module, name)
    assert not isinstance(error.value, NotImplementedError)


@pytest.mark.parametrize(
    ("old", "new"), [*_missing._RENAMED_IN_1_0.items(), ("tf.batch_matmul", "tf.matmul")]
)
def test_a_name_of_before_1_0_says_what_to_use(old, new):
    """TensorFlow 1.15 has the new name alone."""
    for spelling, there in ((old, False), (new, True)):
        path, _, name = spelling.removeprefix("tf.").rpartition(".")
        assert (name in _missing.names()[path]) == there
    path, _, name = old.removeprefix("tf.").rpartition(".")
    error = _missing.missing(path, name)
    assert str(error).endswith(
        f"has no attribute {name!r}. TensorFlow 1.0 took it away: use {new}."
    )


def test_a_package_of_contrib_that_is_there_once_imported_is_not_yet_here(tree_module):
    """`tf.contrib` of TensorFlow 1.15 does not show each of its packages."""
    assert "hooks" not in _missing.names()["contrib"]
    assert "not yet in Stillflow" in str(_missing.missing_module("contrib.hooks"))
    with pytest.raises(ImportError, match="not yet in Stillflow"):
        exec("from stillflow.api.contrib import hooks")


def test_a_package_that_tensorflow_1_15_has_emptied_says_what_took_its_place():
    error = _missing.missing_module("contrib.boosted_trees")
    assert not isinstance(error, NotImplementedError)
    assert "tf.estimator.BoostedTreesClassifier" in str(error)
    assert "not yet" in str(error)
    assert not hasattr(tf.estimator, "BoostedTreesClassifier")


def test_an_import_of_a_missing_name_keeps_the_explanation(tree_module):
    """Python would put its own words in place of an AttributeError's."""
    code = "from stillflow.api.layers import conv2d"
    with pytest.raises(ImportError, match=r"cannot import name 'conv2d' .* not yet in Stillflow"):
        exec(code)


def test_submodules_load_when_first_named():
    """The root shows its submodules without importing them all."""
    assert tf.errors is sys.modules["stillflow.api"].errors
    assert {"Session", "errors"} <= set(dir(tf))


def test_stillflow_shows_the_public_tree_under_its_own_name():
    assert stillflow.Session is tf.Session
    assert stillflow.gradients is tf.gradients  # also the name of one of our modules
    assert set(dir(tf)) <= set(dir(stillflow))


def test_our_own_packages_do_not_hide_public_names():
    """`stillflow.data` is our package to the import system, and tf.data to a program."""
    from stillflow.data import mnist

    assert mnist is sys.modules["stillflow.data.mnist"]
    assert getattr(stillflow, "data", None) is not sys.modules["stillflow.data"]
    own = {found.name for found in pkgutil.iter_modules(stillflow.__path__)}
    assert own & _missing.names()[""] <= stillflow._SHADOWED
