"""`tf.contrib.learn`: estimators as they were before `tf.estimator`."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
