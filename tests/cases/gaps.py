"""Where Stillflow knowingly differs from TensorFlow 1.15: {case: why}. One that agrees must go."""

_NO_COND = "the choice between values is a Select here, not tf.cond; the values are TensorFlow's"

GRAPHS = {
    "schedule_piecewise": _NO_COND,
    "schedule_polynomial_cycle": _NO_COND,
}

ERRORS = {
    "run_add_n_shapes": "TensorFlow's graph optimiser exchanges the inputs that it then names",
    "reader_of_missing_folder": "a missing file is a NotFoundError, even in a missing folder",
    "restore_missing_folder": "a missing checkpoint is a ValueError, as where the folder exists",
}

CONVERSIONS: dict = {}

_ALL = ("fed", "partial", "unranked")
_UNKNOWN = ("partial", "unranked")
_PARTIAL, _UNRANKED, _FED = ("partial",), ("unranked",), ("fed",)

# {why: {suite:case: the modes of feeding in which the graph differs}}
_GRADIENT_GRAPHS = {
    "a choice by tf.cond of which Stillflow has no nodes yet": {
        "reduce:zero_fraction": _ALL,
        "layout:confusion_columns": _UNRANKED,
        "nn:losses_mean_squared_error": _UNRANKED,
        "nn:losses_absolute_difference": _UNRANKED,
        "nn:losses_huber_loss": _UNRANKED,
        "nn:losses_log_loss": _UNRANKED,
        "nn:losses_sigmoid_cross_entropy": _UNRANKED,
        "nn:losses_hinge_loss": _UNRANKED,
        "nn:losses_cosine_distance": _UNRANKED,
        "nn:losses_weights": _UNKNOWN,
        "nn:losses_softmax": _UNRANKED,
        "nn:losses_sparse": _UNRANKED,
        "nn:losses_absolute_difference_per_row": _UNKNOWN,
        "nn:losses_mean_squared_error_per_row": _UNKNOWN,
        "nn:losses_mean_pairwise_squared_error_per_row": _UNKNOWN,
        "nn:losses_huber_loss_per_row": _UNKNOWN,
        "nn:losses_log_loss_per_row": _UNKNOWN,
        "nn:losses_hinge_loss_per_row": _UNKNOWN,
        "nn:losses_sigmoid_cross_entropy_per_row": _UNKNOWN,
        "nn:losses_reduction_none": _UNKNOWN,
        "nn:losses_reduction_sum": _UNKNOWN,
        "nn:losses_reduction_mean": _UNKNOWN,
        "nn:losses_reduction_sum_over_batch_size": _UNKNOWN,
        "nn:losses_reduction_sum_over_nonzero_weights": _UNKNOWN,
        "nn:losses_compute_weighted_loss": _UNRANKED,
        "nn:losses_of_ints": _UNRANKED,
        "nn:losses_of_float64": _UNKNOWN,
        "nn:losses_integer_labels": _UNRANKED,
        "nn:losses_huber_delta": _UNRANKED,
        "nn:losses_log_epsilon": _UNRANKED,
        "nn:losses_cosine_named": _UNRANKED,
        "nn:losses_softmax_cross_entropy_smoothed": _UNRANKED,
        "nn:losses_sigmoid_cross_entropy_smoothed": _UNRANKED,
        "nn:losses_softmax_weights": _UNKNOWN,
        "nn:losses_sparse_column": _UNKNOWN,
        "nn:losses_sparse_weighted": _UNRANKED,
        "nn:losses_total": _UNRANKED,
    },
    "the shape of a product of vectors of unknown size is known here": {
        "linalg:tensordot_vectors": _PARTIAL,
    },
    "a constant given fewer values than it has elements is stored with all of them": {
        "array:constant_shape": _ALL,
    },
    "the gradient of patches is summed by index here, by a sparse product in TensorFlow": {
        "layout:extract_image_patches_same": _ALL,
        "layout:extract_image_patches_valid": _ALL,
    },
    "TensorFlow fails on ranks that are unknown, by a fault of its own": {
        "segment:unsorted_segment_sum": _UNRANKED,
        "segment:unsorted_segment_sum_matrix_ids": _UNRANKED,
        "segment:unsorted_segment_max": _UNRANKED,
        "segment:unsorted_segment_max_matrix_ids": _UNRANKED,
        "segment:unsorted_segment_min": _UNRANKED,
        "segment:unsorted_segment_min_matrix_ids": _UNRANKED,
        "segment:unsorted_segment_prod": _UNRANKED,
        "segment:unsorted_segment_prod_matrix_ids": _UNRANKED,
        "gradients:gather_second": _UNRANKED,
    },
    "a rank that TensorFlow finds in a run is known here": {
        "nn:embedding_lookup_max_norm": _UNRANKED,
    },
    "TensorFlow counts the axes of a matrix norm in a loop where the rank is unknown": {
        "linalg:norm_spectral_of_unknown_rank": _ALL,
    },
    "TensorFlow's tf.hessians is a loop, of which Stillflow has no nodes yet": {
        "gradients:hessians": _ALL,
        "gradients:hessians_two": _ALL,
        "gradients:hessians_matrix": _ALL,
    },
}
GRADIENT_GRAPHS = {
    (case, mode): why
    for why, cases in _GRADIENT_GRAPHS.items()
    for case, modes in cases.items()
    for mode in modes
}
