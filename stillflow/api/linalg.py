"""`tf.linalg`."""

from stillflow.api import _missing
from stillflow.ops.array.diagonals import diag as tensor_diag
from stillflow.ops.array.diagonals import diag_part as tensor_diag_part
from stillflow.ops.array.diagonals import eye as eye
from stillflow.ops.array.diagonals import matrix_band_part as band_part
from stillflow.ops.array.diagonals import matrix_diag as diag
from stillflow.ops.array.diagonals import matrix_diag_part as diag_part
from stillflow.ops.array.diagonals import matrix_set_diag as set_diag
from stillflow.ops.array.transposing import matrix_transpose as transpose
from stillflow.ops.linalg import matmul as matmul
from stillflow.ops.linalg import matvec as matvec

__getattr__, __dir__ = _missing.fallback(__name__)
