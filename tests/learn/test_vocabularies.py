"""Files of vocabulary processors: TensorFlow's are read, ours are read there, and none is run."""

import os
import pickle
import subprocess
from pathlib import Path

import numpy as np
import pytest

import stillflow.api as tf

GOLDEN = Path(__file__).parent.parent / "golden" / "learn"
TF115 = os.environ.get("STILLFLOW_TF115")
preprocessing = tf.contrib.learn.preprocessing


def numbers(processor):
    return np.array(list(processor.transform(["the mat über x", "all"]))).tolist()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("words.0", [[1, 6, 4, 0], [5, 0, 0, 0]]),
        ("words.3", [[1, 6, 4, 0], [5, 0, 0, 0]]),
        ("trimmed.3", [[1, 0, 0, 0], [0, 0, 0, 0]]),
    ],
)
def test_tensorflows_files(name, expected, tmp_path):
    words = preprocessing.VocabularyProcessor.restore(str(GOLDEN / name))
    assert numbers(words) == expected
    words.save(str(tmp_path / "again"))
    assert numbers(preprocessing.VocabularyProcessor.restore(str(tmp_path / "again"))) == expected


@pytest.mark.skipif(not TF115, reason="STILLFLOW_TF115 names no TensorFlow")
def test_tensorflow_reads_ours(tmp_path):
    words = preprocessing.VocabularyProcessor.restore(str(GOLDEN / "words.3"))
    words.save(str(tmp_path / "ours"))
    program = (
        "import tensorflow as tf\n"
        "words = tf.contrib.learn.preprocessing.VocabularyProcessor.restore('ours')\n"
        "print([row.tolist() for row in words.transform(['the mat über x', 'all'])])"
    )
    done = subprocess.run(
        [*TF115.split(), "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == str(numbers(words))


def letters(documents):
    for document in documents:
        yield list(document)


def test_a_tokenizer_is_found_by_its_name(tmp_path):
    words = preprocessing.VocabularyProcessor(3, tokenizer_fn=letters).fit(["abc"])
    words.save(str(tmp_path / "words"))
    again = preprocessing.VocabularyProcessor.restore(str(tmp_path / "words"))
    assert next(iter(again.transform(["cab"]))).tolist() == [3, 1, 2]


def test_what_has_no_name_cannot_be_saved(tmp_path):
    words = preprocessing.VocabularyProcessor(3, tokenizer_fn=lambda documents: documents)
    with pytest.raises(TypeError, match="Make the tokenizer a function of a module"):
        words.save(str(tmp_path / "words"))


class Hostile:
    def __reduce__(self):
        return os.mkdir, ("was here",)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Hostile(), "names posix.mkdir, which is no function of a module"),
        ({"a": 1}, "The file holds a dict, not a VocabularyProcessor"),
        (os.path.join, "which is no function of a module"),
        ({1, 2}, "has no EMPTY_SET in its pickle"),
    ],
)
@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_file_of_something_else_is_not_run(value, message, protocol, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("file").write_bytes(pickle.dumps(value, protocol))
    with pytest.raises(ValueError, match=message if protocol == 4 else "pickle|file"):
        preprocessing.VocabularyProcessor.restore("file")
    assert not Path("was here").exists()
