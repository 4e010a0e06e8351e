"""`tf.app`. Re-exports only."""

from stillflow.api import _missing
from stillflow.api import flags as flags
from stillflow.platform.app import run as run

__getattr__, __dir__ = _missing.fallback(__name__)
