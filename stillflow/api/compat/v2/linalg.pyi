from stillflow.ops.array.diagonals import diag as _diag
from stillflow.ops.array.diagonals import diag_part as _diag_part
from stillflow.ops.array.diagonals import eye as eye
from stillflow.ops.array.diagonals import (
    matrix_band_part,
    matrix_diag,
    matrix_diag_part,
    matrix_set_diag,
)
from stillflow.ops.array.transposing import matrix_transpose as matrix_transpose
from stillflow.ops.linalg.decompositions import qr_of, self_adjoint_eig, self_adjoint_eigvals
from stillflow.ops.linalg.decompositions import svd as svd
from stillflow.ops.linalg.einsum import einsum as einsum
from stillflow.ops.linalg.exponential import matrix_exponential
from stillflow.ops.linalg.functions import logm as logm
from stillflow.ops.linalg.functions import lu as lu
from stillflow.ops.linalg.functions import sqrtm as sqrtm
from stillflow.ops.linalg.least_squares import matrix_solve_ls
from stillflow.ops.linalg.norms import cross as cross
from stillflow.ops.linalg.norms import normalize as normalize
from stillflow.ops.linalg.norms import trace as trace
from stillflow.ops.linalg.operators.adjoint import LinearOperatorAdjoint as LinearOperatorAdjoint
from stillflow.ops.linalg.operators.adjoint import (
    LinearOperatorInversion as LinearOperatorInversion,
)
from stillflow.ops.linalg.operators.base import LinearOperator as LinearOperator
from stillflow.ops.linalg.operators.block_diagonal import (
    LinearOperatorBlockDiag as LinearOperatorBlockDiag,
)
from stillflow.ops.linalg.operators.circulant import (
    LinearOperatorCirculant as LinearOperatorCirculant,
)
from stillflow.ops.linalg.operators.circulant import (
    LinearOperatorCirculant2D as LinearOperatorCirculant2D,
)
from stillflow.ops.linalg.operators.circulant import (
    LinearOperatorCirculant3D as LinearOperatorCirculant3D,
)
from stillflow.ops.linalg.operators.composition import (
    LinearOperatorComposition as LinearOperatorComposition,
)
from stillflow.ops.linalg.operators.dense import (
    LinearOperatorFullMatrix as LinearOperatorFullMatrix,
)
from stillflow.ops.linalg.operators.dense import (
    LinearOperatorLowerTriangular as LinearOperatorLowerTriangular,
)
from stillflow.ops.linalg.operators.diagonal import LinearOperatorDiag as LinearOperatorDiag
from stillflow.ops.linalg.operators.householder import (
    LinearOperatorHouseholder as LinearOperatorHouseholder,
)
from stillflow.ops.linalg.operators.identity import LinearOperatorIdentity as LinearOperatorIdentity
from stillflow.ops.linalg.operators.identity import (
    LinearOperatorScaledIdentity as LinearOperatorScaledIdentity,
)
from stillflow.ops.linalg.operators.kronecker import (
    LinearOperatorKronecker as LinearOperatorKronecker,
)
from stillflow.ops.linalg.operators.low_rank import (
    LinearOperatorLowRankUpdate as LinearOperatorLowRankUpdate,
)
from stillflow.ops.linalg.operators.toeplitz import LinearOperatorToeplitz as LinearOperatorToeplitz
from stillflow.ops.linalg.operators.zeros import LinearOperatorZeros as LinearOperatorZeros
from stillflow.ops.linalg.products import matmul as matmul
from stillflow.ops.linalg.products import matvec as matvec
from stillflow.ops.linalg.pseudo import matrix_rank as matrix_rank
from stillflow.ops.linalg.pseudo import pinv as pinv
from stillflow.ops.linalg.solving import adjoint as adjoint
from stillflow.ops.linalg.solving import cholesky as cholesky
from stillflow.ops.linalg.solving import cholesky_solve as cholesky_solve
from stillflow.ops.linalg.solving import logdet as logdet
from stillflow.ops.linalg.solving import (
    matrix_determinant,
    matrix_inverse,
    matrix_solve,
    matrix_triangular_solve,
)
from stillflow.ops.linalg.solving import slogdet as slogdet
from stillflow.ops.linalg.tensordot import tensordot as tensordot
from stillflow.ops.linalg.tridiagonal import tridiagonal_matmul as tridiagonal_matmul
from stillflow.ops.linalg.tridiagonal import tridiagonal_solve as tridiagonal_solve
from stillflow.ops.math.clip import global_norm as global_norm
from stillflow.ops.version2.mathematics import l2_normalize_v2, norm_v2

band_part = matrix_band_part
det = matrix_determinant
diag = matrix_diag
diag_part = matrix_diag_part
eigh = self_adjoint_eig
eigvalsh = self_adjoint_eigvals
expm = matrix_exponential
inv = matrix_inverse
l2_normalize = l2_normalize_v2
lstsq = matrix_solve_ls
norm = norm_v2
qr = qr_of
set_diag = matrix_set_diag
solve = matrix_solve
tensor_diag = _diag
tensor_diag_part = _diag_part
triangular_solve = matrix_triangular_solve
