"""Linear algebra, under one name for the other families."""

from stillflow.ops.linalg.products import batch_matmul as batch_matmul
from stillflow.ops.linalg.products import batch_matmul_v2 as batch_matmul_v2
from stillflow.ops.linalg.products import matmul as matmul
from stillflow.ops.linalg.products import matmul_op as matmul_op
from stillflow.ops.linalg.products import matvec as matvec
from stillflow.ops.linalg.products import sparse_matmul as sparse_matmul
