"""`stillflow digits serve` as a process, over real sockets of this machine."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import digit_models
import httpx
import pytest
import serving

LOAD = Path(__file__).parents[2] / "tools" / "load_digits.py"
HEAD = b"POST /api/predict HTTP/1.1\r\nHost: digits\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    digit_models.untrained(folder, hidden=(100,))
    return folder


@pytest.fixture(scope="module")
def address(folder):
    with serving.server(folder) as address:
        yield address


@pytest.fixture
def port(address):
    """The port of a server, which must still live after the test."""
    yield urlsplit(address).port
    assert httpx.get(f"{address}healthz").json() == {"status": "ok", "model": True}


def exchange(port, *parts):
    """Sends bytes and closes that direction; returns what comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(2**16):
            answer += chunk
        return answer


def test_a_thousand_requests_at_once_are_all_answered(port):
    command = [sys.executable, str(LOAD), "--port", str(port), "--requests", "1000"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert (found["asked"], found["answered"]) == (1000, 1000)
    assert found["p99_ms"] >= found["median_ms"] > 0


def test_a_chunked_body_has_a_bound(port):
    """It has no stated length, so it is counted as it comes."""
    chunk = b"%x\r\n%s\r\n" % (2**16, bytes(2**16))
    answer = exchange(
        port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 20, b"0\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"larger than 1024 KiB" in answer


def test_a_stated_length_is_believed_before_the_body_comes(port):
    answer = exchange(port, HEAD + b"Content-Length: 99999999999\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\n\r\n",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n[]",
        b"GET / HTTP/1.1\r\nHost: d\r\nX: " + b"x" * 20_000,
        b"GET /" + b"x" * 20_000,
    ],
    ids=["TLS", "no host", "negative length", "two lengths", "long header", "long address"],
)
def test_what_is_not_http_is_refused(port, sent):
    assert exchange(port, sent).startswith(b"HTTP/1.1 4")


def test_clients_that_hang_up_do_no_harm(port):
    for length in (0, 5, len(HEAD), len(HEAD) + 40):
        whole = HEAD + b"Content-Length: 1000\r\n\r\n" + bytes(900)
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            connection.sendall(whole[:length])


def test_it_listens_to_this_machine_alone(address):
    assert urlsplit(address).hostname == "127.0.0.1"


def test_a_model_is_taken_up_while_it_serves(tmp_path):
    with serving.server(tmp_path) as address:
        assert httpx.get(f"{address}api/model").status_code == 503
        digit_models.untrained(tmp_path, steps=(3,))
        until = time.monotonic() + 30
        while time.monotonic() < until and not httpx.get(f"{address}healthz").json()["model"]:
            time.sleep(0.1)
        assert httpx.get(f"{address}api/model").json()["step"] == 3


def test_an_address_that_is_taken_says_so(port, folder):
    command = [sys.executable, "-m", "stillflow", "digits", "serve", "--port", str(port)]
    done = subprocess.run([*command, "--model", str(folder)], capture_output=True, text=True)
    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1, port {port}: " in done.stderr
    assert "--port" in done.stderr
