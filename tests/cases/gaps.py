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
