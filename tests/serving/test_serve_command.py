"""`stillflow serve` as a process, asked over real sockets of this machine, as any client would."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asking
import pytest
from click.testing import CliRunner

from stillflow.cli.commands import stillflow

LOAD = Path(__file__).parents[2] / "tools" / "load_digits.py"
HALF = str(asking.GOLDEN / "half")


@contextlib.contextmanager
def serving(*arguments: str) -> Iterator[tuple[str, subprocess.Popen]]:
    """Runs `stillflow serve` on a free port; gives its address and its process."""
    command = [sys.executable, "-u", "-m", "stillflow", "serve", "--port", "0", *arguments]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    process = subprocess.Popen(command, text=True, **streams)
    try:
        yield _address(process), process
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _address(process: subprocess.Popen) -> str:
    printed = ""
    for line in process.stdout or ():
        printed += line
        if found := re.search(r"how to ask it: (http://\S+)/ ", line):
            return found[1]
    raise AssertionError(f"The server ended early: {printed}")


def post(address: str, path: str, document) -> dict:
    """As the public examples do with urllib: TensorFlow Serving's answer to a document."""
    data = json.dumps(document).encode()
    with urllib.request.urlopen(f"{address}{path}", data, timeout=60) as response:
        return json.load(response)


def metrics(address: str) -> str:
    with urllib.request.urlopen(f"{address}/metrics", timeout=60) as response:
        return response.read().decode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "half_plus_two"
    shutil.copytree(asking.GOLDEN / "half" / "1", folder / "1")
    return folder


@pytest.fixture(scope="module")
def address(folder):
    mnist = f"mnist={asking.GOLDEN / 'mnist'}"
    options = ["--model", mnist, "--label", "half_plus_two/stable=1", "--every", "0.1"]
    with serving(str(folder), *options) as (address, _):
        yield address


def test_a_client_of_tensorflow_serving_works_unchanged(address):
    """The requests of its first page."""
    found = post(address, "/v1/models/half_plus_two:predict", {"instances": [1.0, 2.0, 5.0]})
    assert found == {"predictions": [2.5, 3.0, 4.5]}
    with urllib.request.urlopen(f"{address}/v1/models/half_plus_two/labels/stable") as response:
        (version,) = json.load(response)["model_version_status"]
    assert (version["version"], version["state"]) == ("1", "AVAILABLE")
    with pytest.raises(urllib.error.HTTPError) as refusal:
        post(address, "/v1/models/half:predict", {"instances": [1.0, 5.0]})
    assert refusal.value.code == 404
    assert "Servable not found for request: Latest(half)" in json.load(refusal.value)["error"]


def test_several_models_are_served(address):
    pictures = {"instances": [[[0.0] * 28] * 28] * 2}
    rows = post(address, "/v1/models/mnist:predict", pictures)["predictions"]
    assert [sum(row["probabilities"]) for row in rows] == pytest.approx([1, 1], abs=1e-5)


def test_a_version_is_taken_up_while_it_serves(address, folder):
    shutil.copytree(asking.GOLDEN / "half" / "2", folder / "2")
    until = time.monotonic() + 60
    asked = {"instances": [2.0]}
    while time.monotonic() < until:
        found = post(address, "/v1/models/half_plus_two:predict", asked)["predictions"]
        if found == [4.0]:
            break
        time.sleep(0.1)
    assert found == [4.0]
    older = post(address, "/v1/models/half_plus_two/versions/1:predict", asked)
    assert older == {"predictions": [3.0]}


def load(address, requests):
    """What a thousand connections, all opened at once, are answered."""
    port = str(urlsplit(address).port)
    command = [sys.executable, str(LOAD), "--port", port, "--requests", str(requests)]
    asked = ["--path", "/v1/models/mnist:predict"]
    asked += ["--body", json.dumps({"instances": [[[0.5] * 28] * 28]})]
    done = subprocess.run([*command, *asked], capture_output=True, text=True)
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_requests_at_once_are_all_answered(address):
    assert load(address, 100)["answered"] == 100


@pytest.mark.slow
@pytest.mark.parametrize("options", [[], ["--batch", "64"]], ids=["alone", "together"])
def test_a_thousand_requests_at_once_are_all_answered(options):
    with serving(str(asking.GOLDEN / "mnist"), "--name", "mnist", *options) as (address, _):
        assert load(address, 1000)["answered"] == 1000


def test_what_has_begun_is_answered_before_it_stops():
    """A request that waits in a batch when the process is told to stop."""
    with serving(HALF, "--batch", "8", "--wait", "1500") as (address, process):
        answers = []
        asked = {"instances": [2.0]}
        thread = threading.Thread(
            target=lambda: answers.append(post(address, "/v1/models/half:predict", asked))
        )
        thread.start()
        while thread.is_alive() and 'waiting{model_name="half"} 1' not in metrics(address):
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        thread.join(60)
        process.wait(60)
    assert answers == [{"predictions": [4.0]}]


def test_it_listens_to_this_machine_alone(address):
    assert urlsplit(address).hostname == "127.0.0.1"


# What is said on the command line -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "Name a model: stillflow serve PATH, or --model NAME=PATH."),
        (["nowhere"], "nowhere: There is no such folder or file."),
        ([__file__], "is neither a folder nor a .meta or .pb file"),
        (["--name", "a"], "there is no PATH"),
        ([HALF, "--name", "a/b"], "'a/b' cannot be a part of an address"),
        ([HALF, "--model", "x"], "'x' is not NAME=PATH."),
        ([HALF, "--model", f"half={HALF}"], "Two models are called half."),
        ([HALF, "--versions", "newest"], "'newest' is not all, latest or numbers."),
        ([HALF, "--label", "stable"], "'stable' is not [NAME/]LABEL=VERSION."),
        ([HALF, "--label", "other/stable=1"], "There is no model other."),
        ([str(asking.GOLDEN / "code" / "1")], "is not served: Node 'PyFunc' is a PyFunc"),
    ],
)
def test_what_is_wrong_is_one_line(arguments, reason):
    result = CliRunner().invoke(stillflow, ["serve", "--port", "0", *arguments])
    assert result.exit_code in (1, 2)
    assert reason in result.output
    assert "Traceback" not in result.output


def test_an_address_that_is_taken_says_so(address):
    port = str(urlsplit(address).port)
    result = CliRunner().invoke(stillflow, ["serve", "--port", port, HALF])
    assert result.exit_code == 1
    assert f"Cannot listen on 127.0.0.1, port {port}: " in result.output


def test_a_folder_without_versions_is_told_and_waited_for(tmp_path):
    command = [sys.executable, "-u", "-m", "stillflow", "serve", "--port", "0", "--every", "0.1"]
    with subprocess.Popen(
        [*command, str(tmp_path), "--name", "half"], stderr=subprocess.STDOUT, stdout=-1, text=True
    ) as process:
        try:
            assert "Model half has no version yet" in process.stdout.readline()
            address = _address(process)
            shutil.copytree(asking.GOLDEN / "half" / "1", tmp_path / "1")
            assert "Version 1 of model half is there." in process.stdout.readline()
            asked = {"instances": [2.0]}
            assert post(address, "/v1/models/half:predict", asked) == {"predictions": [3.0]}
        finally:
            process.terminate()
