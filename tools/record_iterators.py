"""Records checkpoints of iterators in mid-course, under TensorFlow 1.15 (Python 3.7).

    python tools/record_iterators.py tests/golden/checkpoint

The pipelines are those of `tests/checkpoint/iterators_exchange.py`; `iterators.json` holds what
they give behind the place where each was saved. Files are named from the folder that they are
in, so that states name no other.
"""

import glob
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import tensorflow as tf

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "checkpoint"))
import iterators_exchange


def main():
    target = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        found = iterators_exchange.run(tf, "save", ".")
        for path in glob.glob("iterators*"):
            shutil.copy(path, str(target))
        os.chdir(str(target))
    Path("iterators.json").write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
