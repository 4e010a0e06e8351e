from typing import Any

from stillflow.ops.array.diagonals import diag as tensor_diag
from stillflow.ops.array.diagonals import diag_part as tensor_diag_part
from stillflow.ops.array.diagonals import eye as eye
from stillflow.ops.array.diagonals import matrix_band_part as band_part
from stillflow.ops.array.diagonals import matrix_diag as diag
from stillflow.ops.array.diagonals import matrix_diag_part as diag_part
from stillflow.ops.array.diagonals import matrix_set_diag as set_diag
from stillflow.ops.array.transposing import matrix_transpose as matrix_transpose
from stillflow.ops.array.transposing import matrix_transpose as transpose
from stillflow.ops.linalg.decompositions import qr as qr
from stillflow.ops.linalg.decompositions import self_adjoint_eig as eigh
from stillflow.ops.linalg.decompositions import self_adjoint_eigvals as eigvalsh
from stillflow.ops.linalg.decompositions import svd as svd
from stillflow.ops.linalg.einsum import einsum as einsum
from stillflow.ops.linalg.norms import cross as cross
from stillflow.ops.linalg.norms import norm as norm
from stillflow.ops.linalg.norms import normalize as normalize
from stillflow.ops.linalg.norms import trace as trace
from stillflow.ops.linalg.products import matmul as matmul
from stillflow.ops.linalg.products import matvec as matvec
from stillflow.ops.linalg.solving import adjoint as adjoint
from stillflow.ops.linalg.solving import cholesky as cholesky
from stillflow.ops.linalg.solving import cholesky_solve as cholesky_solve
from stillflow.ops.linalg.solving import log_matrix_determinant as slogdet
from stillflow.ops.linalg.solving import logdet as logdet
from stillflow.ops.linalg.solving import matrix_determinant as det
from stillflow.ops.linalg.solving import matrix_inverse as inv
from stillflow.ops.linalg.solving import matrix_solve as solve
from stillflow.ops.linalg.solving import matrix_triangular_solve as triangular_solve
from stillflow.ops.linalg.tensordot import tensordot as tensordot
from stillflow.ops.math.clip import global_norm as global_norm
from stillflow.ops.nn.norms import l2_normalize as l2_normalize

def __getattr__(name: str) -> Any: ...
