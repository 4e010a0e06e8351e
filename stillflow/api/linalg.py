"""`tf.linalg`."""

from stillflow.api import _missing
from stillflow.ops.linalg import matmul as matmul
from stillflow.ops.linalg import matvec as matvec

__getattr__, __dir__ = _missing.fallback(__name__)
