"""`horovod.tensorflow.keras` and `horovod.keras`: models of Keras that ranks train together."""

import numpy as np
import pytest
from started import HERE, done, printed

PROGRAM = str(HERE / "horovod_keras.py")
ALONE = """
import horovod.keras as hvd
import horovod.tensorflow.keras
import numpy as np
import tensorflow as tf
from horovod.tensorflow.keras.callbacks import LearningRateWarmupCallback
assert horovod.tensorflow.keras.callbacks is hvd.callbacks
hvd.init()
model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=[3])])
model.compile(hvd.DistributedOptimizer(tf.keras.optimizers.SGD(0.5, momentum=0.5)), "mse")
print(type(model.optimizer).__name__, model.optimizer.get_config()["name"])
callbacks = [
    hvd.callbacks.BroadcastGlobalVariablesCallback(0),
    hvd.callbacks.MetricAverageCallback(),
    LearningRateWarmupCallback(warmup_epochs=2, verbose=1),
    hvd.callbacks.LearningRateScheduleCallback(lambda epoch: 0.5 ** epoch, start_epoch=2),
]
x = np.ones([4, 3])
told = model.fit(x, np.ones([4, 1]), 2, epochs=4, verbose=0, callbacks=callbacks)
print(*np.array(told.history["lr"]))
print(tf.keras.backend.get_value(model.optimizer.momentum))
model.save("model.h5")
print(type(tf.keras.models.load_model("model.h5").optimizer).__mro__[1].__name__)
again = hvd.load_model("model.h5")
print(type(again.optimizer).__mro__[1].__name__)
np.testing.assert_array_equal(again.predict(x), model.predict(x))
for kept, weight in zip(again.optimizer.get_weights(), model.optimizer.get_weights()):
    np.testing.assert_array_equal(kept, weight)
again.train_on_batch(x, np.zeros([4, 1]))
try:
    hvd.DistributedOptimizer(tf.train.AdamOptimizer())
except TypeError as error:
    print(error)
"""


def test_a_process_alone(tmp_path):
    ended = done("run", "-c", ALONE, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    kind, _, warm, rates, momentum, plain, distributed, refused, _ = ended.stdout.splitlines()
    assert kind == "SGD DistributedSGD"
    assert warm == "Epoch 2: finished gradual learning rate warmup to 0.5."
    assert rates == "0.5 0.5 0.125 0.0625"
    assert momentum == "0.5"
    assert (plain, distributed) == ("OptimizerV2", "SGD")
    assert refused == "AdamOptimizer is no optimizer of Keras."


def rows(*command):
    """What an epoch's loss and metric are, for all epochs."""
    lines = printed(*command, PROGRAM, "4").splitlines()
    return [[float.fromhex(word) for word in line.split()[1:]] for line in lines]


@pytest.mark.slow
def test_ranks_train_as_one_with_all():
    two, one = rows("launch", "--processes", "2"), rows("run")
    assert np.shape(one) == (4, 2)
    np.testing.assert_allclose(two, one, rtol=1e-5)
