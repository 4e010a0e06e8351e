from stillflow.ops.queues.conditional_accumulators import (
    SparseConditionalAccumulator as SparseConditionalAccumulator,
)
from stillflow.ops.reduce.segments import sparse_segment_mean as _segment_mean
from stillflow.ops.reduce.segments import sparse_segment_sqrt_n as _segment_sqrt_n
from stillflow.ops.reduce.segments import sparse_segment_sum as _segment_sum
from stillflow.ops.sparse.concatenating import sparse_concat as _concat
from stillflow.ops.sparse.creating import from_dense as from_dense
from stillflow.ops.sparse.creating import sparse_eye as _eye
from stillflow.ops.sparse.creating import sparse_merge as _merge
from stillflow.ops.sparse.creating import sparse_to_indicator as _to_indicator
from stillflow.ops.sparse.crossing import sparse_cross as _cross
from stillflow.ops.sparse.crossing import sparse_cross_hashed as _cross_hashed
from stillflow.ops.sparse.cutting import sparse_slice as _slice
from stillflow.ops.sparse.cutting import sparse_split as _split
from stillflow.ops.sparse.densifying import sparse_tensor_to_dense as _to_dense
from stillflow.ops.sparse.empty_rows import sparse_fill_empty_rows as _fill_empty_rows
from stillflow.ops.sparse.ordering import sparse_reorder as _reorder
from stillflow.ops.sparse.ordering import sparse_transpose as _transpose
from stillflow.ops.sparse.products import sparse_tensor_dense_matmul as _matmul
from stillflow.ops.sparse.rearranging import sparse_expand_dims as _expand_dims
from stillflow.ops.sparse.rearranging import sparse_mask as _mask
from stillflow.ops.sparse.rearranging import sparse_reset_shape as _reset_shape
from stillflow.ops.sparse.rearranging import sparse_reshape as _reshape
from stillflow.ops.sparse.rearranging import sparse_retain as _retain
from stillflow.ops.sparse.reducing import sparse_reduce_max as _reduce_max
from stillflow.ops.sparse.reducing import sparse_reduce_max_sparse as _reduce_max_sparse
from stillflow.ops.sparse.reducing import sparse_reduce_sum as _reduce_sum
from stillflow.ops.sparse.reducing import sparse_reduce_sum_sparse as _reduce_sum_sparse
from stillflow.ops.sparse.softmax import sparse_softmax as _softmax
from stillflow.ops.sparse.sparse_tensor import SparseTensor as SparseTensor
from stillflow.ops.sparse.sparse_tensor import sparse_placeholder as _placeholder
from stillflow.ops.sparse.summing import sparse_add as _add
from stillflow.ops.sparse.summing import sparse_maximum as _maximum
from stillflow.ops.sparse.summing import sparse_minimum as _minimum

add = _add
concat = _concat
cross = _cross
cross_hashed = _cross_hashed
expand_dims = _expand_dims
eye = _eye
fill_empty_rows = _fill_empty_rows
mask = _mask
matmul = _matmul
maximum = _maximum
merge = _merge
minimum = _minimum
placeholder = _placeholder
reduce_max = _reduce_max
reduce_max_sparse = _reduce_max_sparse
reduce_sum = _reduce_sum
reduce_sum_sparse = _reduce_sum_sparse
reorder = _reorder
reset_shape = _reset_shape
reshape = _reshape
retain = _retain
segment_mean = _segment_mean
segment_sqrt_n = _segment_sqrt_n
segment_sum = _segment_sum
slice = _slice
softmax = _softmax
sparse_dense_matmul = _matmul
split = _split
to_dense = _to_dense
to_indicator = _to_indicator
transpose = _transpose
