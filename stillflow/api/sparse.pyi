from stillflow.ops.sparse.densifying import sparse_tensor_to_dense as sparse_tensor_to_dense
from stillflow.ops.sparse.products import sparse_tensor_dense_matmul as sparse_tensor_dense_matmul
from stillflow.ops.sparse.rearranging import sparse_concat as sparse_concat
from stillflow.ops.sparse.rearranging import sparse_reshape as sparse_reshape
from stillflow.ops.sparse.rearranging import sparse_retain as sparse_retain
from stillflow.ops.sparse.sparse_tensor import SparseTensor as SparseTensor
from stillflow.ops.sparse.sparse_tensor import sparse_placeholder as sparse_placeholder

concat = sparse_concat
matmul = sparse_tensor_dense_matmul
placeholder = sparse_placeholder
reshape = sparse_reshape
retain = sparse_retain
sparse_dense_matmul = sparse_tensor_dense_matmul
to_dense = sparse_tensor_to_dense
