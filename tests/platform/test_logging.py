"""tf.logging: levels, and how often a line logs."""

import logging
import subprocess
import sys

import pytest

import stillflow.api as tf


@pytest.fixture(autouse=True)
def verbosity():
    """Leaves the logger's level as it was."""
    level = tf.get_logger().level
    yield
    tf.get_logger().setLevel(level)


def messages(caplog):
    return [record.getMessage() for record in caplog.records]


def test_levels(caplog):
    tf.logging.set_verbosity(tf.logging.INFO)
    assert tf.logging.get_verbosity() == 20
    tf.logging.debug("no")
    tf.logging.info("yes %d", 1)
    tf.logging.vlog(tf.logging.ERROR, "as %s", "error")
    tf.logging.set_verbosity(tf.logging.FATAL)
    tf.logging.error("no")
    tf.logging.fatal("yes")
    assert messages(caplog) == ["yes 1", "as error", "yes"]
    assert [record.levelno for record in caplog.records] == [20, 40, 50]


def test_the_caller_is_the_programs_line(caplog):
    tf.logging.warn("here")
    assert caplog.records[0].filename == "test_logging.py"
    assert caplog.records[0].funcName == "test_the_caller_is_the_programs_line"


def test_now_and_then(caplog):
    tf.logging.set_verbosity("INFO")
    for i in range(5):
        tf.logging.log_every_n(tf.logging.INFO, "every %d", 2, i)
        tf.logging.log_first_n(tf.logging.INFO, "first %d", 2, i)
        tf.logging.log_if(tf.logging.INFO, "if %d", i == 3, i)
    assert messages(caplog) == [
        *("every 0", "first 0", "first 1", "every 2"),
        *("if 3", "every 4"),
    ]


def test_it_is_pythons_logger():
    assert tf.get_logger() is logging.getLogger("tensorflow")


@pytest.mark.parametrize(
    ("program", "err"),
    [
        ("tf.logging.warning('w'); tf.logging.info('i')", "WARNING:tensorflow:w\n"),
        ("tf.logging.set_verbosity(20); tf.logging.info('i')", "INFO:tensorflow:i\n"),
        ("import logging; logging.basicConfig(format='%(message)s'); tf.logging.warn('w')", "w\n"),
    ],
)
def test_what_a_new_process_writes(program, err):
    """TensorFlow's line, unless the program has set up logging itself."""
    command = [sys.executable, "-c", f"import stillflow as tf; {program}"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stderr == err
