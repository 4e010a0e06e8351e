from stillflow.ops.image.non_max_suppression import (
    combined_non_max_suppression as combined_non_max_suppression,
)
from stillflow.ops.image.non_max_suppression import non_max_suppression as non_max_suppression
from stillflow.ops.image.non_max_suppression import (
    non_max_suppression_overlaps as non_max_suppression_overlaps,
)
from stillflow.ops.image.non_max_suppression import (
    non_max_suppression_padded as non_max_suppression_padded,
)
from stillflow.ops.image.non_max_suppression import (
    non_max_suppression_with_scores as non_max_suppression_with_scores,
)
