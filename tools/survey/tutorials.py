"""Collections of tutorials: every program of them, run unchanged.

A program is a file that imports tensorflow; it runs in its own folder of a copy, where it finds
its data and leaves what it writes. One that is still at work after so many seconds counts as
running. Where TensorFlow 1.15 is given, what ended well is run there too, and the numbers that both
print are compared: programs that seed TensorFlow and NumPy print the same.
"""

import json
import re
import shutil
import tomllib
from collections import Counter
from pathlib import Path

from . import printed
from .pages import line
from .processes import STILLFLOW, run

NAME = "tutorials"
HEAD = [
    *("collection", "programs", "run", "lack a name", "other"),
    *("end in time and print TensorFlow 1.15's text", "numbers within 1e-4"),
]
COLLECTIONS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
NOISE = re.compile(r"^Extracting |WARNING|deprecat|Instructions for updating|^\s*$")


def survey(options):
    """Runs every program of the collections; keeps what became of each."""
    for name in options.only or COLLECTIONS:
        source = options.sources / name.replace("/", "+")
        if not source.is_dir():
            print(f"{name}: not in {options.sources}")
            continue
        copy = options.work / f"{source.name}.tutorials"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(source, copy, symlinks=True)
        found = {}
        for path in programs(copy, COLLECTIONS[name]["files"]):
            key = str(path.relative_to(copy))
            found[key] = outcome(path, options)
            print(f"    {key}: {found[key]}", flush=True)
        shutil.rmtree(copy)
        kept(options, name).write_text(json.dumps(found, indent=1), "utf-8")


def kept(options, name):
    return options.work / f"{name.replace('/', '+')}.tutorials.json"


def programs(folder, files):
    """The files below `folder` that import tensorflow, in order."""
    for path in sorted(folder.glob(files)):
        if re.search(r"^\s*(import|from) tensorflow", path.read_text("utf-8", "replace"), re.M):
            yield path


def outcome(path, options):
    """What becomes of the program `path`, in a few words."""
    ran = run([*STILLFLOW, path.name], path.parent, {}, options.seconds)
    if ran.late:
        return "runs on"
    if ran.failed:
        return printed.reason(ran.errors)
    if not options.tf115:
        return "ran"
    words = [*options.tf115.split(), "-u", path.name]
    theirs = run(words, path.parent, {}, 4 * options.seconds)
    if theirs.failed:
        return "ran" if theirs.late else "ran; not in TensorFlow 1.15"
    apart = difference(ran.lines, theirs.lines)
    return "ran; other text" if apart is None else f"ran; within {apart:.1g}"


def difference(ours, theirs):
    """The largest relative difference of two outputs' numbers; None where the texts differ."""
    rows = [[x for x in lines if not NOISE.search(x)] for lines in (ours, theirs)]
    texts = [[NUMBER.sub("", "".join(row.split())) for row in side] for side in rows]
    if texts[0] != texts[1]:
        return None
    numbers = [[float(n) for row in side for n in NUMBER.findall(row)] for side in rows]
    return printed.apart(*numbers) if numbers[0] else 0.0


def rows(options):
    for name, collection in COLLECTIONS.items():
        if kept(options, name).exists():
            found = json.loads(kept(options, name).read_text("utf-8"))
            yield row(collection.get("title", name), found.values())


def row(title, outcomes):
    """A collection's line of the table, from what became of its programs."""
    kinds = Counter(kind(said) for said in outcomes)
    compared = [said for said in outcomes if said.startswith("ran;") and "not in" not in said]
    within = [float(said.rpartition(" ")[2]) for said in compared if "within" in said]
    same = f"{len(within)} of {len(compared)}" if compared else ""
    near = f"{sum(apart <= 1e-4 for apart in within)} of {len(within)}" if within else ""
    counts = (kinds[kind] for kind in ("runs", "lacks", "other"))
    return line([title, kinds.total(), *counts, same, near])


def kind(said):
    word = said.split(";")[0].split(" ")[0]
    return {"ran": "runs", "runs": "runs", "lacks": "lacks"}.get(word, "other")
