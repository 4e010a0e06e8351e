from stillflow.ops.sparse.densifying import sparse_tensor_to_dense as sparse_tensor_to_dense
from stillflow.ops.sparse.sparse_tensor import SparseTensor as SparseTensor
from stillflow.ops.sparse.sparse_tensor import sparse_placeholder as sparse_placeholder

placeholder = sparse_placeholder
to_dense = sparse_tensor_to_dense
