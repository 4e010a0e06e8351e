"""Other packages: what is here, what is supplied, what pip is to install."""

import pytest

from stillflow.checking import packages


@pytest.mark.parametrize(
    "name",
    [
        *("os", "os.path", "numpy", "numpy.random", "xml.etree.cElementTree", "six.moves.urllib"),
        *("scipy.misc", "scipy.misc.pilutil", "imp", "distutils.version", "horovod.tensorflow"),
        *("google.protobuf.text_format", "mpl_toolkits.mplot3d", "matplotlib.pyplot"),
    ],
)
def test_modules_that_are_there(name):
    assert packages.module_lacking(name) is None


@pytest.mark.parametrize(
    ("name", "kind", "advice"),
    [
        ("nosuch_module", "package", "install it"),
        ("cPickle", "Python 2", "import pickle"),
        ("horovod.torch", "package", "write it without"),
        ("numpy.nosuch", "dropped", "no such module"),
        ("google.colab", "package", "no module google.colab is here"),  # `google` is protobuf's too
    ],
)
def test_modules_that_are_not(name, kind, advice):
    lack = packages.module_lacking(name)
    assert lack.kind == kind
    assert advice in lack.advice


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("cv2", "pip install opencv-python"),
        ("sklearn", "pip install scikit-learn"),
        ("gym", "pip install 'gym==0.17.3'"),
        ("keras", "pip install --no-deps keras==2.2.4"),
        ("pandas", "pip install pandas"),
        ("tree", "pip install dm-tree"),
    ],
)
def test_what_pip_is_to_install(monkeypatch, name, advice):
    monkeypatch.setattr(packages, "_is_found", lambda top: False)
    packages.module_lacking.cache_clear()
    assert packages.module_lacking(name).advice.startswith(advice)
    packages.module_lacking.cache_clear()


def test_keras_3_is_not_the_keras_of_the_time(monkeypatch):
    monkeypatch.setattr(packages, "_is_found", lambda top: True)
    monkeypatch.setattr(packages, "_major", lambda distribution: 3)
    packages.module_lacking.cache_clear()
    assert packages.module_lacking("keras.layers").name == "keras 2"
    packages.module_lacking.cache_clear()


@pytest.mark.parametrize(
    "name",
    [
        *("numpy.bool", "numpy.asscalar", "numpy.lib.pad", "numpy.zeros", "time.clock"),
        *("collections.Mapping", "inspect.getargspec", "scipy.misc.imread", "os.errno"),
        *("urllib.request", "os.path", "os.startfile", "base64.encodestring"),
    ],
)
def test_names_that_are_there_or_supplied(name):
    assert packages.name_lacking(name) is None


@pytest.mark.parametrize(
    "name", ["numpy.nosuch", "scipy.misc.comb", "string.letters", "sys.maxint"]
)
def test_names_that_are_dropped(name):
    assert packages.name_lacking(name).name == name


def test_modules_of_the_repository_are_not_missing(checked):
    files = {
        "setup.py": "",
        "bin/train.py": "import models.net\nimport helpers\nfrom data import load\nimport nosuch",
        "models/net.py": "",
        "bin/helpers.py": "",
        "deep/below/data/load.py": "",
    }
    report = checked(files)
    assert [f.name for f in report.findings] == ["nosuch"]


def test_a_program_with_relative_imports_is_run_as_a_module(write, monkeypatch):
    from stillflow.checking import check

    folder = write(
        {"setup.py": "", "pkg/__init__.py": "", "pkg/a.py": "from . import b", "pkg/b.py": ""}
    )
    (finding,) = check(str(folder / "pkg" / "a.py")).findings
    assert finding.advice == "run it by -m pkg.a"
    monkeypatch.chdir(folder)
    assert check("pkg.a", as_module=True).exit_code == 0
