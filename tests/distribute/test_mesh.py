"""`stillflow run --devices N`: several devices compute what one does."""

import json
import re

import numpy as np
import pytest
from started import HERE, done, losses, printed

MNIST = str(HERE / "mnist_losses.py")
CONV = str(HERE / "conv_losses.py")


@pytest.fixture(scope="module")
def mnist_losses() -> list[float]:
    return losses("run", MNIST, "30")


# Of its first losses in quick tests: test_launch.py, with as many processes. CONV has more kinds of
# operations.
@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 4])
def test_losses_of_the_course_are_those_of_one_device(mnist_losses, count):
    found = losses("run", "--devices", str(count), MNIST, "30")
    np.testing.assert_allclose(found, mnist_losses, rtol=1e-5)
    assert len(found) == 30


@pytest.mark.parametrize("count", [pytest.param(2, marks=pytest.mark.slow), 4])
def test_losses_of_what_normalises_over_batches_and_draws_are_those_of_one_device(count):
    found = losses("run", "--devices", str(count), CONV, "30")
    np.testing.assert_allclose(found, losses("run", CONV, "30"), rtol=1e-5)


@pytest.mark.slow
def test_batches_that_do_not_divide_and_batches_that_change():
    sizes = ("200", "7", "1", "50", "201")
    found = losses("run", "--devices", "4", MNIST, "15", *sizes)
    np.testing.assert_allclose(found, losses("run", MNIST, "15", *sizes), rtol=1e-5)


@pytest.mark.parametrize("count", [2, pytest.param(8, marks=pytest.mark.slow)])
def test_a_step_moves_its_gradients_and_no_more(count):
    moved = json.loads(printed("run", "--devices", str(count), str(HERE / "moved.py")))
    assert set(moved["collectives"]) == {"all-reduce"}
    assert moved["bytes"] <= 1.01 * moved["gradients"]
    assert moved["donated"] == moved["updated"] > 0
    assert moved["split"] == 2


def test_devices_that_are_not_there_are_refused():
    failed = done("run", "--devices", "none", "-c", "")
    assert failed.returncode == 2
    assert "'none'; it may be a number from 1 on, or all." in failed.stderr


FOUR = ("run", "--devices", "4")
TWO = ("launch", "--processes", "2")


@pytest.mark.parametrize("flags", [FOUR, pytest.param(TWO, marks=pytest.mark.slow)])
def test_results_errors_and_states_are_those_of_one_device(flags):
    """Fetches by example, batches that do not divide, a failing check, what the host assigns."""
    program = str(HERE / "details.py")
    assert printed(*flags, program) == printed("run", program) != ""


@pytest.mark.parametrize("flags", [TWO, pytest.param(FOUR, marks=pytest.mark.slow)])
def test_threads_that_feed_by_queues_and_pipelines(flags):
    program = str(HERE / "threaded.py")
    np.testing.assert_allclose(losses(*flags, program), losses("run", program), rtol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("flags", [FOUR, TWO])
def test_the_example_prints_what_it_prints_on_one_device(flags, tmp_path):
    program = str(HERE.parents[1] / "examples" / "mnist" / "mnist_backward.py")
    one, many = (
        re.sub(r" +\d+ steps/s", "", printed(*command, program, "--steps", "500", cwd=tmp_path))
        for command in (("run",), flags)
    )
    assert one == many != ""
