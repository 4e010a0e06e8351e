"""`stillflow launch`, `run --hosts`: several processes compute what one does, and end together."""

import signal
import socket
import subprocess
import time
from collections.abc import Iterator

import numpy as np
import pytest
from started import COMMAND, HERE, LIMIT, done, environment, losses, printed

MNIST = str(HERE / "mnist_losses.py")
FAULTY = str(HERE / "faulty.py")
UNSEEDED = str(HERE / "unseeded.py")
MET = str(HERE / "met.py")
TWO = ("launch", "--processes", "2")


def test_two_processes_give_what_two_devices_give_bit_for_bit():
    assert losses(*TWO, MNIST, "10") == losses("run", "--devices", "2", MNIST, "10")


@pytest.mark.slow
def test_two_runs_give_the_same_bit_for_bit():
    found = losses(*TWO, MNIST, "30")
    assert found == losses(*TWO, MNIST, "30") == losses("run", "--devices", "2", MNIST, "30")


def test_ranks_may_feed_a_part_of_the_batch_each():
    program = str(HERE / "parts.py")
    found = losses(*TWO, "--batch", "local", program, STILLFLOW_TIER="auto")
    assert found == losses("run", "--devices", "2", program)


@pytest.mark.slow
def test_processes_of_several_devices():
    """Four parts are added up within processes first, which one process does in another order."""
    found = losses(*TWO, "--devices", "2", MNIST, "10")
    np.testing.assert_allclose(found, losses("run", "--devices", "4", MNIST, "10"), rtol=1e-5)


@pytest.mark.slow
def test_what_is_unseeded_is_the_same_for_all_and_one_writes(tmp_path):
    assert printed(*TWO, UNSEEDED, "30", cwd=tmp_path) == "from 0 to 30 all equal\n"
    names = sorted(path.name for path in (tmp_path / "model").iterdir())
    assert sum(name.startswith("events.out.tfevents") for name in names) == 1
    checkpoints = [f"model.ckpt-{n}.{end}" for n in (0, 10, 20, 30) for end in ENDS]
    others = ["checkpoint", "graph.pbtxt", "note"]
    assert [name for name in names if "tfevents" not in name] == sorted([*checkpoints, *others])
    assert (tmp_path / "model" / "note").read_text() == "done"


ENDS = ("data-00000-of-00001", "index", "meta")


def test_after_a_crash_all_start_again_from_the_last_checkpoint(tmp_path):
    (tmp_path / "crash").touch()
    ended = done(*TWO, "--restarts", "1", UNSEEDED, "40", cwd=tmp_path)
    assert ended.stdout == "from 20 to 40 all equal\n", ended.stderr
    assert "rank 1 was ended by SIGKILL" in ended.stderr
    assert "all 2 ranks start again (1 of 1)" in ended.stderr
    names = [path.name for path in (tmp_path / "model").iterdir()]
    assert sum(name.startswith("events.out.tfevents") for name in names) == 2  # one each time


@pytest.mark.slow
def test_another_number_of_processes_goes_on_from_a_checkpoint(tmp_path):
    for count, expected in (("2", "from 0 to 20"), ("3", "from 20 to 30"), ("1", "from 30 to 40")):
        command = ("launch", "--processes", count, UNSEEDED, expected.split()[-1])
        assert printed(*command, cwd=tmp_path) == f"{expected} all equal\n"


# What fails --------------------------------------------------------------------------------------

ENDLESS = "1000000"


def failed(what: str, rank: int, folder, *flags: str) -> tuple[float, subprocess.CompletedProcess]:
    """Seconds from the fault to the end of all, and how that was.

    Where the machine does other things as well, all takes as many times longer as starting does.
    """
    begun = time.time()
    ended = done(*TWO, *flags, FAULTY, what, str(rank), ENDLESS, cwd=folder)
    fault = float((folder / "fault").read_text())
    return (time.time() - fault) / max(1.0, (fault - begun) / START), ended


START = 4.0  # seconds up to the fault at most, where nothing else runs


@pytest.mark.parametrize(
    ("what", "rank", "text", "code"),
    [
        ("SIGKILL", 1, "rank 1 was ended by SIGKILL", 128 + signal.SIGKILL),
        ("raise", 1, "Rank 1 has failed with ValueError: of this rank alone.", 1),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in [
                ("SIGKILL", 0, "rank 0 was ended by SIGKILL", 128 + signal.SIGKILL),
                ("SIGTERM", 0, "rank 0 was ended by SIGTERM", 128 + signal.SIGTERM),
                ("SIGTERM", 1, "rank 1 was ended by SIGTERM", 128 + signal.SIGTERM),
                ("raise", 0, "ValueError: of this rank alone", 1),
                ("exit", 0, "rank 0 has exited with 3", 3),
                ("exit", 1, "rank 1 has exited with 3", 3),
                ("end", 1, "rank 1 is at the end of the program", 1),
                ("interrupt", 1, "rank 1 has exited with 130", 130),
            ]
        ),
    ],
)
def test_when_a_rank_fails_all_end_and_say_which(what, rank, text, code, tmp_path):
    seconds, ended = failed(what, rank, tmp_path)
    assert text in ended.stderr
    assert ended.returncode == code
    assert seconds < (2 if what == "SIGKILL" else 5)
    assert "*** Check failure" not in ended.stderr


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 1])
def test_a_rank_that_stands_still_is_given_up(rank, tmp_path):
    seconds, ended = failed("SIGSTOP", rank, tmp_path, "--heartbeat", "3")
    assert f"Rank {rank} has not answered for 3 seconds." in ended.stderr
    assert ended.returncode
    assert seconds < 3 + 5


@pytest.mark.parametrize(
    ("what", "texts"),
    [
        ("shape", ["rank 0 is at a run up to", "on [8, 20]", "on [6, 20]"]),
        pytest.param("fetch", ["run up to Mean on [8, 20]"], marks=pytest.mark.slow),
    ],
)
def test_ranks_that_run_different_things_are_told(what, texts, tmp_path):
    seconds, ended = failed(what, 1, tmp_path)
    assert "InvalidArgumentError: The ranks do not run the same program:" in ended.stderr
    for text in texts:
        assert text in ended.stderr
    assert ended.returncode == 1
    assert seconds < 5


@pytest.mark.slow
def test_ranks_of_different_graphs_are_told(tmp_path):
    ended = done(*TWO, FAULTY, "graph", "1", ENDLESS, cwd=tmp_path)
    assert "what rank 1 has built differs from what rank 0 has." in ended.stderr
    assert ended.returncode == 1


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_launcher_ends_all(number, tmp_path):
    # A fault of no rank: the loop goes on until it is ended.
    command = [*COMMAND, *TWO, FAULTY, "none", "1", ENDLESS]
    begun = time.monotonic()
    started = subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE)
    while not (tmp_path / "fault").exists():
        assert started.poll() is None
        time.sleep(0.05)
    slower = max(1.0, (time.monotonic() - begun) / START)
    started.send_signal(number)
    begun = time.monotonic()
    started.communicate(timeout=LIMIT)
    assert started.returncode == 128 + number
    assert time.monotonic() - begun < 5 * slower


def test_a_rank_that_does_not_come_is_missed_in_a_line(port):
    hosts = f"127.0.0.1:{port},127.0.0.1"
    for rank, text in ((0, "Rank 1 of 2 did not come to"), (1, "Rank 0 was not found at")):
        place = ("--hosts", hosts, "--rank", str(rank), "--patience", "0.5")
        ended = done("run", *place, "-c", "print('never')")
        assert ended.returncode == 1
        assert ended.stdout == ""
        assert ended.stderr.startswith(f"stillflow: {text}")
        assert ended.stderr.count("\n") == 1


# Hosts -------------------------------------------------------------------------------------------


@pytest.fixture
def port() -> Iterator[int]:
    """One that only who asks for it is given, until it is listened at."""
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        yield kept.getsockname()[1]


def together(variables: list[dict[str, str]], *arguments: str, cwd) -> list[tuple[int, str]]:
    """The exit codes and the output of processes that are started at once."""
    started = [
        subprocess.Popen(
            [*COMMAND, "run", *arguments], env=environment(**own), cwd=cwd, text=True,
            stdout=subprocess.PIPE,
        )
        for own in variables
    ]  # fmt: skip
    return [(one.communicate(timeout=LIMIT)[0], one.returncode)[::-1] for one in started]


def started_by(starter: str, port: int) -> list[dict[str, str]]:
    """What two processes find in their environments."""
    ranks = []
    for rank in range(2):
        cluster = f'{{"worker": ["127.0.0.1:{port}", "127.0.0.1:1"]}}'
        task = f'{{"type": "worker", "index": {rank}}}'
        by_torch = {"RANK": str(rank), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1"}
        ranks.append(
            {**by_torch, "MASTER_PORT": str(port)}
            if starter == "torch"
            else {"TF_CONFIG": f'{{"cluster": {cluster}, "task": {task}}}'}
        )
    return ranks


@pytest.mark.parametrize("starter", ["torch", "tf_config"])
def test_processes_that_others_start_find_each_other(starter, port, tmp_path):
    ended = together(started_by(starter, port), MET, cwd=tmp_path)
    assert ended == [(0, "ranks [0, 1] of which write [0]\n"), (0, "")]


@pytest.mark.slow
@pytest.mark.parametrize("starter", ["torch", "tf_config"])
def test_processes_that_others_start_train_together(starter, port, tmp_path):
    ended = together(started_by(starter, port), UNSEEDED, "5", cwd=tmp_path)
    assert ended == [(0, "from 0 to 5 all equal\n"), (0, "")]
    names = [path.name for path in (tmp_path / "model").iterdir()]
    assert sum(name.startswith("events.out.tfevents") for name in names) == 1  # one writes
    assert {"model.ckpt-5.index", "graph.pbtxt", "note"} < set(names)


@pytest.mark.slow
def test_the_port_is_open_to_this_machine_alone(port):
    hosts = ("--hosts", f"127.0.0.1:{port},127.0.0.1", "--rank", "0", "--patience", "3")
    waiting = subprocess.Popen([*COMMAND, "run", *hosts, "-c", ""], env=environment())
    addresses = ""
    while f":{port} " not in addresses and waiting.poll() is None:
        addresses = subprocess.run(["ss", "-ltn"], capture_output=True, text=True).stdout
        time.sleep(0.05)
    waiting.wait(LIMIT)
    assert f"127.0.0.1:{port}" in addresses
    assert f"0.0.0.0:{port}" not in addresses
