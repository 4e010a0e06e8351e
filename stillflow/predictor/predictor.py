"""What predictors have in common: a session, what is fed to it, and what it gives."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from typing import Any

from stillflow.graph.graph import Graph


class Predictor(abc.ABC):
    """A function from a dict of inputs to a dict of outputs, which runs a session that it keeps."""

    _graph: Graph
    _session: Any
    _feed_tensors: Mapping[str, Any]
    _fetch_tensors: Mapping[str, Any]

    @property
    def graph(self) -> Graph:
        return self._graph

    @property
    def session(self) -> Any:
        return self._session

    @property
    def feed_tensors(self) -> Mapping[str, Any]:
        """By name, the tensors that inputs are fed to."""
        return self._feed_tensors

    @property
    def fetch_tensors(self) -> Mapping[str, Any]:
        """By name, the tensors that are the outputs."""
        return self._fetch_tensors

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__} with feed tensors {self._feed_tensors} and fetch_tensors "
            f"{self._fetch_tensors}"
        )

    def __call__(self, input_dict: Mapping[str, Any]) -> Any:
        """Returns the outputs for some of the inputs.

        Raises:
          ValueError: there is no such input.
          tf.errors.OpError: as `Session.run`; an input is needed and not given, for instance.
        """
        expected = set(self._feed_tensors)
        unexpected = set(input_dict) - expected
        if unexpected:
            raise ValueError(
                f"Got unexpected keys in input_dict: {unexpected}\nexpected: {expected}"
            )
        feeds = {
            self._feed_tensors[name]: value
            for name, value in input_dict.items()
            if value is not None
        }
        return self._session.run(self._fetch_tensors, feeds)

    def _take_names(self, inputs: Mapping[str, str], outputs: Mapping[str, str]) -> None:
        """Finds the tensors by their names in the graph."""
        find = self._graph.get_tensor_by_name
        self._feed_tensors = {key: find(name) for key, name in inputs.items()}
        self._fetch_tensors = {key: find(name) for key, name in outputs.items()}


def names_in(tensors: Mapping[str, Any]) -> dict[str, str]:
    """The names of tensors that a SignatureDef tells."""
    return {key: info.name for key, info in tensors.items()}
