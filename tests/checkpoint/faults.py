"""A disk that fails: at any one system call of a save, with an error of choice."""

import builtins
import contextlib
import io
import os

CALLS = ["replace", "link", "remove", "rmdir", "mkdir", "open", "fsync"]
_really_open = open
WORK_ON_A_FULL_DISK = {"remove", "rmdir", "open folder"}


class Disk:
    """Counts the steps of a save, and fails at one of them.

    Args:
      fail_at: the number of the failing step, from 0; None lets all go.
      error: the errno of the failure.
      stays: later steps fail too, as on a full disk, where only removing goes on.
    """

    def __init__(self, fail_at=None, error=0, stays=False):
        self._fail_at, self._error, self._stays = fail_at, error, stays
        self.steps = []

    def step(self, call, path):
        number = len(self.steps)
        self.steps.append(call)
        if number == self._fail_at or self._is_still_full(number, call):
            raise OSError(self._error, os.strerror(self._error), path)

    def _is_still_full(self, number, call):
        since = self._stays and number > self._fail_at
        return since and call not in WORK_ON_A_FULL_DISK

    @contextlib.contextmanager
    def installed(self, monkeypatch):
        """What is written in this block goes to this disk."""
        with monkeypatch.context() as patch:
            for name in CALLS:
                patch.setattr(os, name, self._observed(name, getattr(os, name)))
            patch.setattr(builtins, "open", self._open)
            yield self

    def _observed(self, name, call):
        def observed(path, *args, **kwargs):
            step = "open folder" if name == "open" else name
            self.step(step, path if isinstance(path, str) else None)
            return None if name == "fsync" else call(path, *args, **kwargs)

        return observed

    def _open(self, path, mode="r", *args, **kwargs):
        if not set(mode) & set("xwa+"):
            return _really_open(path, mode, *args, **kwargs)
        self.step("open", path)
        return io.BufferedWriter(_FailingFile(self, path, mode))


class _FailingFile(io.FileIO):
    """A file each of whose writes is a step of `disk`."""

    def __init__(self, disk, path, mode):
        self._disk = disk
        super().__init__(path, mode)

    def write(self, data):
        self._disk.step("write", self.name)
        return super().write(data)
