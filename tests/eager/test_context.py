"""What programs and TensorFlow's own code ask of eager mode's context."""

import threading

import pytest

import stillflow as tf
from stillflow.gradients.aggregating import total_of_any
from stillflow.graph.errors import NotFoundError
from stillflow.ops.array.indexed_slices import as_slices
from stillflow.runtime.eager import eager_context
from stillflow.runtime.eager.eager_context import Context, the_context
from stillflow.runtime.eager.mode import ASYNC, SYNC, eager_mode


def test_each_thread_has_its_execution_mode():
    context, seen = Context(execution_mode=ASYNC), []
    context.execution_mode = SYNC
    thread = threading.Thread(target=lambda: seen.append(context.execution_mode))
    thread.start()
    thread.join()
    assert (context.execution_mode, seen) == (SYNC, [ASYNC])
    with pytest.raises(ValueError, match=r"Execution mode should be None/SYNC/ASYNC. Got 7"):
        context.execution_mode = 7


def test_operations_are_done_in_any_mode_and_by_any_executor():
    with eager_mode(), eager_context.execution_mode(ASYNC):
        assert (the_context().is_async(), tf.constant(3).numpy()) == (True, 3)
        the_context().executor.wait()
        with eager_context.executor_scope(eager_context.new_executor(enable_async=False)):
            assert not the_context().is_async()
        the_context().executor.clear_error()
    assert not the_context().is_async()


def test_functions_are_run_by_what_there_is():
    with eager_context.function_executor_type("DEFAULT"):
        pass
    with pytest.raises(NotFoundError, match=r"No executor factory registered .* NONE"):
        eager_context.function_executor_type("NONE")


def test_the_context_calls_back():
    context, seen = the_context(), []
    with eager_mode():
        context.add_post_execution_callback(lambda kind, *_: seen.append(kind))
        assert len(context.post_execution_callbacks) == 1
        tf.constant(1) + 2
        context.clear_post_execution_callbacks()
        tf.constant(1) * 2
    assert seen == ["AddV2"]


def test_gradients_are_summed_of_any_kind():
    with eager_mode():
        dense = tf.constant([[1.0, 2.0], [3.0, 4.0]])
        sparse = as_slices(dense)
        assert total_of_any([]) is None
        assert total_of_any([None, sparse]) is sparse
        assert total_of_any([sparse, None, dense]).numpy().tolist() == [[2, 4], [6, 8]]
        joined = total_of_any([sparse, sparse])
        assert joined.indices.numpy().tolist() == [0, 1, 0, 1]
