"""`tf.strings`. Re-exports only."""

from stillflow.api import _missing
from stillflow.ops.debug.printing import string_format as format
from stillflow.ops.strings.joining import string_join as join

__getattr__, __dir__ = _missing.fallback(__name__)
