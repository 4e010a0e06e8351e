"""`tf.estimator.tpu`: `tf.contrib.tpu`'s estimator by its later name. Re-exports only."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
