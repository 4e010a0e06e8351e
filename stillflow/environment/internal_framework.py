"""What TensorFlow's internal modules of graphs and sessions hold, as `internal_tables` has it."""

from __future__ import annotations

from stillflow.environment.internal_columns import Members

# {internal module: {module of ours: names}}
FRAMEWORK: dict[str, Members] = {
    "python.client.device_lib": {
        "stillflow.runtime.local_devices": "list_local_devices",
    },
    "python.client.session": {
        "stillflow.runtime.conversions": "register_session_run_conversion_functions",
        "stillflow.runtime.session": "BaseSession",
    },
    "python.framework.auto_control_deps": {
        "stillflow.ops.control.effects": "AutomaticControlDependencies",
    },
    "python.framework.composite_tensor": {
        "stillflow.graph.composite": "CompositeTensor",
    },
    "python.framework.constant_op": {
        "stillflow.declare.constants": "constant=constant_v2",
    },
    "python.framework.device": {
        "stillflow.graph.device": "canonical_name check_valid is_device_spec merge_device",
    },
    "python.framework.func_graph": {
        "stillflow.functions.func_graph": "FuncGraph",
        "stillflow.ops.functions.body": "_EAGER_CONST_THRESHOLD=MOST_IN_CONSTANT",
        "stillflow.functions.tracing": "UnknownArgument func_graph_from_py_func",
    },
    "python.framework.function": {
        "stillflow.interchange.functions": "_from_definition=from_definition from_library",
        "stillflow.ops.functions.body": "_FuncGraph=FuncGraph",
        "stillflow.ops.functions.defined": "_DefinedFunction=DefinedFunction",
        "stillflow.ops.functions.defun": (
            "Defun _OverloadedFunction=OverloadedFunction get_extra_args get_extra_inputs "
            "get_extra_vars"
        ),
    },
    "python.framework.meta_graph": {
        "stillflow.interchange.meta_graph": (
            "import_scoped_meta_graph import_scoped_meta_graph_with_return_elements"
        ),
        "stillflow.interchange.scoped_meta_graph": (
            "copy_scoped_meta_graph export_scoped_meta_graph"
        ),
        "stillflow.train.meta_graph": (
            "create_meta_graph_def ops_used_by_graph_def stripped_op_list_for_graph"
        ),
    },
    "python.framework.ops": {
        "stillflow.profiler.statistics": "OpStats RegisterStatistics get_stats_for_node_def",
        "stillflow.tracking.trackable": "uid=new_uid",
        "stillflow.graph.tensor_like": "_TensorLike=TensorLike _as_graph_element=stood_for",
        "stillflow.declare.convert": (
            "convert_n_to_tensor internal_convert_n_to_tensor=convert_n_to_tensor "
            "internal_convert_to_tensor=to_tensor is_dense_tensor_like "
            "register_dense_tensor_like_type"
        ),
        "stillflow.graph.collection_protos": (
            "get_collection_proto_type get_from_proto_function get_to_proto_function "
            "register_proto_function"
        ),
        "stillflow.gradients.registered": "get_gradient_function=rule_of",
        "stillflow.gradients.registry": "_gradient_registry=REGISTRY",
        "stillflow.graph.context": (
            "executing_eagerly_outside_functions has_default_graph inside_function"
        ),
        "stillflow.interchange.creating": "_NodeDef=node_def",
        "stillflow.graph.eager_tensor": "EagerTensor",
        "stillflow.graph.names": (
            "name_from_scope_name=strip_scope_slash prepend_name_scope strip_name_scope"
        ),
        "stillflow.graph.scopes": ("_get_graph_from_inputs=get_graph_from_inputs get_name_scope"),
    },
    "python.framework.sparse_tensor": {
        "stillflow.ops.sparse.sparse_tensor": "is_sparse",
    },
    "python.framework.subscribe": {
        "stillflow.graph_editor.subscribing": (
            "_is_subscribed_identity=is_subscribed_identity subscribe"
        ),
    },
    "python.framework.tensor_shape": {
        "stillflow.api._below": "unknown_shape",
        "stillflow.graph.tensor_shape": "as_dimension as_shape matrix scalar vector",
    },
    "python.framework.tensor_util": {
        "stillflow.api._below": "constant_value_as_shape",
    },
    "python.framework.test_util": {
        "stillflow.testing.decorators": (
            "GpuSupportsHalfMatMulAndConv=is_absent IsGoogleCudaEnabled=is_absent "
            "IsMklEnabled=is_absent NCHWToNHWC NHWCToNCHW assert_ops_in_graph "
            "deprecated_graph_mode_only device disable_control_flow_v2 disable_xla force_cpu "
            "force_gpu is_xla_enabled=is_absent no_xla_auto_jit run_cuda_only run_deprecated_v1 "
            "run_gpu_only run_v1_only run_v2_only skip_if use_gpu xla_allow_fallback"
        ),
        "stillflow.testing.graph_defs": "assert_equal_graph_def",
    },
    "python.framework.type_spec": {
        "stillflow.graph.type_spec": (
            "register_type_spec_from_value_converter type_spec_from_value"
        ),
    },
    "python.pywrap_tensorflow": {
        "stillflow.declare.static": "TF_TryEvaluateConstant_wrapper=evaluated",
        "stillflow.eager.arguments": "TFE_Py_TensorShapeSlice=sizes_along",
        "stillflow.eager.by_name": "TFE_Py_FastPathExecute=fast_path_execute",
    },
    "python.tf2": {
        "stillflow.graph.version_behavior": "disable enable enabled=is_at_2",
    },
}
