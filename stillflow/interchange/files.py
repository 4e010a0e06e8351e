"""Reading a protocol buffer from a file, as bytes or as text."""

from __future__ import annotations

import os
import warnings
from typing import Any

from stillflow.graph.text import local_path


def read_message(path: str | os.PathLike, message_class: Any) -> Any:
    """Returns the message in a file, whose bytes are tried first, then its text.

    Raises:
      OSError: there is no such file, it cannot be read, or it holds no such message.
    """
    path = local_path(os.fspath(path))
    if not os.path.isfile(path):
        raise OSError(f"File {path} does not exist.")
    with open(path, "rb") as file:
        content = file.read()
    try:
        return from_bytes(content, message_class)
    except ValueError:
        pass
    try:
        return from_text(content, message_class)
    except ValueError as error:
        raise OSError(f"Cannot parse file {path}: {error}.") from None


def from_bytes(content: bytes, message_class: Any) -> Any:
    """Parses a message; ValueError when it is none."""
    from google.protobuf.message import DecodeError

    try:
        return message_class.FromString(content)
    except DecodeError as error:
        raise ValueError(str(error)) from None


def from_text(content: bytes, message_class: Any) -> Any:
    """Parses a message in text format; ValueError when it is none."""
    from google.protobuf import text_format

    message = message_class()
    try:
        with warnings.catch_warnings():
            # Of an escape that stands for no byte, which is damage, the parser only warns.
            warnings.simplefilter("error", DeprecationWarning)
            return text_format.Merge(content.decode(), message)
    except DeprecationWarning as warning:
        raise ValueError(str(warning)) from None
    except UnicodeDecodeError:
        raise ValueError("it is neither bytes of such a message nor text") from None
    except text_format.ParseError as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError("its messages are nested too deeply") from None
