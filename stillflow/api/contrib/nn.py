"""`tf.contrib.nn`. Re-exports only."""

from stillflow.api import _missing
from stillflow.ops.nn import nth_element as nth_element

__getattr__, __dir__ = _missing.fallback(__name__)
