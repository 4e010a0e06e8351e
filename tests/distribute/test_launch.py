"""`stillflow launch`, `run --hosts`: several processes compute what one does, and end together."""

import signal
import socket
import subprocess
import time

import numpy as np
import pytest
from started import COMMAND, HERE, LIMIT, done, environment, losses, printed

MNIST = str(HERE / "mnist_losses.py")
FAULTY = str(HERE / "faulty.py")
UNSEEDED = str(HERE / "unseeded.py")
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


@pytest.mark.slow
def test_another_number_of_processes_goes_on_from_a_checkpoint(tmp_path):
    for count, expected in (("2", "from 0 to 20"), ("3", "from 20 to 30"), ("1", "from 30 to 40")):
        command = ("launch", "--processes", count, UNSEEDED, expected.split()[-1])
        assert printed(*command, cwd=tmp_path) == f"{expected} all equal\n"


# What fails --------------------------------------------------------------------------------------

ENDLESS = "1000000"


def failed(what: str, rank: int, folder, *flags: str) -> tuple[float, subprocess.CompletedProcess]:
    """Seconds from the fault to the end of all, and how that was."""
    ended = done(*TWO, *flags, FAULTY, what, str(rank), ENDLESS, cwd=folder)
    fault = float((folder / "fault").read_text())
    return time.time() - fault, ended


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
    command = [*COMMAND, *TWO, FAULTY, "none", "9", ENDLESS]
    started = subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE)
    time.sleep(8)
    started.send_signal(number)
    begun = time.monotonic()
    started.communicate(timeout=LIMIT)
    assert started.returncode == 128 + number
    assert time.monotonic() - begun < 5


def test_a_rank_that_does_not_come_is_missed_in_a_line():
    hosts = f"127.0.0.1:{free_port()},127.0.0.1"
    for rank, text in ((0, "Rank 1 of 2 did not come to"), (1, "Rank 0 was not found at")):
        place = ("--hosts", hosts, "--rank", str(rank), "--patience", "0.5")
        ended = done("run", *place, "-c", "print('never')")
        assert ended.returncode == 1
        assert ended.stdout == ""
        assert ended.stderr.startswith(f"stillflow: {text}")
        assert ended.stderr.count("\n") == 1


# Hosts -------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


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


@pytest.mark.parametrize("starter", ["torch", pytest.param("tf_config", marks=pytest.mark.slow)])
def test_processes_that_others_start_find_each_other(starter, tmp_path):
    port = free_port()
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
    ended = together(ranks, UNSEEDED, "5", cwd=tmp_path)
    assert ended == [(0, "from 0 to 5 all equal\n"), (0, "")]
    names = [path.name for path in (tmp_path / "model").iterdir()]
    assert sum(name.startswith("events.out.tfevents") for name in names) == 1  # one writes
    assert {"model.ckpt-5.index", "graph.pbtxt", "note"} < set(names)


@pytest.mark.slow
def test_the_port_is_open_to_this_machine_alone(tmp_path):
    port = free_port()
    hosts = ("--hosts", f"127.0.0.1:{port},127.0.0.1", "--rank", "0", "--patience", "3")
    waiting = subprocess.Popen([*COMMAND, "run", *hosts, "-c", ""], env=environment())
    time.sleep(2)
    addresses = subprocess.run(["ss", "-ltn"], capture_output=True, text=True).stdout
    waiting.wait(LIMIT)
    assert f"127.0.0.1:{port}" in addresses
    assert f"0.0.0.0:{port}" not in addresses
