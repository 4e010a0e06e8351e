"""What TensorFlow's modules of eager execution and of AutoGraph hold besides what is recorded."""

from __future__ import annotations

from stillflow.environment.internal_columns import Members

_BUILTINS = "stillflow.autograph.operators.builtins"
_LISTS = "stillflow.autograph.operators.lists"
_UNDEFINED = "stillflow.autograph.operators.undefined"

_OF_OPERATORS: Members = {
    "stillflow.autograph.operators.asserting": "assert_stmt",
    _BUILTINS: "float_ int_ len_ print_ range_",
    _LISTS: (
        "GetItemOpts ListPopOpts ListStackOpts get_item list_append list_pop list_stack new_list "
        "set_item"
    ),
    "stillflow.autograph.operators.logical": "and_ eq not_ not_eq or_",
    _UNDEFINED: "Undefined UndefinedReturnValue is_undefined is_undefined_return retval",
}

# {internal module: {module of ours: names}}
EAGER: dict[str, Members] = {
    "python.autograph.core.ag_ctx": {
        "stillflow.graph.conversion": "ControlStatusCtx Status control_status_ctx",
    },
    "python.autograph.core.converter": {
        "stillflow.autograph.options": "ConversionOptions Feature STANDARD_OPTIONS",
    },
    "python.autograph.core.function_wrappers": {
        "stillflow.autograph.operators.scopes": "FunctionScope",
    },
    "python.autograph.impl.api": {
        "stillflow.autograph.calling": (
            "AutoGraphError ConversionError call_with_unspecified_conversion_status convert "
            "converted_call do_not_convert do_not_convert_internal=converted tf_convert to_code "
            "to_graph"
        ),
    },
    "python.autograph.lang.directives": {
        "stillflow.autograph.directives": "set_element_type set_loop_options",
    },
    "python.autograph.lang.special_functions": {
        _LISTS: "match_staging_level stack tensor_list",
    },
    "python.autograph.operators": _OF_OPERATORS,
    "python.autograph.operators.data_structures": {
        _LISTS: (
            "ListPopOpts ListStackOpts list_append list_pop list_stack new_list "
            "tf_tensor_array_new tf_tensor_list_new"
        ),
    },
    "python.autograph.operators.exceptions": {
        "stillflow.autograph.operators.asserting": "assert_stmt",
    },
    "python.autograph.operators.logical": {
        "stillflow.autograph.operators.logical": "and_ eq not_ not_eq or_",
    },
    "python.autograph.operators.py_builtins": {
        _BUILTINS: ("UNSPECIFIED abs_ enumerate_ float_ int_ len_ overload_of print_ range_ zip_"),
    },
    "python.autograph.operators.slices": {
        _LISTS: "GetItemOpts get_item set_item",
    },
    "python.autograph.operators.special_values": {
        _UNDEFINED: "Undefined UndefinedReturnValue is_undefined is_undefined_return retval",
    },
    "python.eager.backprop": {
        "stillflow.gradients.aggregating": "aggregate_indexed_slices_gradients=total_of_any",
        "stillflow.gradients.eager_functions": "make_vjp",
    },
    "python.eager.cancellation": {
        "stillflow.functions.cancellation": "CancellationManager",
    },
    "python.eager.context": {
        "stillflow.graph.context": "in_eager_mode=executing_eagerly",
        "stillflow.runtime.eager.eager_context": (
            "Context EAGER_MODE GRAPH_MODE async_clear_error async_wait context=the_context device "
            "ensure_initialized execution_mode executor_scope function_executor_type global_seed "
            "internal_operation_seed num_gpus set_global_seed"
        ),
        "stillflow.runtime.eager.mode": (
            "ASYNC DEVICE_PLACEMENT_EXPLICIT DEVICE_PLACEMENT_SILENT "
            "DEVICE_PLACEMENT_SILENT_FOR_INT32 DEVICE_PLACEMENT_WARN SYNC eager_mode graph_mode"
        ),
    },
    "python.eager.core": {
        "stillflow.eager.by_name": (
            "_FallbackException=FallbackException _NotOkStatusException=NotOkStatusException"
        ),
    },
    "python.eager.def_function": {
        "stillflow.functions.decorated": "Function function run_functions_eagerly",
    },
    "python.eager.execute": {
        "stillflow.eager.arguments": (
            "args_to_matching_eager convert_to_mixed_eager_tensors make_bool make_float make_int "
            "make_shape make_str make_tensor make_type record_gradient"
        ),
        "stillflow.eager.by_name": "execute quick_execute=execute",
    },
    "python.eager.execution_callbacks": {
        "stillflow.runtime.eager.numerics": "InfOrNanError",
    },
    "python.eager.executor": {
        "stillflow.runtime.eager.eager_context": "Executor new_executor",
    },
    "python.eager.function": {
        "stillflow.functions.concrete": "ConcreteFunction",
        "stillflow.functions.polymorphic": (
            "Function FunctionCache defun defun_with_attributes register"
        ),
        "stillflow.functions.specification": "FunctionSpec validate_signature",
    },
    "python.eager.graph_only_ops": {
        "stillflow.ops.array.filling": "graph_zeros_like=zeros_like",
        "stillflow.ops.control.ordering": "graph_placeholder=placeholder",
    },
    "python.eager.lift_to_graph": {
        "stillflow.functions.lifting": "UnliftableError",
    },
    "python.eager.monitoring": {
        "stillflow.platform.monitoring": (
            "BoolGauge Counter ExponentialBuckets IntGauge Sampler StringGauge"
        ),
    },
    "python.eager.tape": {
        "stillflow.graph.recording": "record_operation stop_recording=stopped variable_accessed",
    },
    "python.ops.parallel_for": {
        "stillflow.functions.parallel_for": "batch_jacobian for_loop jacobian pfor",
    },
    "python.ops.parallel_for.control_flow_ops": {
        "stillflow.functions.parallel_for": "for_loop pfor",
    },
    "python.ops.parallel_for.gradients": {
        "stillflow.functions.parallel_for": "batch_jacobian jacobian",
    },
    "python.ops.parallel_for.pfor": {
        "stillflow.functions.parallel_for": "PForConfig",
    },
    "python.framework.errors": {
        "stillflow.graph.errors": "InaccessibleTensorError OperatorNotAllowedInGraphError",
    },
    "python.framework.errors_impl": {
        "stillflow.graph.errors": "InaccessibleTensorError OperatorNotAllowedInGraphError",
    },
    "python.eager.wrap_function": {
        "stillflow.interchange.graph_functions": "function_from_graph_def",
        "stillflow.functions.wrapped": (
            "VariableHolder WrappedFunction WrappedGraph wrap_function"
        ),
    },
}
