"""TensorFlow's internal modules below `tensorflow.contrib.learn.python.learn`, and tfdbg's."""

from __future__ import annotations

from stillflow.environment.internal_columns import Members

_THERE = "contrib.learn.python.learn"
_OURS = "stillflow.learn"
_DEBUG = "stillflow.monitored.tfdbg"
_REMOTE = (
    "GrpcDebugHook GrpcDebugWrapperSession LocalCLIDebugHook LocalCLIDebugWrapperSession "
    "TensorBoardDebugHook TensorBoardDebugWrapperSession"
)

# Those that are ours as a whole.
WHOLE: Members = {
    f"{_THERE}.{theirs}": f"{_OURS}.{ours}"
    for theirs, ours in {
        "datasets.base": "datasets.base",
        "datasets.synthetic": "datasets.synthetic",
        "estimators.constants": "estimators.constants",
        "estimators.head": "heads.making",
        "estimators.metric_key": "estimators.constants",
        "estimators.model_fn": "estimators.model_fn_ops",
        "estimators.prediction_key": "estimators.constants",
        "estimators.run_config": "estimators.run_config",
        "estimators.tensor_signature": "estimators.tensor_signature",
        "evaluable": "estimators.interfaces",
        "experiment": "experiment",
        "export_strategy": "exporting.strategy",
        "learn_io.dask_io": "feeding.dask_tables",
        "learn_io.data_feeder": "feeding.feeders",
        "learn_io.generator_io": "feeding.generators",
        "learn_io.graph_io": "feeding.files",
        "learn_io.numpy_io": "feeding.numpy_arrays",
        "learn_io.pandas_io": "feeding.pandas_tables",
        "learn_runner": "runner",
        "graph_actions": "actions",
        "metric_spec": "metric_spec",
        "models": "models",
        "ops.losses_ops": "losses",
        "preprocessing.categorical": "preprocessing.categorical",
        "preprocessing.categorical_vocabulary": "preprocessing.vocabulary",
        "preprocessing.text": "preprocessing.text",
        "trainable": "estimators.interfaces",
        "utils.gc": "exporting.garbage",
        "utils.input_fn_utils": "exporting.input_fns",
    }.items()
}

# Names that were never public: {module: {module of ours: names}}.
OWN: dict[str, Members] = {
    "python.debug": {
        f"{_DEBUG}.datum": "DebugTensorDatum has_inf_or_nan load_tensor_from_event_file",
        f"{_DEBUG}.dump_dir": "DebugDumpDir",
        f"{_DEBUG}.remote": _REMOTE,
        f"{_DEBUG}.sessions": "DumpingDebugHook DumpingDebugWrapperSession WatchOptions",
        f"{_DEBUG}.watching": "add_debug_tensor_watch watch_graph watch_graph_with_blacklists",
    },
    "python.debug.lib.debug_data": {
        f"{_DEBUG}.datum": (
            "CORE_METADATA_TAG DEVICE_TAG DebugTensorDatum FEED_KEYS_INFO_FILE_TAG "
            "FETCHES_INFO_FILE_TAG GRAPH_FILE_TAG HASH_TAG InconvertibleTensorProto "
            "METADATA_FILE_PREFIX device_name_to_device_path "
            "device_path_to_device_name has_inf_or_nan load_tensor_from_event_file"
        ),
        f"{_DEBUG}.dump_dir": "DebugDumpDir WatchKeyDoesNotExistInDebugDumpDirError",
    },
    "python.debug.lib.debug_utils": {
        f"{_DEBUG}.watching": "add_debug_tensor_watch watch_graph watch_graph_with_blacklists",
    },
    "python.debug.wrappers.dumping_wrapper": {
        f"{_DEBUG}.sessions": "DumpingDebugWrapperSession",
    },
    "python.debug.wrappers.framework": {f"{_DEBUG}.sessions": "WatchOptions"},
    "python.debug.wrappers.hooks": {
        f"{_DEBUG}.remote": "GrpcDebugHook LocalCLIDebugHook TensorBoardDebugHook",
        f"{_DEBUG}.sessions": "DumpingDebugHook",
    },
    "python.debug.wrappers.local_cli_wrapper": {
        f"{_DEBUG}.remote": "LocalCLIDebugWrapperSession",
    },
    _THERE: {
        "tensorflow.contrib.learn.python.learn.estimators": "estimator run_config",
    },
    f"{_THERE}.estimators.dnn": {
        f"{_OURS}.canned.dnn": "_dnn_model_fn=dnn_model_fn",
    },
    f"{_THERE}.estimators.dnn_linear_combined": {
        f"{_OURS}.canned.wide_and_deep": "_dnn_linear_combined_model_fn=combined_model_fn",
    },
    f"{_THERE}.estimators.linear": {
        f"{_OURS}.canned.linear": "_linear_model_fn=linear_model_fn",
    },
    f"{_THERE}.estimators._sklearn": {
        f"{_OURS}.estimators.parameters": (
            "BaseEstimator=Parameters ClassifierMixin NotFittedError RegressorMixin "
            "TransformerMixin accuracy_score mean_squared_error train_test_split"
        ),
    },
    f"{_THERE}.estimators.estimator": {
        f"{_OURS}.estimators.base_estimator": (
            "AS_ITERABLE_DATE AS_ITERABLE_INSTRUCTIONS SCIKIT_DECOUPLE_DATE "
            "SCIKIT_DECOUPLE_INSTRUCTIONS"
        ),
        f"{_OURS}.estimators.estimator": "GraphRewriteSpec _model_fn_args=model_fn_args",
        f"{_OURS}.estimators.inputs": (
            "_get_input_fn=input_and_feed_fn _verify_input_args=verify_input_args"
        ),
        f"{_OURS}.estimators.measuring": (
            "_make_metrics_ops=make_metrics_ops _write_dict_to_summary=write_results"
        ),
        f"{_OURS}.estimators.training": ("_get_replica_device_setter=replica_device_setter_of"),
    },
    f"{_THERE}.utils.saved_model_export_utils": {
        "stillflow.interchange.saved_model.export_folders": "MAX_DIRECTORY_CREATION_ATTEMPTS",
        f"{_OURS}.exporting.folders": (
            "_export_version_parser=export_version_parser "
            "garbage_collect_exports get_most_recent_export get_temp_export_dir "
            "get_timestamped_export_dir"
        ),
        f"{_OURS}.exporting.signatures": (
            "DEFAULT_INPUT_ALTERNATIVE_KEY FEATURES_INPUT_ALTERNATIVE_KEY "
            "_FALLBACK_DEFAULT_OUTPUT_ALTERNATIVE_KEY=FALLBACK_DEFAULT_OUTPUT_ALTERNATIVE_KEY "
            "build_all_signature_defs build_standardized_signature_def get_input_alternatives "
            "get_output_alternatives"
        ),
        f"{_OURS}.exporting.strategies": (
            "BestModelSelector _default_compare_fn=is_loss_smaller extend_export_strategy "
            "make_best_model_export_strategy make_export_strategy make_parsing_export_strategy"
        ),
    },
}
