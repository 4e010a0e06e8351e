"""Sparse tensors, with version 2's parameters."""

from __future__ import annotations

from stillflow.declare.respelling import respelled
from stillflow.ops.sparse.concatenating import sparse_concat
from stillflow.ops.sparse.cutting import sparse_split
from stillflow.ops.sparse.summing import sparse_add

sparse_add_v2 = respelled(sparse_add, "a b threshold", threshold=0)
sparse_concat_v2 = respelled(sparse_concat, "axis sp_inputs expand_nonconcat_dims name")
sparse_split_v2 = respelled(sparse_split, "sp_input num_split axis name")
