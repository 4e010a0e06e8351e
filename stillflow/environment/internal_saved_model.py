"""What TensorFlow's internal modules of SavedModels hold, as `internal_tables` has it."""

from __future__ import annotations

from stillflow.environment.internal_columns import Members

_EXPORT_OUTPUTS: Members = {
    "stillflow.interchange.saved_model.export_output": (
        "ClassificationOutput EvalOutput ExportOutput PredictOutput RegressionOutput TrainOutput"
    ),
}
_WRITER: Members = {
    "stillflow.interchange.saved_model.writer": "_SavedModelBuilder=SavedModelWriter",
}
_SUPERVISED: Members = {
    "stillflow.interchange.saved_model.inner_signatures": (
        "load_op_from_signature_def op_signature_def supervised_eval_signature_def "
        "supervised_train_signature_def"
    ),
}
_PARTS_OF_SAVED_MODELS: Members = {
    "stillflow.interchange.saved_model.folders": (
        "get_assets_dir get_or_create_assets_dir get_or_create_variables_dir get_variables_dir "
        "get_variables_path"
    ),
}
_EXPORTS: Members = {
    "stillflow.interchange.saved_model.export_folders": (
        "get_temp_export_dir get_timestamped_export_dir"
    ),
    "stillflow.interchange.saved_model.export_signatures": (
        "EXPORT_TAG_MAP SIGNATURE_KEY_MAP build_all_signature_defs export_outputs_for_mode "
        "get_export_outputs"
    ),
}

# {internal module: {module of ours: names}}
SAVED_MODEL: dict[str, Members] = {
    "python.saved_model.builder": _WRITER,
    "python.saved_model.builder_impl": _WRITER,
    "python.saved_model.constants": {
        "stillflow.interchange.saved_model.names": (
            "EXTRA_ASSETS_DIRECTORY INIT_OP_SIGNATURE_KEY TRAIN_OP_KEY TRAIN_OP_SIGNATURE_KEY"
        ),
    },
    "python.saved_model.load": {
        "stillflow.interchange.saved_model.objects.loading": "load=load_objects",
    },
    "python.saved_model.loader_impl": {
        "stillflow.interchange.saved_model.loader": (
            "_parse_saved_model=read_saved_model parse_saved_model=read_saved_model"
        ),
        "stillflow.interchange.saved_model.main_op": (
            "_get_main_op_tensor=op_of_collection get_init_op=loaded_main_op "
            "get_train_op=loaded_train_op"
        ),
        "stillflow.interchange.saved_model.stepwise": "SavedModelLoader",
    },
    "python.saved_model.model_utils": {**_EXPORT_OUTPUTS, **_EXPORTS},
    "python.saved_model.model_utils.export_output": {
        **_EXPORT_OUTPUTS,
        "stillflow.interchange.saved_model.export_output": (
            "ClassificationOutput EvalOutput ExportOutput PredictOutput RegressionOutput "
            "TrainOutput _SupervisedOutput"
        ),
    },
    "python.saved_model.model_utils.export_utils": {
        **_EXPORTS,
        "stillflow.interchange.saved_model.export_signatures": (
            "EXPORT_TAG_MAP SIGNATURE_KEY_MAP SINGLE_FEATURE_DEFAULT_NAME "
            "SINGLE_LABEL_DEFAULT_NAME SINGLE_RECEIVER_DEFAULT_NAME build_all_signature_defs "
            "export_outputs_for_mode get_export_outputs"
        ),
    },
    "python.saved_model.model_utils.mode_keys": {
        "stillflow.interchange.saved_model.export_modes": (
            "EstimatorModeKeys KerasModeKeys ModeKeyMap is_eval is_predict is_train"
        ),
    },
    "python.saved_model.nested_structure_coder": {
        "stillflow.interchange.saved_model.structures": "NotEncodableError StructureCoder",
    },
    "python.saved_model.save": {
        "stillflow.interchange.saved_model.objects.saving": "save",
    },
    "python.saved_model.signature_constants": {
        "stillflow.interchange.saved_model.inner_signatures": (
            "SUPERVISED_EVAL_METHOD_NAME SUPERVISED_TRAIN_METHOD_NAME"
        ),
        "stillflow.interchange.saved_model.names": (
            "DEFAULT_EVAL_SIGNATURE_DEF_KEY=EVALUATION DEFAULT_TRAIN_SIGNATURE_DEF_KEY=TRAINING"
        ),
    },
    "python.saved_model.signature_def_utils": _SUPERVISED,
    "python.saved_model.signature_def_utils_impl": _SUPERVISED,
    "python.saved_model.tag_constants": {
        "stillflow.interchange.saved_model.names": "EVAL=EVALUATION",
    },
    "python.saved_model.utils": {
        **_PARTS_OF_SAVED_MODELS,
        "stillflow.interchange.saved_model.inner_signatures": (
            "build_tensor_info_from_op get_element_from_tensor_info"
        ),
    },
    "python.saved_model.utils_impl": {
        **_PARTS_OF_SAVED_MODELS,
        "stillflow.interchange.saved_model.inner_signatures": (
            "build_tensor_info_from_op get_element_from_tensor_info"
        ),
    },
}
