"""Linear algebra, under one name for the other families."""

from stillflow.ops.linalg.decompositions import qr as qr
from stillflow.ops.linalg.decompositions import self_adjoint_eig as self_adjoint_eig
from stillflow.ops.linalg.decompositions import self_adjoint_eig_op as self_adjoint_eig_op
from stillflow.ops.linalg.decompositions import self_adjoint_eigvals as self_adjoint_eigvals
from stillflow.ops.linalg.decompositions import svd as svd
from stillflow.ops.linalg.decompositions import svd_op as svd_op
from stillflow.ops.linalg.einsum import einsum as einsum
from stillflow.ops.linalg.norms import cross as cross
from stillflow.ops.linalg.norms import norm as norm
from stillflow.ops.linalg.norms import trace as trace
from stillflow.ops.linalg.products import batch_matmul as batch_matmul
from stillflow.ops.linalg.products import batch_matmul_v2 as batch_matmul_v2
from stillflow.ops.linalg.products import matmul as matmul
from stillflow.ops.linalg.products import matmul_op as matmul_op
from stillflow.ops.linalg.products import matvec as matvec
from stillflow.ops.linalg.products import sparse_matmul as sparse_matmul
from stillflow.ops.linalg.solving import adjoint as adjoint
from stillflow.ops.linalg.solving import cholesky as cholesky
from stillflow.ops.linalg.solving import cholesky_solve as cholesky_solve
from stillflow.ops.linalg.solving import log_matrix_determinant as log_matrix_determinant
from stillflow.ops.linalg.solving import logdet as logdet
from stillflow.ops.linalg.solving import matrix_determinant as matrix_determinant
from stillflow.ops.linalg.solving import matrix_inverse as matrix_inverse
from stillflow.ops.linalg.solving import matrix_solve as matrix_solve
from stillflow.ops.linalg.solving import matrix_triangular_solve as matrix_triangular_solve
from stillflow.ops.linalg.tensordot import tensordot as tensordot
