"""An estimator's model as a SavedModel."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from stillflow.estimator.mode_keys import ModeKeys
from stillflow.graph.errors import NotFoundError
from stillflow.graph.graph import Graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.random_seed import set_random_seed
from stillflow.graph.scopes import get_collection
from stillflow.interchange.saved_model import export_folders, names
from stillflow.interchange.saved_model import export_signatures as signatures
from stillflow.interchange.saved_model.builder import SavedModelBuilder
from stillflow.monitored.scaffold import Scaffold
from stillflow.platform import files, processes
from stillflow.runtime.session import Session
from stillflow.train.saver import Saver

_ORDER = (ModeKeys.TRAIN, ModeKeys.EVAL, ModeKeys.PREDICT)


def export(
    estimator: Any,
    base: str,
    receivers: Mapping[str, Callable[[], Any]],
    checkpoint: str,
    assets_extra: Mapping[str, str] | None,
    as_text: bool,
    strip_default_attrs: bool,
) -> bytes:
    """Writes the graphs of the modes in `receivers`; returns the folder, which is new.

    The folder appears under its name when it is whole.
    """
    modes = [mode for mode in _ORDER if receivers.get(mode)]
    if not modes:
        raise ValueError(f"No valid modes for exporting found. Got {receivers.keys()}.")
    folder = _agreed(export_folders.get_timestamped_export_dir(base))
    unfinished = export_folders.get_temp_export_dir(folder)
    builder = SavedModelBuilder(os.fsdecode(unfinished))
    for mode in modes:
        with Graph().as_default() as graph:
            _add_graph(
                estimator, builder, graph, mode, receivers[mode], checkpoint,
                mode == modes[0], strip_default_attrs,
            )  # fmt: skip
    builder.save(as_text)
    for path, source in (assets_extra or {}).items():
        target = os.path.join(os.fsdecode(unfinished), names.EXTRA_ASSETS_DIRECTORY, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        files.copy(source, target, overwrite=True)
    processes.settle("an export")
    files.rename(unfinished, folder, overwrite=True)
    processes.settle("the end of an export")
    return folder


def _agreed(folder: bytes) -> bytes:
    """The folder of rank 0, where several processes export together."""
    return os.fsencode(processes.agreed("the folder of an export", os.fsdecode(folder)))


def _add_graph(
    estimator: Any,
    builder: SavedModelBuilder,
    graph: Graph,
    mode: str,
    receiver_fn: Callable[[], Any],
    checkpoint: str,
    saves_variables: bool,
    strip_default_attrs: bool,
) -> None:
    estimator._create_and_assert_global_step(graph)
    set_random_seed(estimator.config.tf_random_seed)
    receiver = receiver_fn()
    spec = estimator._call_model_fn(
        receiver.features, getattr(receiver, "labels", None), mode, estimator.config
    )
    definitions = signatures.build_all_signature_defs(
        receiver.receiver_tensors,
        signatures.export_outputs_for_mode(
            spec.mode, spec.export_outputs, spec.predictions, spec.loss, spec.eval_metric_ops
        ),
        getattr(receiver, "receiver_tensors_alternatives", None),
        serving_only=mode == ModeKeys.PREDICT,
    )
    scaffold = spec.scaffold
    with Session(config=estimator.config.session_config) as session:
        initial = scaffold.local_init_op
        if initial is None:
            initial = Scaffold.default_local_init_op()
        saver = scaffold.saver or Saver(sharded=True)
        _restore(saver, session, checkpoint, mode)
        builder._add_train_op(spec.train_op)
        settings: dict[str, Any] = {
            "tags": signatures.EXPORT_TAG_MAP[mode],
            "signature_def_map": definitions,
            "assets_collection": get_collection(GraphKeys.ASSET_FILEPATHS),
            "main_op": initial,
            "saver": saver,
            "strip_default_attrs": strip_default_attrs,
        }
        if saves_variables:
            builder.add_meta_graph_and_variables(session, **settings)
        else:
            builder.add_meta_graph(**settings)


def _restore(saver: Saver, session: Session, checkpoint: str, mode: str) -> None:
    try:
        saver.restore(session, checkpoint)
    except NotFoundError as error:
        raise ValueError(
            "Could not load all requested variables from checkpoint. Please make sure your "
            "model_fn does not expect variables that were not saved in the checkpoint.\n\n"
            f"Encountered error with mode `{mode}` while restoring checkpoint from: "
            f"`{checkpoint}`. Full Traceback:\n\n{error}"
        ) from error
