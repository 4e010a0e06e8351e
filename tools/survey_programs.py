"""Runs other people's TensorFlow 1.x programs, and says which names they lack.

    python tools/survey_programs.py FOLDER... [--seconds 40] [--tf115 COMMAND]

A program is a file below a folder that imports tensorflow; it runs in its own folder, where it
finds its data and leaves what it writes: give copies. One that is still at work after so many
seconds is ended and counts as running. With --tf115, a command that runs TensorFlow 1.15's Python,
what ended well is run there too, and the numbers that both print are compared: programs that seed
TensorFlow and NumPy print the same.
"""

import argparse
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

STILLFLOW = Path(sys.executable).with_name("stillflow")
MISSING = re.compile(r"(tf\.[\w.]+) is in TensorFlow 1\.15 but not yet in Stillflow")
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
NOISE = re.compile(r"^Extracting |WARNING|deprecat|Instructions for updating|^\s*$")


def programs(folder):
    """The files below `folder` that import tensorflow, in order."""
    for path in sorted(folder.rglob("*.py")):
        if re.search(r"^\s*(import|from) tensorflow", path.read_text("utf-8", "replace"), re.M):
            yield path


def run(command, path, seconds):
    """Returns (exit code, or None when time ran out; stdout; stderr)."""
    env = {**os.environ, "MPLBACKEND": "Agg"}
    try:
        done = subprocess.run(
            [*command, path.name],
            cwd=path.parent,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        return None, "", ""
    return done.returncode, *(out.decode("utf-8", "replace") for out in (done.stdout, done.stderr))


def reason(stderr):
    """Why a program ended: the name that it lacks, or the error's first line."""
    if found := MISSING.findall(stderr):
        return f"lacks {found[-1]}"
    errors = [line for line in stderr.splitlines() if re.match(r"[\w.]+(Error|Exception)\b", line)]
    return errors[-1][:120] if errors else "ended with an error code"


def difference(ours, theirs):
    """The largest relative difference of two outputs' numbers; None where the texts differ."""
    rows = [[x for x in out.splitlines() if not NOISE.search(x)] for out in (ours, theirs)]
    texts = [[NUMBER.sub("", "".join(row.split())) for row in side] for side in rows]
    if texts[0] != texts[1]:
        return None
    numbers = [[float(n) for row in side for n in NUMBER.findall(row)] for side in rows]
    pairs = zip(*numbers, strict=True)
    return max((abs(a - b) / max(abs(b), 1e-3) for a, b in pairs), default=0.0)


def outcome(path, seconds, tf115):
    """What becomes of the program `path`, in a few words."""
    code, output, errors = run([STILLFLOW, "run"], path, seconds)
    if code is None:
        return "runs on"
    if code != 0:
        return reason(errors)
    return compared(path, output, tf115.split(), seconds) if tf115 else "ran"


def compared(path, output, tf115, seconds):
    code, theirs, _ = run([*tf115, "-u"], path, 4 * seconds)
    if code != 0:
        return "ran; not in TensorFlow 1.15" if code is not None else "ran"
    apart = difference(output, theirs)
    return "ran; other text" if apart is None else f"ran; within {apart:.1g}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--tf115", metavar="COMMAND")
    options = parser.parse_args()
    for folder in options.folders:
        found = Counter()
        for path in programs(folder):
            said = outcome(path, options.seconds, options.tf115)
            found[said] += 1
            print(f"    {path.relative_to(folder)}: {said}", flush=True)
        print(f"{folder.name}: {sum(found.values())} programs")
        for said, count in found.most_common():
            print(f"{count:5} {said}")


if __name__ == "__main__":
    main()
