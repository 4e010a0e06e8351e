"""Without an extra's packages a command says which one to install."""

import subprocess
import sys

import digit_models
import pytest


@pytest.mark.parametrize(
    ("command", "package", "extra"),
    [
        (("predict", "seven.png"), "PIL", "image"),
        (("serve", "--port", "0"), "starlette", "web"),
        (("serve", "--port", "0"), "uvicorn", "web"),
    ],
)
def test_a_package_that_is_not_there(tmp_path, command, package, extra):
    digit_models.untrained(tmp_path)
    program = f"import sys; sys.modules[{package!r}] = None; from stillflow.cli import main; main()"
    arguments = ["digits", *command, "--model", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert f"need {package}" in done.stderr or f"needs {package}" in done.stderr
    assert f"pip install 'stillflow[{extra}]'" in done.stderr
