from stillflow.ops.ragged.constants import constant as constant
from stillflow.ops.ragged.joining import stack as stack
from stillflow.ops.ragged.mapping import map_flat_values as map_flat_values
from stillflow.ops.ragged.mapping import ragged_range
from stillflow.ops.ragged.masking import boolean_mask as boolean_mask
from stillflow.ops.ragged.partitioning import stack_dynamic_partitions as stack_dynamic_partitions
from stillflow.ops.ragged.splits import row_splits_to_segment_ids as row_splits_to_segment_ids
from stillflow.ops.ragged.splits import segment_ids_to_row_splits as segment_ids_to_row_splits

range = ragged_range
