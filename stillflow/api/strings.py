"""`tf.strings`. Re-exports only."""

from stillflow.api import _missing
from stillflow.ops.printing import string_format as format
from stillflow.ops.strings import string_join as join

__getattr__, __dir__ = _missing.fallback(__name__)
