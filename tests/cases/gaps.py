"""Where Stillflow knowingly differs from TensorFlow 1.15: {case: why}. One that agrees must go."""

GRAPHS: dict = {}

ERRORS = {
    "run_add_n_shapes": "TensorFlow's graph optimiser exchanges the inputs that it then names",
    "reader_of_missing_folder": "a missing file is a NotFoundError, even in a missing folder",
    "restore_missing_folder": "a missing checkpoint is a ValueError, as where the folder exists",
}

CONVERSIONS: dict = {}

#: Of SWITCHES, those of which the runs alone are compared.
SWITCHES = {"of_a_variable": "the shape of a variable that a branch reads is known here"}
#: Of PIPELINES, those of which functions differ.
PIPELINES = {
    "elements_for_devices": "functions need not call others on another device",
    "resampled": "a choice in a function has the nodes that it has elsewhere",
}

_EARLY = (
    "what a variable held is taken before it is emptied, after which a read gives what it holds"
)
#: Of DIGESTED, those of which the runs alone are compared.
DIGESTED = dict.fromkeys(
    ("elements", "arranged", "over_axes", "values_of_ragged_tensors_and_dense_ones_beside_them"),
    "functions of ragged tensors are made of other operations",
) | dict.fromkeys(
    (
        *("joined", "dynamic_auc_roc", "dynamic_auc_roc_weighted", "dynamic_auc_pr"),
        *("dynamic_auc_pr_weighted", "auc_interval", "auc_interval_weighted"),
        *("auc_interval_plain", "auc_interval_plain_weighted", "grown_for_a_refusal"),
    ),
    _EARLY,
)

_ALL = ("fed", "partial", "unranked")
_UNKNOWN = ("partial", "unranked")
_UNRANKED, _FED = ("unranked",), ("fed",)

# {why: {suite:case: the modes of feeding in which the graph differs}}
_GRADIENT_GRAPHS = {
    "a constant given fewer values than it has elements is stored with all of them": {
        "array:constant_shape": _ALL,
    },
    "the gradient of patches is summed by index here, by a sparse product in TensorFlow": {
        "layout:extract_image_patches_same": _ALL,
        "layout:extract_image_patches_valid": _ALL,
        "layout:extract_volume_patches_same": _ALL,
        "layout:extract_volume_patches_valid": _ALL,
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
        "matrices:pinv": _UNRANKED,
    },
    "an axis or a size that TensorFlow finds in a run is known here": {
        "signals:frame_axis": ("fed", "partial"),
        "signals:stft_there_and_back": ("fed", "partial"),
        "signals:frame_of_doubles": ("fed", "partial"),
    },
    "a rank that TensorFlow finds in a run is known here": {
        "nn:embedding_lookup_max_norm": _UNRANKED,
    },
}
GRADIENT_GRAPHS = {
    (case, mode): why
    for why, cases in _GRADIENT_GRAPHS.items()
    for case, modes in cases.items()
    for mode in modes
}
