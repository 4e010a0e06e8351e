"""Files read and written in one go."""

import pytest

import stillflow.api as tf
from stillflow.platform import whole_files


def test_text_and_bytes(tmp_path):
    path = str(tmp_path / "file")
    whole_files.write_string_to_file(path, "héllo\n")
    assert whole_files.read_file_to_string(path) == "héllo\n"
    assert whole_files.read_file_to_string(path, binary_mode=True) == "héllo\n".encode()
    whole_files.atomic_write_string_to_file(path, b"\x00\xff")
    assert whole_files.read_file_to_string(path, True) == b"\x00\xff"


def test_an_atomic_write_may_keep_the_old_file(tmp_path):
    path = str(tmp_path / "file")
    whole_files.write_string_to_file(path, "old")
    with pytest.raises(tf.errors.AlreadyExistsError, match="file already exists"):
        whole_files.atomic_write_string_to_file(path, "new", overwrite=False)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]
    assert whole_files.read_file_to_string(path) == "old"


def test_a_missing_file(tmp_path):
    with pytest.raises(tf.errors.NotFoundError, match="No such file or directory"):
        whole_files.read_file_to_string(str(tmp_path / "none"))
