"""What ragged tensors are made of and made into, as functions of a module."""

from stillflow.ops.ragged.ragged_tensor import RaggedTensor

from_sparse = RaggedTensor.from_sparse
from_tensor = RaggedTensor.from_tensor
to_sparse = RaggedTensor.to_sparse
to_tensor = RaggedTensor.to_tensor
