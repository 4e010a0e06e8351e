"""Records checkpoints that TensorFlow 2 writes, under TensorFlow 2.

    python tools/record_tf2_checkpoints.py tests/golden/checkpoint

`objects` is a checkpoint of objects; `tf2` one of a Saver, and `tf2.json` what is in it: the
variables of tests/checkpoint/variables_exchange.py.
"""

import json
import sys
from pathlib import Path

import tensorflow as tf


class Model(tf.Module):
    """Two variables whose names are not their attributes'."""

    def __init__(self):
        super().__init__()
        self.weights = tf.Variable([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], name="w")
        self.bias = tf.Variable([7.0, 8.0, 9.0], name="b")


if __name__ == "__main__":
    golden = Path(sys.argv[1]).resolve()
    tf.train.Checkpoint(model=Model()).write(f"{golden}/objects")
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "checkpoint"))
    import variables_exchange as exchange

    saved = exchange.run(tf.compat.v1, "save", f"{golden}/tf2", version=2, split=3)
    (golden / "tf2.json").write_text(json.dumps(saved, indent=1) + "\n")
