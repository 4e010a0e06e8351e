from stillflow.ops.sparse.creating import from_dense as from_dense
from stillflow.ops.sparse.creating import sparse_eye, sparse_to_indicator
from stillflow.ops.sparse.crossing import sparse_cross, sparse_cross_hashed
from stillflow.ops.sparse.cutting import sparse_slice
from stillflow.ops.sparse.densifying import sparse_tensor_to_dense
from stillflow.ops.sparse.empty_rows import sparse_fill_empty_rows
from stillflow.ops.sparse.ordering import sparse_reorder, sparse_transpose
from stillflow.ops.sparse.products import sparse_tensor_dense_matmul
from stillflow.ops.sparse.rearranging import (
    sparse_expand_dims,
    sparse_mask,
    sparse_reset_shape,
    sparse_reshape,
    sparse_retain,
)
from stillflow.ops.sparse.softmax import sparse_softmax
from stillflow.ops.sparse.sparse_tensor import SparseTensor as SparseTensor
from stillflow.ops.sparse.summing import sparse_maximum, sparse_minimum
from stillflow.ops.version2.mathematics import (
    sparse_segment_mean_v2,
    sparse_segment_sqrt_n_v2,
    sparse_segment_sum_v2,
)
from stillflow.ops.version2.sparse import sparse_add_v2, sparse_concat_v2, sparse_split_v2

add = sparse_add_v2
concat = sparse_concat_v2
cross = sparse_cross
cross_hashed = sparse_cross_hashed
expand_dims = sparse_expand_dims
eye = sparse_eye
fill_empty_rows = sparse_fill_empty_rows
mask = sparse_mask
maximum = sparse_maximum
minimum = sparse_minimum
reorder = sparse_reorder
reset_shape = sparse_reset_shape
reshape = sparse_reshape
retain = sparse_retain
segment_mean = sparse_segment_mean_v2
segment_sqrt_n = sparse_segment_sqrt_n_v2
segment_sum = sparse_segment_sum_v2
slice = sparse_slice
softmax = sparse_softmax
sparse_dense_matmul = sparse_tensor_dense_matmul
split = sparse_split_v2
to_dense = sparse_tensor_to_dense
to_indicator = sparse_to_indicator
transpose = sparse_transpose
