from stillflow.distributions.auc_interval import (
    auc_with_confidence_intervals as auc_with_confidence_intervals,
)
from stillflow.ops.math.confusion import confusion_matrix as confusion_matrix
from stillflow.ops.metrics.agreement import aggregate_metric_map as aggregate_metric_map
from stillflow.ops.metrics.agreement import aggregate_metrics as aggregate_metrics
from stillflow.ops.metrics.agreement import cohen_kappa as cohen_kappa
from stillflow.ops.metrics.agreement import count as count
from stillflow.ops.metrics.agreement import streaming_covariance as streaming_covariance
from stillflow.ops.metrics.agreement import (
    streaming_pearson_correlation as streaming_pearson_correlation,
)
from stillflow.ops.metrics.binned import accuracy as accuracy
from stillflow.ops.metrics.binned import auc_using_histogram as auc_using_histogram
from stillflow.ops.metrics.binned import f1_score as f1_score
from stillflow.ops.metrics.binned import (
    precision_recall_at_equal_thresholds as precision_recall_at_equal_thresholds,
)
from stillflow.ops.metrics.exact import streaming_concat as streaming_concat
from stillflow.ops.metrics.exact import streaming_dynamic_auc as streaming_dynamic_auc
from stillflow.ops.metrics.streaming import sparse_recall_at_top_k as sparse_recall_at_top_k
from stillflow.ops.metrics.streaming import streaming_accuracy as streaming_accuracy
from stillflow.ops.metrics.streaming import streaming_auc as streaming_auc
from stillflow.ops.metrics.streaming import (
    streaming_false_negative_rate as streaming_false_negative_rate,
)
from stillflow.ops.metrics.streaming import (
    streaming_false_negative_rate_at_thresholds as streaming_false_negative_rate_at_thresholds,
)
from stillflow.ops.metrics.streaming import streaming_false_negatives as streaming_false_negatives
from stillflow.ops.metrics.streaming import (
    streaming_false_negatives_at_thresholds as streaming_false_negatives_at_thresholds,
)
from stillflow.ops.metrics.streaming import (
    streaming_false_positive_rate as streaming_false_positive_rate,
)
from stillflow.ops.metrics.streaming import (
    streaming_false_positive_rate_at_thresholds as streaming_false_positive_rate_at_thresholds,
)
from stillflow.ops.metrics.streaming import streaming_false_positives as streaming_false_positives
from stillflow.ops.metrics.streaming import (
    streaming_false_positives_at_thresholds as streaming_false_positives_at_thresholds,
)
from stillflow.ops.metrics.streaming import streaming_mean as streaming_mean
from stillflow.ops.metrics.streaming import (
    streaming_mean_absolute_error as streaming_mean_absolute_error,
)
from stillflow.ops.metrics.streaming import (
    streaming_mean_cosine_distance as streaming_mean_cosine_distance,
)
from stillflow.ops.metrics.streaming import streaming_mean_iou as streaming_mean_iou
from stillflow.ops.metrics.streaming import (
    streaming_mean_relative_error as streaming_mean_relative_error,
)
from stillflow.ops.metrics.streaming import (
    streaming_mean_squared_error as streaming_mean_squared_error,
)
from stillflow.ops.metrics.streaming import streaming_mean_tensor as streaming_mean_tensor
from stillflow.ops.metrics.streaming import streaming_percentage_less as streaming_percentage_less
from stillflow.ops.metrics.streaming import streaming_precision as streaming_precision
from stillflow.ops.metrics.streaming import (
    streaming_precision_at_thresholds as streaming_precision_at_thresholds,
)
from stillflow.ops.metrics.streaming import streaming_recall as streaming_recall
from stillflow.ops.metrics.streaming import streaming_recall_at_k as streaming_recall_at_k
from stillflow.ops.metrics.streaming import (
    streaming_recall_at_thresholds as streaming_recall_at_thresholds,
)
from stillflow.ops.metrics.streaming import (
    streaming_root_mean_squared_error as streaming_root_mean_squared_error,
)
from stillflow.ops.metrics.streaming import (
    streaming_sensitivity_at_specificity as streaming_sensitivity_at_specificity,
)
from stillflow.ops.metrics.streaming import (
    streaming_sparse_average_precision_at_k as streaming_sparse_average_precision_at_k,
)
from stillflow.ops.metrics.streaming import (
    streaming_sparse_average_precision_at_top_k as streaming_sparse_average_precision_at_top_k,
)
from stillflow.ops.metrics.streaming import (
    streaming_sparse_precision_at_k as streaming_sparse_precision_at_k,
)
from stillflow.ops.metrics.streaming import (
    streaming_sparse_precision_at_top_k as streaming_sparse_precision_at_top_k,
)
from stillflow.ops.metrics.streaming import (
    streaming_sparse_recall_at_k as streaming_sparse_recall_at_k,
)
from stillflow.ops.metrics.streaming import (
    streaming_specificity_at_sensitivity as streaming_specificity_at_sensitivity,
)
from stillflow.ops.metrics.streaming import streaming_true_negatives as streaming_true_negatives
from stillflow.ops.metrics.streaming import (
    streaming_true_negatives_at_thresholds as streaming_true_negatives_at_thresholds,
)
from stillflow.ops.metrics.streaming import streaming_true_positives as streaming_true_positives
from stillflow.ops.metrics.streaming import (
    streaming_true_positives_at_thresholds as streaming_true_positives_at_thresholds,
)
from stillflow.ops.metrics.trade_offs import precision_at_recall as precision_at_recall
from stillflow.ops.metrics.trade_offs import recall_at_precision as recall_at_precision
from stillflow.ops.metrics.trade_offs import streaming_curve_points as streaming_curve_points
from stillflow.ops.sparse.sets import set_difference as set_difference
from stillflow.ops.sparse.sets import set_intersection as set_intersection
from stillflow.ops.sparse.sets import set_size as set_size
from stillflow.ops.sparse.sets import set_union as set_union
