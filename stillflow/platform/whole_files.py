"""Files read and written in one go, of TensorFlow's `python.lib.io.file_io`."""

from __future__ import annotations

import uuid
from typing import Any

from stillflow.graph import errors
from stillflow.platform import files
from stillflow.platform.files import GFile


def read_file_to_string(filename: Any, binary_mode: bool = False) -> Any:
    """The content of a file: text, or bytes with `binary_mode`."""
    with GFile(filename, "rb" if binary_mode else "r") as file:
        return file.read()


def write_string_to_file(filename: Any, file_content: Any) -> None:
    """Makes a file of text or bytes."""
    with GFile(filename, "w") as file:
        file.write(file_content)


def atomic_write_string_to_file(filename: Any, contents: Any, overwrite: bool = True) -> None:
    """`write_string_to_file` that leaves the old file or the whole new one.

    Raises:
      tf.errors.AlreadyExistsError: there is a file, and it is not to be overwritten.
    """
    temporary = f"{filename}.tmp{uuid.uuid4().hex}"
    write_string_to_file(temporary, contents)
    try:
        files.rename(temporary, filename, overwrite)
    except errors.OpError:
        files.remove(temporary)
        raise
