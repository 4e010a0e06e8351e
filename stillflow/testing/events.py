"""`tf.contrib.testing`: what a program has written for TensorBoard, looked at by its tests."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Mapping
from typing import Any

from stillflow.events import file_writer
from stillflow.events.event_file import summary_iterator


class FakeSummaryWriter:
    """A FileWriter that keeps what is added; while it is installed, FileWriters are such ones."""

    _replaced: Any = None

    @classmethod
    def install(cls) -> None:
        """Has FileWriterCache give fake writers. ValueError where it does."""
        if FakeSummaryWriter._replaced is not None:
            raise ValueError("FakeSummaryWriter already installed.")
        FakeSummaryWriter._replaced = file_writer.FileWriter
        file_writer.FileWriter = FakeSummaryWriter  # type: ignore[assignment, misc]

    @classmethod
    def uninstall(cls) -> None:
        """Has it give real ones again. ValueError where it does."""
        if FakeSummaryWriter._replaced is None:
            raise ValueError("FakeSummaryWriter not installed.")
        file_writer.FileWriter = FakeSummaryWriter._replaced  # type: ignore[misc]
        FakeSummaryWriter._replaced = None

    def __init__(self, logdir: str, graph: Any = None):
        self._logdir = logdir
        self._graph = graph
        self._summaries: dict[Any, list[Any]] = {}
        self._added_graphs: list[Any] = []
        self._added_meta_graphs: list[Any] = []
        self._added_session_logs: list[Any] = []
        self._added_run_metadata: dict[str, Any] = {}

    @property
    def summaries(self) -> dict[Any, list[Any]]:
        """The Summary messages of each step."""
        return self._summaries

    def assert_summaries(
        self,
        test_case: Any,
        expected_logdir: str | None = None,
        expected_graph: Any = None,
        expected_summaries: Mapping[Any, Mapping[str, float]] | None = None,
        expected_added_graphs: list[Any] | None = None,
        expected_added_meta_graphs: list[Any] | None = None,
        expected_session_logs: list[Any] | None = None,
    ) -> None:
        """Fails, as `test_case` does, unless what was added is as expected, where that is said."""
        if expected_logdir is not None:
            test_case.assertEqual(expected_logdir, self._logdir)
        if expected_graph is not None:
            test_case.assertIs(expected_graph, self._graph)
        for step, expected in (expected_summaries or {}).items():
            test_case.assertIn(step, self._summaries)
            values = (value for summary in self._summaries[step] for value in summary.value)
            actual = {value.tag: value.simple_value for value in values}
            actual.pop("global_step/sec", None)
            test_case.assertEqual(expected, actual)
        if expected_added_graphs is not None:
            test_case.assertEqual(expected_added_graphs, self._added_graphs)
        if expected_added_meta_graphs is not None:
            test_case.assertEqual(expected_added_meta_graphs, self._added_meta_graphs)
        if expected_session_logs is not None:
            test_case.assertEqual(expected_session_logs, self._added_session_logs)

    def add_summary(self, summ: Any, current_global_step: Any) -> None:
        summary = to_summary_proto(summ) if isinstance(summ, bytes) else summ
        self._summaries.setdefault(current_global_step, []).append(summary)

    def add_graph(self, graph: Any, global_step: Any = None, graph_def: Any = None) -> None:
        _check_step(global_step)
        if graph_def is not None:
            raise ValueError(f"Unexpected graph_def {graph_def}.")
        self._added_graphs.append(graph)

    def add_meta_graph(self, meta_graph_def: Any, global_step: Any = None) -> None:
        _check_step(global_step)
        self._added_meta_graphs.append(meta_graph_def)

    def add_session_log(self, session_log: Any, global_step: Any = None) -> None:
        del global_step
        self._added_session_logs.append(session_log)

    def add_run_metadata(self, run_metadata: Any, tag: str, global_step: Any = None) -> None:
        _check_step(global_step)
        self._added_run_metadata[tag] = run_metadata

    def flush(self) -> None:
        """All is kept already."""

    def reopen(self) -> None:
        """It never closes."""

    def close(self) -> None:
        """What was added stays."""


def _check_step(global_step: Any) -> None:
    if global_step is not None and global_step < 0:
        raise ValueError(f"Invalid global_step {global_step}.")


def assert_summary(
    expected_tags: Iterable[str],
    expected_simple_values: Mapping[str, float],
    summary_proto: Any,
) -> None:
    """Checks the tags of a Summary, and numbers, by tag, to two decimals.

    Raises:
      ValueError: the tags are others.
      AssertionError: a number is another.
    """
    import numpy as np

    tags = {value.tag for value in summary_proto.value}
    for value in summary_proto.value:
        if value.tag in expected_simple_values:
            np.testing.assert_almost_equal(
                value.simple_value, expected_simple_values[value.tag], decimal=2, err_msg=value.tag
            )
    if set(expected_tags) != tags:
        raise ValueError(f"Expected tags {set(expected_tags)}, got {tags}.")


def to_summary_proto(summary_str: bytes) -> Any:
    """Returns the Summary that was serialized."""
    from tensorboard.compat.proto.summary_pb2 import Summary

    return Summary.FromString(summary_str)


def latest_event_file(base_dir: str) -> str | None:
    """Returns the newest event file of a folder, by its name; None where there is none."""
    return max(glob.glob(os.path.join(base_dir, "events.*")), default=None)


def latest_events(base_dir: str) -> Iterable[Any]:
    """Returns the Events of the newest event file of a folder."""
    path = latest_event_file(base_dir)
    return summary_iterator(path) if path else []


def latest_summaries(base_dir: str) -> list[Any]:
    """Returns those Events of the newest event file that have summaries."""
    return [event for event in latest_events(base_dir) if event.HasField("summary")]


def simple_values_from_events(events: Iterable[Any], tags: Iterable[str]) -> dict[str, float]:
    """Returns, for each of the tags that events have, the number of the latest step.

    Raises:
      ValueError: a summary of such a tag is no number.
    """
    wanted = set(tags)
    found: dict[str, tuple[int, float]] = {}
    for event in events:
        for value in event.summary.value:
            if value.tag not in wanted:
                continue
            if not value.HasField("simple_value"):
                raise ValueError(f"Summary for {value.tag} is not a simple_value.")
            if value.tag not in found or event.step > found[value.tag][0]:
                found[value.tag] = event.step, value.simple_value
    return {tag: value for tag, (_, value) in found.items()}
