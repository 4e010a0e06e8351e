"""`tf.contrib.tensorboard.plugins.projector`: what TensorBoard's projector is to show."""

from __future__ import annotations

import os
from typing import Any

from stillflow.platform.files import opened_to_write

_FILENAME = "projector_config.pbtxt"


def visualize_embeddings(summary_writer: Any, config: Any) -> None:
    """Tells TensorBoard's projector, in the folder of a FileWriter, which embeddings to show.

    Args:
      config: a ProjectorConfig, which names variables of a checkpoint and files of labels.

    Raises:
      ValueError: the writer has no folder.
      tf.errors.OpError: the file cannot be written.
    """
    from google.protobuf import text_format

    logdir = summary_writer.get_logdir()
    if logdir is None:
        raise ValueError("Summary writer must have a logdir")
    with opened_to_write(os.path.join(logdir, _FILENAME)) as file:
        file.write(text_format.MessageToString(config).encode())
