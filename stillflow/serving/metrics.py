"""What a server counts, in Prometheus' text format, under TensorFlow Serving's names."""

from __future__ import annotations

import bisect
import threading
from collections import Counter
from collections.abc import Iterator, Mapping

_COUNT = ":tensorflow:serving:request_count"
_LATENCY = ":tensorflow:serving:request_latency"
_RUNTIME = ":tensorflow:serving:runtime_latency"
_TOGETHER = ":stillflow:serving:requests_in_run"
_WAITING = ":stillflow:serving:waiting"
_VERSIONS = ":stillflow:serving:versions"
_MICROSECONDS = tuple(10 * 1.8**i for i in range(33))
_REQUESTS = tuple(2.0**i for i in range(13))

Labels = tuple[tuple[str, str], ...]


class Histogram:
    """How often values were at most each of some bounds."""

    def __init__(self, bounds: tuple[float, ...]):
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def add(self, value: float) -> None:
        self._counts[bisect.bisect_left(self._bounds, value)] += 1
        self._sum += value

    def lines(self, name: str, labels: Labels) -> Iterator[str]:
        total = 0
        bounds = [*map("{:.6g}".format, self._bounds), "+Inf"]
        for bound, count in zip(bounds, self._counts, strict=True):
            total += count
            yield f"{_series(f'{name}_bucket', (*labels, ('le', bound)))} {total}"
        yield f"{_series(f'{name}_sum', labels)} {self._sum:.6f}"
        yield f"{_series(f'{name}_count', labels)} {total}"


class Metrics:
    """Counts requests and runs. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[Labels] = Counter()
        self._histograms: dict[tuple[str, Labels], Histogram] = {}

    def request(self, model: str, kind: str, status: str, seconds: float) -> None:
        """A request was answered with that status, TensorFlow's name of it."""
        labels = (("model_name", model),)
        with self._lock:
            self._requests[(*labels, ("status", status))] += 1
        if status == "OK":
            self._add(_LATENCY, (*labels, ("API", kind), ("entrypoint", "REST")), seconds)

    def run(self, model: str, requests: int, seconds: float) -> None:
        """A run answered so many requests of a model."""
        labels = (("model_name", model),)
        self._add(_RUNTIME, labels, seconds)
        with self._lock:
            self._histogram(_TOGETHER, labels, _REQUESTS).add(requests)

    def page(self, waiting: Mapping[str, int], versions: Mapping[str, int]) -> str:
        """All of it as text, with how many requests wait and versions are there, by model."""
        lines = [f"# TYPE {_COUNT} counter"]
        with self._lock:
            lines += [f"{_series(_COUNT, labels)} {n}" for labels, n in self._requests.items()]
            for name in (_LATENCY, _RUNTIME, _TOGETHER):
                lines.append(f"# TYPE {name} histogram")
                for (its, labels), histogram in self._histograms.items():
                    if its == name:
                        lines += histogram.lines(name, labels)
        for name, gauge in ((_WAITING, waiting), (_VERSIONS, versions)):
            lines.append(f"# TYPE {name} gauge")
            lines += [f"{_series(name, (('model_name', m),))} {n}" for m, n in gauge.items()]
        return "\n".join(lines) + "\n"

    def _add(self, name: str, labels: Labels, seconds: float) -> None:
        with self._lock:
            self._histogram(name, labels, _MICROSECONDS).add(1e6 * seconds)

    def _histogram(self, name: str, labels: Labels, bounds: tuple[float, ...]) -> Histogram:
        return self._histograms.setdefault((name, labels), Histogram(bounds))


def _series(name: str, labels: Labels) -> str:
    return f"{name}{{{','.join(f'{key}={_quoted(value)}' for key, value in labels)}}}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
