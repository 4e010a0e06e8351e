"""`tf.train.SessionManager`: makes sessions whose model is initialised, restored or waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from stillflow.checkpoint.management import get_checkpoint_state
from stillflow.graph.errors import DeadlineExceededError, FailedPreconditionError
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.platform import logging
from stillflow.runtime.session import Session

# Whether a model is ready, and what it lacks.
_Answer = tuple[bool, str | None]
_READY: _Answer = (True, None)


class SessionManager:
    """Opens sessions on `graph` for one or several tasks.

    Args:
      local_init_op: run in each session that finds the model ready for it.
      ready_op: string[n], the variables that are not initialised; none is ready.
      ready_for_local_init_op: the same, asked before `local_init_op`.
      recovery_wait_secs: between two looks at what is waited for.
      local_init_run_options: a tf.RunOptions for `local_init_op`.

    Raises:
      ValueError: `ready_for_local_init_op` is given without `local_init_op`.
    """

    def __init__(
        self,
        local_init_op: Any = None,
        ready_op: Any = None,
        ready_for_local_init_op: Any = None,
        graph: Graph | None = None,
        recovery_wait_secs: float = 30,
        local_init_run_options: Any = None,
    ):
        if ready_for_local_init_op is not None and local_init_op is None:
            raise ValueError(
                "If you pass a ready_for_local_init_op you must also pass a local_init_op , "
                f"ready_for_local_init_op [{ready_for_local_init_op}]"
            )
        self._graph = graph or get_default_graph()
        self._local_init_op = local_init_op
        self._ready_op = ready_op
        self._ready_for_local_init_op = ready_for_local_init_op
        self._recovery_wait_secs = recovery_wait_secs
        self._local_init_run_options = local_init_run_options

    def prepare_session(
        self,
        master: str,
        init_op: Any = None,
        saver: Any = None,
        checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200,
        config: Any = None,
        init_feed_dict: dict[Any, Any] | None = None,
        init_fn: Callable[[Any], Any] | None = None,
    ) -> Session:
        """Returns a session with the newest checkpoint restored, or else initialised.

        Args:
          init_op, init_feed_dict, init_fn: initialise where there is no checkpoint.
          saver, checkpoint_dir, checkpoint_filename_with_path: restore a folder's newest
            checkpoint, or this one.
          wait_for_checkpoint, max_wait_secs: waits so long until there is one.

        Raises:
          RuntimeError: nothing initialises the model, or it is not ready after that.
          ValueError: a folder and a checkpoint are given.
        """
        session, is_restored = self._restored(
            master,
            saver,
            checkpoint_dir,
            checkpoint_filename_with_path,
            wait_for_checkpoint,
            max_wait_secs,
            config,
        )
        if not is_restored:
            if init_op is None and not init_fn and self._local_init_op is None:
                raise RuntimeError(
                    "Model is not initialized and no init_op or init_fn or local_init_op was given"
                )
            if init_op is not None:
                session.run(init_op, feed_dict=init_feed_dict)
            if init_fn:
                init_fn(session)
        what = f"Init op: {getattr(init_op, 'name', None)}, init fn: {init_fn}, "
        is_ready, lacks = self._initialized_locally(session)
        if not is_ready:
            raise RuntimeError(
                f"Init operations did not make model ready for local_init.  {what}error: {lacks}"
            )
        is_ready, lacks = self._model_ready(session)
        if not is_ready:
            raise RuntimeError(
                f"Init operations did not make model ready.  {what}"
                f"local_init_op: {self._local_init_op}, error: {lacks}"
            )
        return session

    def recover_session(
        self,
        master: str,
        saver: Any = None,
        checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200,
        config: Any = None,
    ) -> tuple[Session, bool]:
        """Returns a session, and whether a checkpoint was restored that made the model ready."""
        session, is_restored = self._restored(
            master,
            saver,
            checkpoint_dir,
            checkpoint_filename_with_path,
            wait_for_checkpoint,
            max_wait_secs,
            config,
        )
        is_ready, lacks = self._initialized_locally(session)
        if not is_restored:
            return session, False
        restored = checkpoint_dir or checkpoint_filename_with_path
        if not is_ready:
            logging.info(
                "Restoring model from %s did not make model ready for local init: %s",
                restored,
                lacks,
            )
            return session, False
        is_ready, lacks = self._model_ready(session)
        if not is_ready:
            logging.info("Restoring model from %s did not make model ready: %s", restored, lacks)
            return session, False
        logging.info("Restored model from %s", restored)
        return session, True

    def wait_for_session(
        self, master: str, config: Any = None, max_wait_secs: float | None = None
    ) -> Session:
        """Returns a session once another task has made the model ready.

        Raises:
          DeadlineExceededError: it was not after `max_wait_secs`; None is for ever.
        """
        limit = float("inf") if max_wait_secs is None else max_wait_secs
        until = time.time() + limit
        while True:
            session = Session(master, graph=self._graph, config=config)
            lacks = None
            is_ready, lacks_locally = self._initialized_locally(session)
            if is_ready:
                is_ready, lacks = self._model_ready(session)
                if is_ready:
                    return session
            with suppress(Exception):
                session.close()
            if max(0, until - time.time()) < self._recovery_wait_secs:
                raise DeadlineExceededError(
                    None, None, f"Session was not ready after waiting {limit:.0f} secs."
                )
            logging.info(
                "Waiting for model to be ready.  Ready_for_local_init_op:  %s, ready: %s",
                lacks_locally,
                lacks,
            )
            time.sleep(self._recovery_wait_secs)

    def _restored(
        self,
        master: str,
        saver: Any,
        folder: str | None,
        file: str | None,
        waits: bool,
        max_wait_secs: float,
        config: Any,
    ) -> tuple[Session, bool]:
        """A session, and whether a checkpoint was restored in it."""
        session = Session(master, graph=self._graph, config=config)
        if folder and file:
            raise ValueError(
                "Can not provide both checkpoint_dir and checkpoint_filename_with_path."
            )
        if not saver or not (folder or file):
            return session, False
        if file:
            saver.restore(session, file)
            return session, True
        assert folder is not None
        state, waited = get_checkpoint_state(folder), 0.0
        while not state or not state.model_checkpoint_path:
            if not waits or waited >= max_wait_secs:
                return session, False
            logging.info("Waiting for checkpoint to be available.")
            time.sleep(self._recovery_wait_secs)
            waited += self._recovery_wait_secs
            state = get_checkpoint_state(folder)
        saver.restore(session, state.model_checkpoint_path)
        saver.recover_last_checkpoints(state.all_model_checkpoint_paths)
        return session, True

    def _model_ready(self, session: Any) -> _Answer:
        return _ready(self._ready_op, session, "Model not ready")

    def _initialized_locally(self, session: Any) -> _Answer:
        """Runs `local_init_op` if the model is ready for it."""
        if self._local_init_op is None:
            return _READY
        answer = _ready(self._ready_for_local_init_op, session, "Model not ready for local init")
        if answer[0]:
            logging.info("Running local_init_op.")
            session.run(self._local_init_op, options=self._local_init_run_options)
            logging.info("Done running local_init_op.")
        return answer


def _ready(op: Any, session: Any, message: str) -> _Answer:
    if op is None:
        return _READY
    try:
        lacking = session.run(op)
    except FailedPreconditionError as error:
        if "uninitialized" not in str(error):
            logging.warning("%s : error [%s]", message, str(error))
            raise
        return False, str(error)
    if lacking is None or lacking.dtype == np.int32 or lacking.size == 0:
        return _READY
    names = ", ".join(name.decode() for name in lacking)
    return False, f"Variables not initialized: {names}"
