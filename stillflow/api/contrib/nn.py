"""`tf.contrib.nn`. Re-exports only."""

from stillflow.api import _missing
from stillflow.ops.nn.top_k import nth_element as nth_element

__getattr__, __dir__ = _missing.fallback(__name__)
