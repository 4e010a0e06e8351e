"""Compiled code outlives the process, and a bad cache folder does no harm."""

import os
import subprocess
import sys

_PROGRAM = """
import sys
import numpy as np
import stillflow as tf
x = tf.placeholder(tf.float32, [None, 3])
y = tf.reduce_sum(tf.tanh(x) * 2.0)
with tf.Session() as session:
    import jax._src.monitoring as monitoring
    events = []
    monitoring.register_event_listener(lambda event, **_: events.append(event))
    print("%.4f" % session.run(y, {x: np.ones((2, 3))}))
print(events.count("/jax/compilation_cache/cache_hits"), file=sys.stderr)
"""


def run_with(folder) -> tuple[str, str]:
    """What the program prints, and what it says of the cache: the count of hits, and no warning."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env=os.environ | {"STILLFLOW_TIER": "xla", "STILLFLOW_CACHE": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, done.stderr.strip()


VALUE = "9.1391\n"


def entries(folder) -> list:
    return sorted(folder.glob("*-cache"))


def test_a_second_process_does_not_compile_again(tmp_path):
    assert run_with(tmp_path) == (VALUE, "0")
    assert entries(tmp_path)
    value, hits = run_with(tmp_path)
    assert value == VALUE
    assert int(hits) >= 1


def test_it_can_be_turned_off(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run_with("off") == (VALUE, "0")
    assert list(tmp_path.iterdir()) == []


def test_damaged_entries_are_compiled_anew_and_replaced(tmp_path):
    run_with(tmp_path)
    for path in entries(tmp_path):
        path.write_bytes(path.read_bytes()[:40] + b"damage")
    assert run_with(tmp_path) == (VALUE, "0")
    run_with(tmp_path)  # puts back what was thrown away with the damaged ones
    value, hits = run_with(tmp_path)
    assert value == VALUE
    assert int(hits) >= 1


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    assert run_with(tmp_path / "file" / "cache") == (VALUE, "0")


def test_the_oldest_entries_go_first(tmp_path, monkeypatch):
    from stillflow.runtime import xla_cache

    monkeypatch.setattr(xla_cache, "MAX_BYTES", 250)
    for age, name in enumerate(("new", "middle", "old")):
        path = tmp_path / f"{name}-cache"
        path.write_bytes(bytes(100))
        os.utime(path, (1000 - age, 1000 - age))
    xla_cache._bound(str(tmp_path))
    assert [path.name for path in entries(tmp_path)] == ["middle-cache", "new-cache"]


def test_two_processes_may_share_it(tmp_path):
    command = [sys.executable, "-c", _PROGRAM]
    env = os.environ | {"STILLFLOW_TIER": "xla", "STILLFLOW_CACHE": str(tmp_path)}
    both = [
        subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for process in both:
        out, err = process.communicate()
        assert process.returncode == 0, err
        assert out == VALUE
