"""`distutils.spawn`: where a program lies."""

import os
import sys


def find_executable(executable: str, path: str | None = None) -> str | None:
    """The file of that name, here or in the folders of `path` ($PATH); None when there is none."""
    if sys.platform == "win32" and os.path.splitext(executable)[1] != ".exe":
        executable += ".exe"
    if os.path.isfile(executable):
        return executable
    folders = (os.environ.get("PATH", os.defpath) if path is None else path).split(os.pathsep)
    for folder in folders if path or path is None else ():
        candidate = os.path.join(folder, executable)
        if os.path.isfile(candidate):
            return candidate
    return None
