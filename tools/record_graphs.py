"""Records what TensorFlow 1.15 (Python 3.7) imports, and the graphs that it exports.

    python tools/record_graphs.py tests/golden/graph

The cases are those of tests/interchange/import_cases.py.
"""

import json
import re
import sys
from pathlib import Path

import tensorflow as tf

tf.compat.v1.logging.set_verbosity("FATAL")


def observed(case):
    """What a case returns, or how it fails."""
    with tf.Graph().as_default():
        try:
            return {"returned": case(tf.compat.v1)}
        except Exception as error:
            message = getattr(error, "message", str(error))
            return {"class": type(error).__name__, "message": re.sub("0x[0-9a-f]+", "0x", message)}


if __name__ == "__main__":
    golden = Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "interchange"))
    import import_cases

    records = {name: observed(case) for name, case in import_cases.CASES.items()}
    lines = [f"{json.dumps(name)}: {json.dumps(record)}" for name, record in records.items()]
    (golden / "imports.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
