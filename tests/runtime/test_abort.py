"""`Abort` ends the process, with an error or without."""

import subprocess
import sys

import pytest

PROGRAM = """
import stillflow as tf

with tf.Session() as session:
    session.run(tf.raw_ops.Abort(error_msg="enough", exit_without_error={quietly}))
print("went on")
"""


@pytest.mark.parametrize("quietly", [True, False])
def test_abort_ends_the_process(quietly):
    program = PROGRAM.format(quietly=quietly)
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (ended.returncode == 0) == quietly
    assert ended.stdout == ""
    assert ("Abort_op intentional failure; enough" in ended.stderr) == (not quietly)
