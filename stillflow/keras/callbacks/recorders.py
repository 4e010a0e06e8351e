"""Callbacks that tell files, servers and functions of a training."""

from __future__ import annotations

import csv
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from stillflow.keras.callbacks.callback import Callback, Logs
from stillflow.platform import logging

_REMOTE_SECONDS = 60


class CSVLogger(Callback):
    """Writes the epochs' losses and metrics to a file, a line an epoch.

    Args:
      filename: that of the file.
      separator: stands between values.
      append: whether the file goes on; by default it begins anew.
    """

    def __init__(self, filename: Any, separator: str = ",", append: bool = False):
        super().__init__()
        self.sep = separator
        self.filename = os.fspath(filename)
        self.append = append
        self.writer: Any = None
        self.keys: list[str] | None = None
        self.append_header = True
        self.csv_file: Any

    def on_train_begin(self, logs: Logs = None) -> None:
        if self.append and os.path.exists(self.filename):
            with open(self.filename, encoding="utf-8") as file:
                self.append_header = not file.readline()
        mode = "a" if self.append else "w"
        self.csv_file = open(  # noqa: SIM115  # open for the whole training
            self.filename, mode, newline="\n", encoding="utf-8"
        )

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        logs = logs or {}
        if self.keys is None:
            self.keys = sorted(logs)
        if self.model.stop_training:
            # The last epoch may have been left before there were all values.
            logs = {key: logs.get(key, "NA") for key in self.keys}
        if not self.writer:
            self.writer = csv.DictWriter(self.csv_file, ["epoch", *self.keys], delimiter=self.sep)
            if self.append_header:
                self.writer.writeheader()
        self.writer.writerow({"epoch": epoch} | {key: _cell(logs[key]) for key in self.keys})
        self.csv_file.flush()

    def on_train_end(self, logs: Logs = None) -> None:
        self.csv_file.close()
        self.writer = None


def _cell(value: Any) -> Any:
    is_scalar = isinstance(value, str) or (isinstance(value, np.ndarray) and value.ndim == 0)
    if isinstance(value, Iterable) and not is_scalar:
        return f'"[{", ".join(map(str, value))}]"'
    return value


class RemoteMonitor(Callback):
    """Posts the epochs' losses and metrics to a server.

    Args:
      root, path: the server's address, and that of the page.
      field: the field of the form that holds them, as JSON.
      headers: of the request.
      send_as_json: whether the request itself is the JSON, rather than a form.
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: dict[str, str] | None = None,
        send_as_json: bool = False,
    ):
        super().__init__()
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        values = {name: _as_json(value) for name, value in (logs or {}).items()}
        told = json.dumps({"epoch": epoch} | values)
        body, kind = told, "application/json"
        if not self.send_as_json:
            body = urllib.parse.urlencode({self.field: told})
            kind = "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind} | (self.headers or {})
        request = urllib.request.Request(self.root + self.path, body.encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=_REMOTE_SECONDS) as answer:
                answer.read()
        except OSError:
            logging.warning(f"Warning: could not reach RemoteMonitor root server at {self.root}")


def _as_json(value: Any) -> Any:
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


class LambdaCallback(Callback):
    """Calls functions; others of `Callback`'s methods may be given by keyword too.

    Args:
      on_epoch_begin, on_epoch_end: functions of (epoch, logs).
      on_batch_begin, on_batch_end: functions of (batch, logs).
      on_train_begin, on_train_end: functions of (logs).
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_batch_begin: Callable[..., Any] | None = None,
        on_batch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        **kwargs: Any,
    ):
        super().__init__()
        given = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_batch_begin": on_batch_begin,
            "on_batch_end": on_batch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
        }
        vars(self).update(kwargs)
        vars(self).update({name: each for name, each in given.items() if each is not None})
