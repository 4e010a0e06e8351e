"""What TensorFlow's internal modules of files, tools and helpers hold; see `internal_tables`."""

from __future__ import annotations

from stillflow.environment.internal_columns import Members

# {internal module: {module of ours: names}}
UTILITIES: dict[str, Members] = {
    "python.lib.io.file_io": {
        "stillflow.platform.whole_files": (
            "atomic_write_string_to_file read_file_to_string write_string_to_file"
        ),
    },
    "python.platform.googletest": {
        "absl.testing.absltest": "main TestCase",
    },
    "python.summary.writer.writer": {
        "stillflow.events.plugin_assets": "_PLUGINS_DIR=PLUGINS_DIR",
    },
    "python.tools.freeze_graph": {
        "stillflow.interchange.freeze_graph": "freeze_graph freeze_graph_with_def_protos",
    },
    "python.tools.inspect_checkpoint": {
        "stillflow.checkpoint.printing": "print_tensors_in_checkpoint_file",
    },
    "python.tools.optimize_for_inference_lib": {
        "stillflow.interchange.fused_convolutions": "fuse_resize_and_conv",
        "stillflow.interchange.inference_graphs": (
            "EPSILON_ATTR INPUT_ORDER ensure_graph_is_valid fold_batch_norms node_from_map "
            "node_name_from_input optimize_for_inference values_from_const"
        ),
    },
    "python.tools.saved_model_cli": {
        "stillflow.interchange.saved_model.command": (
            "create_parser main run run_saved_model_with_feed_dict scan show"
        ),
        "stillflow.interchange.saved_model.given_inputs": (
            "load_inputs_from_input_arg_string preprocess_input_examples_arg_string "
            "preprocess_input_exprs_arg_string preprocess_inputs_arg_string"
        ),
        "stillflow.interchange.saved_model.loader": "get_meta_graph_def",
        "stillflow.interchange.saved_model.showing": (
            "_print_tensor_info=show_tensor get_signature_def_map scan_meta_graph_def"
        ),
    },
    "python.tools.saved_model_utils": {
        "stillflow.interchange.saved_model.loader": (
            "get_meta_graph_def get_saved_model_tag_sets read_saved_model"
        ),
    },
    "python.tools.strip_unused_lib": {
        "stillflow.interchange.stripping": "strip_unused strip_unused_from_files",
    },
    "python.tpu.tpu_function": {
        "stillflow.train.distributing.tpu_context": "get_tpu_context",
    },
    "python.util.all_util": {
        "stillflow.platform.documented": "make_all remove_undocumented",
    },
    "python.util.compat": {
        "collections": "collections_abc=abc",
    },
    "python.util.compat_internal": {"stillflow.graph.text": "path_to_str"},
    "python.util.function_utils": {
        "stillflow.platform.decorators": "fn_args get_func_code get_func_name has_kwargs",
    },
    "python.util.lazy_loader": {
        "stillflow.platform.lazy_loading": "LazyLoader",
    },
    "python.util.nest": {
        "stillflow.graph.nest": (
            "flatten_dict_items flatten_with_joined_string_paths "
            "flatten_with_tuple_paths _is_attrs _is_namedtuple=is_namedtuple is_sequence "
            "map_structure_with_paths "
            "map_structure_with_tuple_paths yield_flat_paths"
        ),
        "stillflow.graph.nest_above": (
            "assert_shallow_structure flatten_up_to flatten_with_tuple_paths_up_to "
            "get_traverse_shallow_structure map_structure_up_to "
            "map_structure_with_tuple_paths_up_to _SHALLOW_TREE_HAS_INVALID_KEYS=KEYS_ABSENT "
            "_STRUCTURES_HAVE_MISMATCHING_TYPES=OTHER_TYPE "
            "_STRUCTURES_HAVE_MISMATCHING_LENGTHS=OTHER_LENGTH "
            "_INPUT_TREE_SMALLER_THAN_SHALLOW_TREE=TOO_FEW "
            "_IF_SHALLOW_IS_SEQ_INPUT_MUST_BE_SEQ=NO_SEQUENCE"
        ),
    },
    "python.util.object_identity": {
        "stillflow.platform.object_identity": (
            "ObjectIdentityDictionary ObjectIdentitySet ObjectIdentityWeakKeyDictionary "
            "ObjectIdentityWeakSet Reference _ObjectIdentityWrapper=IdentityWrapper "
            "_WeakObjectIdentityWrapper=WeakIdentityWrapper"
        ),
    },
    "python.util.tf_contextlib": {
        "stillflow.platform.decorators": "contextmanager",
    },
    "python.util.tf_decorator": {
        "stillflow.platform.decorators": "make_decorator TFDecorator unwrap",
    },
    "python.util.tf_export": {
        "stillflow.platform.decorators": (
            "estimator_export=tf_export keras_export=tf_export tf_export"
        ),
    },
    "python.util.tf_inspect": {
        "inspect": "FullArgSpec currentframe getdoc getframeinfo getmembers getmodule getmro stack",
        "stillflow.platform.decorators": (
            "ArgSpec getargspec getcallargs getfile getfullargspec getsource getsourcefile "
            "getsourcelines isbuiltin isclass isframe isfunction isgenerator isgeneratorfunction "
            "ismethod ismodule isroutine"
        ),
    },
}
