"""What every test starts from: an empty default graph, and the tier that the environment sets."""

import gc
import logging
import signal
import weakref

import hypothesis
import pytest

from stillflow.graph import context
from stillflow.layers import keras_graph
from stillflow.runtime import platforms, session

# How long an example takes says nothing where other processes run.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# A shell that starts the tests in the background has them, and what they start, ignore Ctrl-C;
# the tests of it would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)


# Of what collecting tests makes, all stays: looking through it for garbage, again and again, would
# take as long as hundreds of tests.


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


# A file's tests run in one process, so the files that take longest begin: else one process would
# be left with one of them when the others have nothing more to do.
LONGEST = (
    *("test_oracle_programs.py", "test_oracle_values.py", "test_page.py", "test_launch.py"),
    *("test_mesh.py", "test_stubs.py", "test_examples.py", "test_horovod.py", "test_streams.py"),
    *("test_math_gradients.py", "test_exporting.py", "test_train_command.py", "test_to_jax.py"),
    *("test_towers.py", "test_every_op_refuses.py", "test_properties.py", "test_xla_cache.py"),
    *("test_oracle_coverage.py", "test_test_command.py", "test_kernels.py"),
)


def pytest_collection_modifyitems(items):
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


@pytest.fixture(autouse=True)
def empty_default_graph():
    """Gives each test a global graph of its own, and Keras one, as a new process would."""
    context.graphs.stack.clear()
    context.sessions.stack.clear()
    context.reset_default_graph()
    keras_graph.forget_graph()
    yield
    context.graphs.stack.clear()
    context.sessions.stack.clear()


@pytest.fixture(autouse=True)
def usual_verbosity():
    """Has what a test lets TensorFlow's logger say end with it, as with a process."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    yield
    logger.setLevel(level)


@pytest.fixture
def own_garbage():
    """Has `gc.collect` look through what the test makes alone; all that is there takes a second."""
    gc.freeze()


@pytest.fixture
def only_own_sessions(monkeypatch):
    """Has `Session.reset` reach what this test opens, and no session that other tests share."""
    monkeypatch.setattr(session, "_sessions", weakref.WeakSet())


@pytest.fixture
def soon_compiled(monkeypatch):
    """Has the cost model compile a plan after a few runs."""
    soon = platforms.PLATFORMS["cpu"]._replace(start=100.0, compile_step=1.0, run=0.0)
    monkeypatch.setitem(platforms.PLATFORMS, "cpu", soon)


@pytest.fixture(params=["host", "xla"])
def tier(request, monkeypatch):
    """Runs a test once on each tier."""
    monkeypatch.setenv("STILLFLOW_TIER", request.param)
    return request.param
