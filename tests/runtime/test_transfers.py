"""What compiled runs move to a device with memory of its own, and back: see `transfers.py`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent


def outcome(**environment: str) -> dict:
    done = subprocess.run(
        [sys.executable, str(HERE / "transfers.py")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def found() -> dict:
    return outcome(STILLFLOW_DEVICE="cpu:1")


def nothing(**but) -> dict:
    return {"uploads": [], "downloads": [], "waits": 0, "unbegun": [], **but}


def test_variables_go_there_all_at_once_and_once(found):
    assert found["first_steps"] == nothing(uploads=[6])
    assert found["where_variables_are"] == ["cpu:1"]


def test_a_step_that_fetches_nothing_moves_nothing_and_waits_for_nothing(found):
    assert found["further_steps"] == nothing()


def test_a_run_has_its_own_copy_of_what_is_fed_unless_it_is_waited_for(found):
    assert found["what_is_fed_and_not_waited_for"] == [False]
    assert found["what_is_fed_and_waited_for"] == [True]


def test_fetches_come_back_at_once(found):
    assert found["three_fetches"] == nothing(downloads=[3, 3])


def test_what_is_checked_comes_with_what_is_fetched(found):
    assert found["a_check_and_a_fetch"] == nothing(downloads=[2, 2])


def test_a_check_that_fails_leaves_the_variables(found):
    assert found["a_check_that_fails"] == [True, True]


def test_variables_stay_where_runs_read_them(found):
    first, further = found["variables_of_the_host_that_runs_read"]
    assert first == [3]
    assert further == nothing(downloads=[1, 1, 1])


def test_evaluation_reads_trained_variables_where_they_are(found):
    assert found["evaluation_after_training"] == nothing(downloads=[1, 1, 1])


def test_evaluation_on_the_host_is_given_up_for_what_it_moves(found):
    assert 1 < found["evaluation_on_the_host"] < 20


def test_a_checkpoint_is_read_at_once_and_small_variables_together(found):
    assert found["a_checkpoint"] == {"downloads": [3], "unbegun": []}


def test_what_the_host_assigns_goes_there_alone(found):
    assert found["a_step_after_one_variable_was_assigned"] == [nothing(uploads=[1])] * 2


def test_training_gives_the_same_as_in_the_hosts_memory(found):
    expected = outcome(STILLFLOW_DEVICE="cpu")["training"]
    np.testing.assert_allclose(found["training"], expected, rtol=1e-6)
