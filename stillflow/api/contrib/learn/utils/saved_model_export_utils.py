"""`tf.contrib.learn.utils.saved_model_export_utils`: exports as SavedModels."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
