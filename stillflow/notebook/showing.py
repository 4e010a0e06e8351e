"""What the cells of a notebook show, on a terminal: their text, errors, and names of pictures."""

from __future__ import annotations

import base64
import os
import re
import sys
from collections.abc import Mapping
from typing import Any

from stillflow.platform.progress import Line, terminal

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_AT = re.compile(r"Cell In\[(\d+)\], line (\d+)")
_PICTURES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/svg+xml": "svg"}


class Show:
    """Prints outputs as they come; `pictures` is the folder that pictures go to, if any."""

    def __init__(self, count: int, pictures: str | None = None):
        self._count = count
        self._pictures = pictures
        self._number = 0
        self._drawn = 0
        stream = terminal()
        self._line = Line(stream) if stream else None

    def begin(self, number: int) -> None:
        """The cell of this number is being run from here on."""
        self._number, self._drawn = number, 0
        self._tell()

    def end(self) -> None:
        if self._line:
            self._line.clear()

    def output(self, output: Mapping[str, Any]) -> None:
        """One output of the cell, as a notebook has it."""
        self.end()
        kind = output["output_type"]
        if kind == "stream":
            stream = sys.stderr if output["name"] == "stderr" else sys.stdout
            print(output["text"], end="", file=stream, flush=True)
        elif kind == "error":
            print(_plain(traceback_of(output), sys.stderr), file=sys.stderr, flush=True)
        else:
            self._data(output["data"])
        self._tell()

    def _data(self, data: Mapping[str, Any]) -> None:
        for kind, suffix in _PICTURES.items():
            if kind in data:
                self._picture(kind, suffix, data[kind])
                return
        print(data.get("text/plain", f"[{', '.join(data)}]"), flush=True)

    def _picture(self, kind: str, suffix: str, content: str) -> None:
        is_text = kind == "image/svg+xml"
        content = "".join(content)
        picture = content.encode() if is_text else base64.b64decode(content)
        self._drawn += 1
        name = f"cell-{self._number}-{self._drawn}.{suffix}"
        if self._pictures is None:
            print(f"[picture {name}, {len(picture):,} bytes]", flush=True)
            return
        os.makedirs(self._pictures, exist_ok=True)
        path = os.path.join(self._pictures, name)
        with open(path, "wb") as file:
            file.write(picture)
        print(f"[picture {path}]", flush=True)

    def _tell(self) -> None:
        if self._line:
            self._line.show(f"stillflow: cell {self._number} of {self._count}")


def traceback_of(output: Mapping[str, Any]) -> str:
    """The text of an error, which may lack its traceback."""
    return "\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}"


def place_of(output: Mapping[str, Any], number: int) -> str:
    """Where in the notebook an error was raised: the innermost cell and line of its traceback."""
    found = _AT.findall(_COLOURS.sub("", traceback_of(output)))
    return f"cell In[{found[-1][0]}], line {found[-1][1]}" if found else f"cell In[{number}]"


def _plain(text: str, stream: Any) -> str:
    """`text` in colours where the stream shows them."""
    shows = stream.isatty() and not os.environ.get("NO_COLOR")
    return text if shows else _COLOURS.sub("", text)
