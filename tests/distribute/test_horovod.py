"""`horovod.tensorflow`: ranks that train on batches of their own."""

import numpy as np
import pytest
from started import HERE, done, losses, printed

MNIST = str(HERE / "horovod_mnist.py")
TWO = ("launch", "--processes", "2")


def test_ranks_with_parts_of_batches_train_as_one_with_all(tmp_path):
    (one := tmp_path / "one").mkdir()
    (two := tmp_path / "two").mkdir()
    found = losses(*TWO, MNIST, "15", cwd=two)
    np.testing.assert_allclose(found, losses("run", MNIST, "15", cwd=one), rtol=1e-5)
    assert (two / "checkpoints" / "model.ckpt-15.index").exists()


@pytest.mark.slow
def test_gradients_may_travel_in_16_bits(tmp_path):
    (one := tmp_path / "one").mkdir()
    (two := tmp_path / "two").mkdir()
    found = losses(*TWO, MNIST, "15", "fp16", cwd=two)
    np.testing.assert_allclose(found, losses("run", MNIST, "15", cwd=one), rtol=2e-3)


def test_collectives_and_their_gradients():
    assert printed(*TWO, str(HERE / "horovod_collectives.py")) == "right\n"


ALONE = """
import horovod.tensorflow as hvd
import tensorflow as tf
try:
    hvd.rank()
except ValueError as error:
    print(error)
hvd.init()
x = tf.constant([1.0, 2.0])
print(hvd.rank(), hvd.size(), tf.Session().run([hvd.allreduce(x), hvd.allgather(x)]))
try:
    hvd.broadcast_object
except AttributeError as error:
    print(error)
import horovod.torch
"""


def test_a_process_alone_is_rank_0_of_1():
    ended = done("run", "-c", ALONE)
    before, ranks, missing, _ = ended.stdout.splitlines()
    assert before == "Horovod has not been initialized; use hvd.init()."
    assert ranks.startswith("0 1 [array([1., 2.]")
    assert missing == "horovod.tensorflow.broadcast_object is not in Stillflow."
    assert "Of Horovod, Stillflow has horovod.tensorflow and horovod.keras." in ended.stderr


@pytest.mark.slow
def test_ranks_that_stillflow_did_not_start_are_told():
    text = "import stillflow\nstillflow.as_tensorflow()\nimport horovod.tensorflow\n"
    text = (
        f"{text}import os\nos.environ.update(RANK='0', WORLD_SIZE='2', MASTER_ADDR='127.0.0.1')\n"
    )
    ended = done("run", "-c", f"{text}horovod.tensorflow.init()")
    assert "Start the program by `stillflow run PROGRAM`" in ended.stderr
