"""A predictor out of a SavedModel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stillflow.graph.graph import Graph
from stillflow.interchange.saved_model import loader, names
from stillflow.platform import logging
from stillflow.predictor.predictor import Predictor, names_in
from stillflow.runtime.session import Session

DEFAULT_TAGS = "serve"
_OLDER_KEY = "default_input_alternative:{}"  # of the signatures that contrib.learn exports


class SavedModelPredictor(Predictor):
    """Loads a SavedModel when it is made. See `from_saved_model`."""

    def __init__(
        self,
        export_dir: str,
        signature_def_key: str | None = None,
        signature_def: Any = None,
        input_names: Mapping[str, str] | None = None,
        output_names: Mapping[str, str] | None = None,
        tags: str | None = None,
        graph: Graph | None = None,
        config: Any = None,
    ):
        _check_arguments(signature_def_key, signature_def, input_names, output_names)
        tags = tags or DEFAULT_TAGS
        self._graph = graph or Graph()
        with self._graph.as_default():
            self._session = Session(config=config)
            loader.load(self._session, tags.split(","), export_dir)
        if input_names is None or output_names is None:
            if signature_def is None:
                signature_def = _signature(signature_def_key, export_dir, tags)
            input_names, output_names = (
                names_in(signature_def.inputs),
                names_in(signature_def.outputs),
            )
        self._take_names(input_names, output_names)


def get_meta_graph_def(saved_model_dir: str, tags: str) -> Any:
    """Returns the MetaGraphDef of a SavedModel that has these tags, separated by commas.

    Raises:
      ValueError: there is none.
    """
    wanted = {tag.strip() for tag in tags.split(",")}
    for meta in loader.read_saved_model(saved_model_dir).meta_graphs:
        if set(meta.meta_info_def.tags) == wanted:
            return meta
    raise ValueError(f"Could not find MetaGraphDef with tags {tags}")


def _signature(key: str | None, export_dir: str, tags: str) -> Any:
    key = key or names.DEFAULT_SERVING_SIGNATURE_DEF_KEY
    signatures = get_meta_graph_def(export_dir, tags).signature_def
    if key in signatures:
        return signatures[key]
    older = _OLDER_KEY.format(key)
    if older not in signatures:
        raise ValueError(
            f'Got signature_def_key "{key}". Available signatures are {list(signatures)}. Original '
            f"error:\n{key!r}"
        )
    logging.warning('Could not find signature def "%s". Using "%s" instead', key, older)
    return signatures[older]


def _check_arguments(
    signature_def_key: Any, signature_def: Any, input_names: Any, output_names: Any
) -> None:
    if (input_names is None) != (output_names is None):
        raise ValueError(
            "input_names and output_names must both be specified or both be unspecified."
        )
    given = [item is not None for item in (signature_def_key, signature_def, input_names)]
    if sum(given) > 1:
        raise ValueError(
            "You must specify at most one of signature_def_key OR signature_def OR(input_names AND "
            "output_names)."
        )
