"""Records what TensorFlow 1.15 (Python 3.7) does with graphs in files.

    python tools/record_graphs.py tests/golden/graph

The cases are those of tests/interchange/*_cases.py; what is exported are the network of
exported_network.py and the detector of detector.py beside them.
"""

import inspect
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import tensorflow as tf

tf.compat.v1.logging.set_verbosity("FATAL")


def observed(case):
    """What a case returns, or how it fails."""
    origin, folder = os.getcwd(), tempfile.mkdtemp()
    arguments = [tf.compat.v1, folder][: len(inspect.signature(case).parameters)]
    try:
        with tf.Graph().as_default():
            return {"returned": case(*arguments)}
    except Exception as error:
        message = getattr(error, "message", str(error)).split("\n")[0]
        return {"class": type(error).__name__, "message": message}
    finally:
        os.chdir(origin)
        shutil.rmtree(folder)


def record(cases, path):
    """Writes one case to a line, so that a change to it is one line of a diff."""
    records = {name: observed(case) for name, case in cases.items()}
    lines = [f"{json.dumps(name)}: {json.dumps(record)}" for name, record in records.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    golden = Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "interchange"))
    import control_flow
    import detector
    import exported_network
    import import_cases
    import meta_graph_cases
    import saved_model_cases

    record(import_cases.CASES, golden / "imports.json")
    record(meta_graph_cases.CASES, golden / "meta_graphs.json")
    record(saved_model_cases.CASES, golden / "saved_models.json")

    written = control_flow.written(tf.compat.v1)
    (golden / "control_flow.json").write_text(json.dumps(written, indent=1) + "\n")

    exports = golden / "exports"
    shutil.rmtree(str(exports), ignore_errors=True)
    exports.mkdir()
    exported_network.export(tf.compat.v1, str(exports))
    (exports / "checkpoint").unlink()  # it names the folder
    used = exported_network.use(tf.compat.v1, str(exports))
    (golden / "exports.json").write_text(json.dumps(used) + "\n")

    detector.export(tf.compat.v1, str(golden))
    found = detector.use(tf.compat.v1, str(golden))
    (golden / "detector.json").write_text(json.dumps(found) + "\n")
